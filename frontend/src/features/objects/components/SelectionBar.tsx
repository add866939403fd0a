import { IconButton } from "@/components/ui/basics";
import { Guarded } from "@/components/ui/guarded";
import { CloseIcon, CopyIcon, DeleteIcon, DownloadIcon, MoveIcon } from "@/components/ui/icons";
import { bytes } from "@/lib/format";
import { t } from "@/lib/i18n";
import { type Chosen, sizeOf } from "../model/chosen";
import type { Lacks } from "../model/rights";
import css from "./objects.module.css";

/** In place of the toolbar while rows are selected: how much that is, and what can be done with it. */
export function SelectionBar(props: {
  count: number;
  picked: Chosen;
  lacks: Lacks;
  onClear: () => void;
  onDownload: () => void;
  onAsk: (what: "copy" | "move" | "delete") => void;
}) {
  const { count, picked, lacks, onAsk } = props;
  return (
    <div className={css.bar} data-selection role="toolbar" aria-label={t("objects.selection")}>
      <IconButton label={t("objects.clear-selection")} onClick={props.onClear}>
        <CloseIcon size={16} />
      </IconButton>
      <span className={css.selected} role="status">
        {t("objects.selected", { count })}
        {picked.objects.length > 0 && <span className="muted num"> · {bytes(sizeOf(picked))}</span>}
      </span>
      <Guarded variant="default" need={lacks.get} leftSection={<DownloadIcon size={14} />} onClick={props.onDownload}>
        {t("objects.download")}
      </Guarded>
      <Guarded
        variant="default"
        className={css.wideOnly}
        need={lacks.get}
        leftSection={<CopyIcon size={14} />}
        onClick={() => onAsk("copy")}
      >
        {t("objects.copy")}
      </Guarded>
      <Guarded
        variant="default"
        className={css.wideOnly}
        need={lacks.get ?? lacks.remove}
        leftSection={<MoveIcon size={14} />}
        onClick={() => onAsk("move")}
      >
        {t("objects.move")}
      </Guarded>
      <Guarded
        color="red"
        variant="filled"
        need={lacks.remove}
        leftSection={<DeleteIcon size={14} />}
        onClick={() => onAsk("delete")}
      >
        {t("objects.delete")}
      </Guarded>
    </div>
  );
}
