import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Badge, Bone, Bytes, Copyable, CopyButton, Fact, Facts, When } from "@/components/ui/basics";
import { Notice, ProblemNotice } from "@/components/ui/notice";
import { PanelSection, SidePanel } from "@/components/ui/sidepanel";
import { exactBytes, exactTime } from "@/lib/format";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { nameOf, readable } from "@/lib/keys";
import { may } from "@/lib/session";
import { objectDetails, objectVersions } from "../api/objects";
import { FileIcon } from "./FileIcon";
import { Lock } from "./Lock";
import css from "./objects.module.css";
import { Preview } from "./Preview";
import { Versions } from "./Versions";

interface DetailsProps {
  bucket: string;
  objectKey: string;
  version: string | undefined;
  /** What may be done in the folder, as far as it is known: for an object that is deleted the server names nothing. */
  permissions: readonly string[] | undefined;
  onClose: () => void;
  onVersion: (versionId: string | undefined) => void;
  /** Buttons of what can be done with the object. */
  actions: ReactNode;
}

/** All that is known of one object. */
export function Details(props: DetailsProps) {
  const { bucket, objectKey: key, version, onClose } = props;
  const query = useQuery(objectDetails(bucket, key, version));
  const name = readable(nameOf(key));
  const problem = query.isError ? asProblem(query.error) : undefined;
  // What is not there may have been deleted, which only the versions tell; a marker itself has no properties.
  const missing = problem?.status === 404 || problem?.status === 405;
  const history = useInfiniteQuery({ ...objectVersions(bucket, key), enabled: missing });
  const marker = !missing
    ? undefined
    : history.data?.pages
        .flatMap((page) => page.versions)
        .find((v) => v.deleteMarker && (version === undefined ? v.latest : v.versionId === version));
  const o = marker === undefined ? query.data : undefined;
  return (
    <SidePanel
      label={t("details.of", { name })}
      icon={<FileIcon name={key} contentType={o?.contentType ?? ""} size={20} />}
      title={name}
      actions={problem === undefined ? props.actions : undefined}
      facts={t("details.facts")}
      onClose={onClose}
    >
      {problem !== undefined && marker === undefined && !history.isFetching && (
        <ProblemNotice title={t("details.failed")} problem={problem} onRetry={() => void query.refetch()} />
      )}
      {marker !== undefined && (
        <>
          <Notice tone="warn" title={t("details.deleted")}>
            {t(marker.latest ? "details.deleted-text" : "details.deleted-once")}
          </Notice>
          <Facts>
            <Fact name={t("details.key")}>
              <Copyable text={key} label={t("action.copy-what", { what: t("details.key") })} />
            </Fact>
            <Fact name={t("details.deleted-at")}>
              <When time={marker.modified} /> <span className="muted">({exactTime(new Date(marker.modified))})</span>
            </Fact>
            <Fact name={t("versions.marker")}>
              <Copyable text={marker.versionId} label={t("action.copy-what", { what: t("versions.marker") })} />
            </Fact>
          </Facts>
          <PanelSection title={t("versions.title")}>
            <Versions
              bucket={bucket}
              objectKey={key}
              permissions={props.permissions}
              shown={version}
              onShow={props.onVersion}
            />
          </PanelSection>
        </>
      )}
      {query.isPending && (
        <div className={`${css.detailsBones} delayed`}>
          <Bone width="80%" />
          <Bone width="55%" />
          <Bone width="68%" />
        </div>
      )}
      {o !== undefined && (
        <>
          {may(o.permissions, "s3:GetObject") && (
            <Preview
              key={`${o.key} ${o.etag} ${version}`}
              bucket={bucket}
              objectKey={key}
              versionId={version}
              contentType={o.contentType}
              size={o.size}
              etag={o.etag}
            />
          )}
          <Facts>
            <Fact name={t("details.key")}>
              <Copyable text={o.key} label={t("action.copy-what", { what: t("details.key") })} />
            </Fact>
            <Fact name={t("details.size")}>
              <Bytes size={o.size} /> <span className="muted num">({exactBytes(o.size)})</span>
            </Fact>
            <Fact name={t("details.modified")}>
              <When time={o.modified} /> <span className="muted">({exactTime(new Date(o.modified))})</span>
            </Fact>
            <Fact name={t("details.type")}>{o.contentType}</Fact>
            <Fact name={t("details.etag")}>
              <Copyable text={o.etag} label={t("action.copy-what", { what: t("details.etag") })} />
            </Fact>
            <Fact name={t("details.class")}>{o.storageClass}</Fact>
            {o.parts !== undefined && o.parts > 0 && (
              <Fact name={t("details.parts")}>
                <span className="num">{t("format.number", { value: o.parts })}</span>
              </Fact>
            )}
            {o.versionId !== undefined && o.versionId !== "" && (
              <Fact name={t("details.version")}>
                <Copyable text={o.versionId} label={t("action.copy-what", { what: t("details.version") })} />
                {!o.latest && <Badge tone="warn">{t("versions.old")}</Badge>}
              </Fact>
            )}
            {(
              [
                ["Cache-Control", o.cacheControl],
                ["Content-Disposition", o.contentDisposition],
                ["Content-Encoding", o.contentEncoding],
                ["Content-Language", o.contentLanguage],
                ["Expires", o.expires],
              ] as const
            ).map(([header, value]) =>
              value === undefined || value === "" ? null : (
                <Fact key={header} name={header}>
                  {value}
                </Fact>
              ),
            )}
          </Facts>
          <PanelSection
            title={t("details.checksums")}
            empty={o.checksums.length === 0 ? t("details.no-checksums") : undefined}
          >
            <Facts>
              {o.checksums.map((sum) => (
                <Fact key={sum.algorithm} name={sum.algorithm}>
                  <Copyable text={sum.value} label={t("action.copy-what", { what: sum.algorithm })} />
                  {sum.type === "COMPOSITE" && <Badge>{t("details.composite")}</Badge>}
                </Fact>
              ))}
            </Facts>
          </PanelSection>
          <PanelSection
            title={t("details.metadata")}
            empty={o.metadata.length === 0 ? t("details.no-metadata") : undefined}
          >
            <Facts>
              {o.metadata.map((pair) => (
                <Fact key={pair.name} name={pair.name}>
                  {pair.value} <CopyButton text={pair.value} label={t("action.copy-what", { what: pair.name })} />
                </Fact>
              ))}
            </Facts>
          </PanelSection>
          {o.objectLock && (
            <PanelSection title={t("object-lock.title")}>
              <Lock bucket={bucket} object={o} />
            </PanelSection>
          )}
          <PanelSection title={t("versions.title")}>
            <Versions
              bucket={bucket}
              objectKey={key}
              permissions={o.permissions}
              shown={version}
              onShow={props.onVersion}
            />
          </PanelSection>
        </>
      )}
    </SidePanel>
  );
}
