import { Button, Menu } from "@mantine/core";
import { Guarded } from "@/components/ui/guarded";
import { CopyIcon, DeleteIcon, DownIcon, DownloadIcon, LinkIcon, MoveIcon, RenameIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";

/** What can be done with the object whose details are open. `need…` name permissions that are missing. */
export function DetailActions(props: {
  needGet: string | undefined;
  needPut: string | undefined;
  needDelete: string | undefined;
  onDownload: () => void;
  onShare: () => void;
  onRename: () => void;
  onMany: (what: "copy" | "move" | "delete") => void;
}) {
  const { needGet, needPut, needDelete } = props;
  return (
    <>
      <Guarded variant="default" need={needGet} leftSection={<DownloadIcon size={14} />} onClick={props.onDownload}>
        {t("objects.download")}
      </Guarded>
      <Button variant="default" leftSection={<LinkIcon size={14} />} onClick={props.onShare}>
        {t("objects.share")}
      </Button>
      <Menu>
        <Menu.Target>
          <Button variant="default" rightSection={<DownIcon size={14} />}>
            {t("action.more")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<RenameIcon size={16} />}
            disabled={(needPut ?? needDelete) !== undefined}
            onClick={props.onRename}
          >
            {t("objects.rename")}
          </Menu.Item>
          <Menu.Item
            leftSection={<CopyIcon size={16} />}
            disabled={needGet !== undefined}
            onClick={() => props.onMany("copy")}
          >
            {t("objects.copy")}
          </Menu.Item>
          <Menu.Item
            leftSection={<MoveIcon size={16} />}
            disabled={(needGet ?? needDelete) !== undefined}
            onClick={() => props.onMany("move")}
          >
            {t("objects.move")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="var(--danger-text)"
            leftSection={<DeleteIcon size={16} />}
            disabled={needDelete !== undefined}
            onClick={() => props.onMany("delete")}
          >
            {t("objects.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
