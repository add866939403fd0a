import type { Bucket } from "@myfsio/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { CopyButton, Fact, Facts } from "@/components/ui/basics";
import { OutsideIcon } from "@/components/ui/icons";
import { Notice } from "@/components/ui/notice";
import { T, t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";
import { bucketWebsite } from "../api/configuration";
import { type Route, type Website, websiteAddress } from "../model/website";
import css from "./buckets.module.css";
import { ConfigurationCard } from "./ConfigurationCard";
import { Unknown, unknownWhy } from "./permissions/Unknown";
import { WebsiteDialog } from "./WebsiteDialog";

const READ = "s3:GetBucketWebsite";
const WRITE = "s3:PutBucketWebsite";

export function WebsiteCard({ bucket }: { bucket: Bucket }) {
  const mayRead = may(bucket.permissions, READ);
  const query = useQuery({ ...bucketWebsite(bucket.name), enabled: mayRead });
  const [editing, setEditing] = useState(false);
  return (
    <>
      <ConfigurationCard
        title={t("website.title")}
        query={query}
        needRead={mayRead ? undefined : READ}
        needWrite={may(bucket.permissions, WRITE) ? undefined : WRITE}
        blocked={unknownWhy(query.data?.unknown)}
        action={t("website.edit")}
        onEdit={() => setEditing(true)}
      >
        {({ value: site, unknown }) => (
          <div className={css.stack}>
            <Unknown names={unknown} />
            {site.kind === "off" ? <p className="muted">{t("website.off")}</p> : <Site bucket={bucket} site={site} />}
          </div>
        )}
      </ConfigurationCard>
      {editing && query.data !== undefined && (
        <WebsiteDialog bucket={bucket} site={query.data.value} onClose={() => setEditing(false)} />
      )}
    </>
  );
}

function Site({ bucket, site }: { bucket: Bucket; site: Exclude<Website, { kind: "off" }> }) {
  const { websites } = useSession();
  const address = websites === undefined ? undefined : websiteAddress(websites, bucket.name);
  return (
    <>
      <Facts>
        <Fact name={t("website.address")}>
          {address === undefined ? (
            <span className="muted">{t("website.no-address")}</span>
          ) : (
            <span className={css.address}>
              <a href={address} target="_blank" rel="noopener noreferrer" className="mono">
                {address}
                <OutsideIcon size={12} aria-hidden />
                <span className="hidden-visually">{t("website.new-window")}</span>
              </a>
              <CopyButton text={address} label={t("action.copy-what", { what: t("website.address") })} />
            </span>
          )}
        </Fact>
        {site.kind === "redirect" ? (
          <Fact name={t("website.redirects")}>
            <code>{`${site.protocol === "" ? "" : `${site.protocol}://`}${site.host}`}</code>
          </Fact>
        ) : (
          <>
            <Fact name={t("website.index")}>
              <code>{site.index}</code>
            </Fact>
            <Fact name={t("website.error")}>
              {site.error === "" ? <span className="muted">{t("website.no-error")}</span> : <code>{site.error}</code>}
            </Fact>
            {site.routes.length > 0 && (
              <Fact name={t("website.routes")}>
                <ol className={css.routes}>
                  {site.routes.map((route, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the rules have nothing else to be known by
                    <li key={index}>
                      <RouteText route={route} />
                    </li>
                  ))}
                </ol>
              </Fact>
            )}
          </>
        )}
      </Facts>
      {site.kind === "site" && bucket.access === "private" && (
        <Notice title={t("website.private")}>
          <p>
            <T
              id="website.private-text"
              values={{
                permissions: (
                  <Link to="/buckets/$bucket/permissions" params={{ bucket: bucket.name }}>
                    {t("bucket.permissions")}
                  </Link>
                ),
              }}
            />
          </p>
        </Notice>
      )}
    </>
  );
}

/** A routing rule in words. */
function RouteText({ route }: { route: Route }) {
  const prefix = <code>{route.prefix}</code>;
  const to = `${route.protocol === "" ? "" : `${route.protocol}://`}${route.host}`;
  const host =
    route.host !== "" ? (
      <code>{to}</code>
    ) : route.protocol === "" ? (
      t("website.here")
    ) : (
      t("website.here-by", { protocol: route.protocol })
    );
  return (
    <>
      {route.prefix === "" && route.status === "" && t("website.when-any")}
      {route.prefix !== "" && route.status === "" && <T id="website.when-prefix" values={{ prefix }} />}
      {route.prefix === "" && route.status !== "" && t("website.when-status", { status: route.status })}
      {route.prefix !== "" && route.status !== "" && (
        <T id="website.when-both" values={{ prefix, status: route.status }} />
      )}{" "}
      <T id="website.goes" values={{ host, code: route.code === "" ? "301" : route.code }} />
      {route.replaces === "key" && (
        <>
          {" "}
          <T id="website.with-key" values={{ key: <code>{route.with}</code> }} />
        </>
      )}
      {route.replaces === "prefix" && (
        <>
          {" "}
          {route.with === "" ? (
            t("website.without-prefix")
          ) : (
            <T id="website.with-prefix" values={{ with: <code>{route.with}</code> }} />
          )}
        </>
      )}
    </>
  );
}
