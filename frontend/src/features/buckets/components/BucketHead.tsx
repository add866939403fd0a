import { Button, Popover } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { Link } from "@tanstack/react-router";
import { Badge, Bytes, Copyable, Snippet } from "@/components/ui/basics";
import { TerminalIcon } from "@/components/ui/icons";
import { HERE, Tabs } from "@/components/ui/tabs";
import { t } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { arn, listLine, listLines, s3Uri } from "../model/hints";
import css from "./buckets.module.css";

/** A bucket's name, state and size, how to reach it, and the tabs of its page. */
export function BucketHead({ name, bucket }: { name: string; bucket: Bucket | undefined }) {
  return (
    <>
      <header className={css.bucketHead}>
        <div className={css.bucketTitle}>
          <h1>{name}</h1>
          {bucket !== undefined && (
            <Badge tone={bucket.access === "public" ? "warn" : undefined}>
              {t(bucket.access === "public" ? "access.public" : "access.private")}
            </Badge>
          )}
          <div className={css.bucketFacts}>
            {bucket !== undefined && (
              <>
                <span className="num">{t("buckets.objects", { count: bucket.objects })}</span>
                <Bytes size={bucket.bytes} />
                {bucket.versioning !== "Off" && (
                  <span>{t(bucket.versioning === "Enabled" ? "versioning.on" : "versioning.on-hold")}</span>
                )}
              </>
            )}
          </div>
        </div>
        <Connect name={name} />
      </header>
      <Tabs label={t("bucket.tabs")}>
        <Link
          to="/buckets/$bucket"
          params={{ bucket: name }}
          search={{}}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={HERE}
        >
          {t("bucket.objects")}
        </Link>
        <Link to="/buckets/$bucket/lifecycle" params={{ bucket: name }} activeProps={HERE}>
          {t("bucket.lifecycle")}
        </Link>
        <Link to="/buckets/$bucket/permissions" params={{ bucket: name }} activeProps={HERE}>
          {t("bucket.permissions")}
        </Link>
        <Link to="/buckets/$bucket/properties" params={{ bucket: name }} activeProps={HERE}>
          {t("bucket.properties")}
        </Link>
      </Tabs>
    </>
  );
}

function Connect({ name }: { name: string }) {
  const { s3Endpoint, region } = useSession();
  return (
    <Popover position="bottom-end" width="auto" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<TerminalIcon size={14} />}>
          {t("bucket.connect")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("bucket.connect")}>
        <div className={css.connect}>
          <section>
            <h2>{t("bucket.endpoint")}</h2>
            <Copyable text={s3Endpoint} label={t("action.copy-what", { what: t("bucket.endpoint") })} />
          </section>
          <section>
            <h2>{t("bucket.uri")}</h2>
            <Copyable text={s3Uri(name)} label={t("action.copy-what", { what: t("bucket.uri") })} />
          </section>
          <section>
            <h2>{t("bucket.arn")}</h2>
            <Copyable text={arn(name)} label={t("action.copy-what", { what: t("bucket.arn") })} />
          </section>
          <section>
            <h2>{t("hints.cli")}</h2>
            <Snippet label={t("hints.cli")} text={listLine(s3Endpoint, name)} />
          </section>
          <section>
            <h2>{t("hints.boto3")}</h2>
            <Snippet label={t("hints.boto3")} text={listLines(s3Endpoint, region, name)} />
          </section>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
