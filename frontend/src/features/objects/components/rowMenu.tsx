import {
  CopyIcon,
  DeleteIcon,
  DownloadIcon,
  FolderIcon,
  InfoIcon,
  LinkIcon,
  MoveIcon,
  RenameIcon,
} from "@/components/ui/icons";
import type { PointMenuItem } from "@/components/ui/pointmenu";
import { t } from "@/lib/i18n";
import { type Chosen, single } from "../model/chosen";
import type { Row } from "../model/entry";
import type { Lacks } from "../model/rights";
import type { Asking } from "./Asked";

/** What a row's menu offers for what is chosen: the row alone, or the whole selection that it is in. */
export function rowMenu(
  row: Row,
  chosen: Chosen,
  lacks: Lacks,
  act: { open: (row: Row) => void; download: (chosen: Chosen) => void; ask: (asking: Asking) => void },
): PointMenuItem[] {
  const one = single(chosen);
  const items: PointMenuItem[] = [];
  if (chosen.objects.length + chosen.folders.length === 1) {
    items.push({
      label: t(row.kind === "folder" ? "action.open" : "objects.details"),
      icon: row.kind === "folder" ? <FolderIcon size={16} /> : <InfoIcon size={16} />,
      keys: "Enter",
      run: () => act.open(row),
    });
  }
  items.push({
    label: t(one === undefined ? "objects.download-zip" : "objects.download"),
    icon: <DownloadIcon size={16} />,
    need: lacks.get,
    keys: "d",
    run: () => act.download(chosen),
  });
  if (one !== undefined) {
    items.push(
      {
        label: t("objects.share"),
        icon: <LinkIcon size={16} />,
        run: () => act.ask({ what: "share", key: one.key }),
      },
      "line",
      {
        label: t("objects.rename"),
        icon: <RenameIcon size={16} />,
        need: lacks.put ?? lacks.remove,
        keys: "F2",
        run: () => act.ask({ what: "rename", key: one.key }),
      },
    );
  }
  items.push(
    {
      label: t("objects.copy"),
      icon: <CopyIcon size={16} />,
      need: lacks.get,
      run: () => act.ask({ what: "copy", chosen }),
    },
    {
      label: t("objects.move"),
      icon: <MoveIcon size={16} />,
      need: lacks.get ?? lacks.remove,
      run: () => act.ask({ what: "move", chosen }),
    },
    "line",
    {
      label: t("objects.delete"),
      icon: <DeleteIcon size={16} />,
      danger: true,
      need: lacks.remove,
      keys: "Del",
      run: () => act.ask({ what: "delete", chosen }),
    },
  );
  return items;
}
