import { Button } from "@mantine/core";
import type { VersionEntry } from "@myfsio/client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Badge, Bone, Bytes, IconButton, When } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { DeleteIcon, DownloadIcon, RetryIcon } from "@/components/ui/icons";
import { Notice, ProblemNotice } from "@/components/ui/notice";
import { objectsChanged } from "@/lib/events";
import { exactTime } from "@/lib/format";
import { contentUrl, save } from "@/lib/http/content";
import { asProblem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { nameOf } from "@/lib/keys";
import { may } from "@/lib/session";
import { copyObject, deleteObject, objectVersions } from "../api/objects";
import css from "./objects.module.css";

interface VersionsProps {
  bucket: string;
  objectKey: string;
  /** Undefined: not known, so nothing is held back and the server decides. */
  permissions: readonly string[] | undefined;
  shown: string | undefined;
  onShow: (versionId: string | undefined) => void;
}

/** All versions of a key, newest first: look at one, save it, make it the current one again, delete it for good. */
export function Versions({ bucket, objectKey: key, permissions, shown, onShow }: VersionsProps) {
  const queries = useQueryClient();
  const can = (action: string) => permissions === undefined || may(permissions, action);
  const query = useInfiniteQuery(objectVersions(bucket, key));
  const [asking, setAsking] = useState<{ what: "restore" | "delete"; version: VersionEntry }>();
  const versions = query.data?.pages.flatMap((page) => page.versions) ?? [];
  if (query.isError) {
    return (
      <ProblemNotice
        title={t("versions.failed")}
        problem={asProblem(query.error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (query.isPending) {
    return (
      <div className="delayed">
        <Bone width="70%" />
      </div>
    );
  }
  if (versions.length === 1 && versions[0]?.versionId === "null")
    return <p className={css.hint}>{t("versions.one")}</p>;
  return (
    <>
      <ul className={css.versions}>
        {versions.map((v) => {
          const on = shown === undefined ? v.latest : shown === v.versionId;
          return (
            <li key={v.versionId} data-on={on || undefined}>
              <div className={css.version}>
                <button
                  type="button"
                  className={css.versionLink}
                  onClick={() => onShow(v.latest ? undefined : v.versionId)}
                >
                  {v.deleteMarker ? t("versions.marker") : <When time={v.modified} />}
                </button>
                {v.latest && <Badge tone="accent">{t("versions.latest")}</Badge>}
                <code className={css.versionId}>{v.versionId}</code>
              </div>
              {v.deleteMarker ? <When time={v.modified} /> : <Bytes size={v.size} />}
              <span className={css.versionActs}>
                {!v.deleteMarker && can(v.latest ? "s3:GetObject" : "s3:GetObjectVersion") && (
                  <IconButton
                    label={t("versions.download")}
                    size={24}
                    onClick={() => save(contentUrl(bucket, key, v.versionId), nameOf(key))}
                  >
                    <DownloadIcon size={14} />
                  </IconButton>
                )}
                {!v.deleteMarker && !v.latest && can("s3:PutObject") && (
                  <IconButton
                    label={t("versions.restore")}
                    size={24}
                    onClick={() => setAsking({ what: "restore", version: v })}
                  >
                    <RetryIcon size={14} />
                  </IconButton>
                )}
                {can("s3:DeleteObjectVersion") && (
                  <IconButton
                    label={t(v.deleteMarker ? "versions.delete-marker" : "versions.delete")}
                    size={24}
                    onClick={() => setAsking({ what: "delete", version: v })}
                  >
                    <DeleteIcon size={14} />
                  </IconButton>
                )}
              </span>
            </li>
          );
        })}
      </ul>
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("grid.more")}
        </Button>
      )}
      {asking !== undefined && (
        <FormDialog
          title={t(
            asking.what === "restore"
              ? "versions.restore"
              : asking.version.deleteMarker
                ? "versions.delete-marker"
                : "versions.delete",
          )}
          action={t(asking.what === "restore" ? "versions.restore" : "action.delete")}
          failure={t(asking.what === "restore" ? "versions.restore-failed" : "versions.delete-failed")}
          danger={asking.what === "delete"}
          onClose={() => setAsking(undefined)}
          onSubmit={async () => {
            const { versionId } = asking.version;
            if (asking.what === "delete") await deleteObject(bucket, key, versionId);
            else await copyObject({ bucket, key, versionId }, { bucket, key }, true);
            onShow(undefined);
            objectsChanged.tell({ bucket });
            void queries.invalidateQueries({ queryKey: ["objects", bucket] });
          }}
        >
          <p>
            {t(
              asking.what === "restore"
                ? "versions.restore-text"
                : asking.version.deleteMarker
                  ? "versions.delete-marker-text"
                  : "versions.delete-text",
              { time: exactTime(new Date(asking.version.modified)) },
            )}
          </p>
          {asking.what === "delete" && !asking.version.deleteMarker && (
            <Notice tone="warn">{t("versions.delete-final")}</Notice>
          )}
        </FormDialog>
      )}
    </>
  );
}
