import { Indicator } from "@mantine/core";
import { IconButton } from "@/components/ui/basics";
import { UploadIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { useSignal } from "@/lib/signal";
import { trayOpen, useUploads } from "../model/uploads";

/** Opens the tray; shows how many uploads are open. */
export function TrayButton() {
  const queue = useUploads();
  const open = useSignal(trayOpen);
  const label = queue.open > 0 ? t("uploads.tray-open", { count: queue.open }) : t("uploads.title");
  return (
    <Indicator
      disabled={queue.open === 0 && queue.counts.failed === 0}
      color={queue.counts.failed > 0 || queue.counts.asking > 0 ? "red" : "accent"}
      size={8}
      offset={5}
    >
      <IconButton label={label} size={32} aria-expanded={open} onClick={() => trayOpen.set(!open)}>
        <UploadIcon size={16} />
      </IconButton>
    </Indicator>
  );
}
