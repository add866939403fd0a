import { Button } from "@mantine/core";
import { Empty, Snippet } from "@/components/ui/basics";
import { FilterIcon, SearchIcon, UploadIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import type { ListingState } from "../model/listing";
import type { View } from "../model/view";
import css from "./objects.module.css";

/** In place of the list when it has no rows: why, and what to do. */
export function Nothing(props: {
  state: ListingState;
  view: View;
  prefix: string;
  bucket: string;
  syncLine: string;
  onUpload: (() => void) | undefined;
}) {
  const { state, view } = props;
  if (view.find !== undefined) {
    return (
      <Empty
        icon={<SearchIcon size={20} />}
        title={t("objects.none-found")}
        text={t("objects.none-found-text", { words: view.find })}
      />
    );
  }
  if (view.filter !== undefined && state.rows.length > 0) {
    return (
      <Empty
        icon={<FilterIcon size={20} />}
        title={t("objects.no-match")}
        text={t("objects.no-match-text", { count: state.rows.length })}
      />
    );
  }
  return (
    <div className={css.emptyPage}>
      <Empty
        icon={<UploadIcon size={20} />}
        title={t(props.prefix === "" ? "objects.empty" : "objects.empty-folder")}
        text={t(props.onUpload === undefined ? "objects.empty-read" : "objects.empty-text")}
      >
        {props.onUpload !== undefined && (
          <Button size="sm" leftSection={<UploadIcon size={16} />} onClick={props.onUpload}>
            {t("objects.upload-files")}
          </Button>
        )}
      </Empty>
      {props.prefix === "" && props.onUpload !== undefined && (
        <div className={css.emptyHint}>
          <h2>{t("hints.cli")}</h2>
          <Snippet label={t("hints.cli")} text={props.syncLine} />
        </div>
      )}
    </div>
  );
}
