import { useMemo } from "react";
import { Bytes, When } from "@/components/ui/basics";
import type { Column } from "@/components/ui/grid";
import { MoreIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { addressOf } from "@/lib/place";
import { type Row, titleOf } from "../model/entry";
import { inFolder, type View } from "../model/view";
import { FileIcon, FolderMark } from "./FileIcon";
import css from "./objects.module.css";

/** The columns of the object browser; on narrow screens the name has the size and time below it. */
export function useColumns(
  show: (row: Row, at: { x: number; y: number }) => void,
  open: (row: Row) => void,
  bucket: string,
  view: View,
): Column<Row>[] {
  return useMemo(
    () => [
      {
        id: "name",
        label: t("objects.name"),
        track: "minmax(0, 1fr)",
        sortable: true,
        cell: (row) => (
          <span className={css.name}>
            {row.kind === "folder" ? <FolderMark /> : <FileIcon name={row.key} contentType={row.contentType} />}
            <span className={css.nameText}>
              <a
                href={addressOf(bucket, row.kind === "folder" ? inFolder(view, row.key) : { ...view, key: row.key })}
                tabIndex={-1}
                title={row.key}
                onClick={(event) => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  open(row);
                }}
              >
                {titleOf(row)}
              </a>
              {row.kind === "object" && (
                <span className={css.second}>
                  <Bytes size={row.size} /> · <When time={row.modified} />
                </span>
              )}
            </span>
          </span>
        ),
      },
      {
        id: "size",
        label: t("objects.size"),
        track: "96px",
        end: true,
        sortable: true,
        hide: "narrow",
        cell: (row) => (row.kind === "object" ? <Bytes size={row.size} /> : null),
      },
      {
        id: "modified",
        label: t("objects.modified"),
        track: "136px",
        sortable: true,
        hide: "narrow",
        cell: (row) => (row.kind === "object" ? <When time={row.modified} /> : null),
      },
      {
        id: "class",
        label: t("objects.class"),
        track: "112px",
        sortable: true,
        hide: "medium",
        cell: (row) => (row.kind === "object" ? <span className={css.class}>{row.storageClass}</span> : null),
      },
      {
        id: "menu",
        label: t("action.actions"),
        track: "44px",
        fit: true,
        cell: (row) => (
          <button
            type="button"
            className={css.more}
            tabIndex={-1}
            aria-label={t("action.actions-for", { name: titleOf(row) })}
            onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              show(row, { x: box.right, y: box.bottom });
            }}
          >
            <MoreIcon size={16} aria-hidden />
          </button>
        ),
      },
    ],
    [show, open, bucket, view],
  );
}
