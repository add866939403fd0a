import { Button, Menu, TextInput } from "@mantine/core";
import type { RefObject } from "react";
import { IconButton } from "@/components/ui/basics";
import { Guarded } from "@/components/ui/guarded";
import {
  DownIcon,
  FilterIcon,
  NewFolderIcon,
  FileIcon as PlainFileIcon,
  RefreshIcon,
  SearchIcon,
  UploadFolderIcon,
  UploadIcon,
} from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import { inFolder, type View } from "../model/view";
import { Crumbs } from "./Crumbs";
import css from "./objects.module.css";

/** Above the list: where one is, the filter, and what can be done in the folder. */
export function Toolbar(props: {
  bucket: string;
  view: View;
  onView: (next: View, how?: { replace: boolean }) => void;
  field: RefObject<HTMLInputElement | null>;
  /** Moves the focus from the filter to the list. */
  onList: () => void;
  needPut: string | undefined;
  onRefresh: () => void;
  onNewFolder: () => void;
  onPickFiles: () => void;
  onPickFolder: () => void;
}) {
  const { view, onView, needPut } = props;
  const prefix = view.prefix ?? "";
  const search = () => {
    const words = view.filter?.trim();
    if (words) onView({ ...inFolder(view, prefix), find: words });
  };
  return (
    <div className={css.bar}>
      <Crumbs bucket={props.bucket} view={view} />
      <TextInput
        ref={props.field}
        className={css.filter}
        size="xs"
        type="search"
        leftSection={<FilterIcon size={14} />}
        placeholder={t("objects.filter")}
        aria-label={t("objects.filter")}
        value={view.filter ?? ""}
        onChange={(event) => onView({ ...view, filter: event.currentTarget.value || undefined }, { replace: true })}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            props.onList();
          } else if (event.key === "Enter") {
            search();
          } else if (event.key === "Escape") {
            onView({ ...view, filter: undefined }, { replace: true });
            props.onList();
          }
        }}
        rightSection={
          view.filter === undefined ? null : (
            <IconButton label={t("objects.search-below")} size={22} onClick={search}>
              <SearchIcon size={14} />
            </IconButton>
          )
        }
      />
      <IconButton label={t("action.refresh")} onClick={props.onRefresh}>
        <RefreshIcon size={16} />
      </IconButton>
      <Guarded
        variant="default"
        className={css.newFolder}
        need={needPut}
        leftSection={<NewFolderIcon size={14} />}
        onClick={props.onNewFolder}
      >
        {t("objects.new-folder")}
      </Guarded>
      {needPut === undefined ? (
        <Menu>
          <Menu.Target>
            <Button leftSection={<UploadIcon size={14} />} rightSection={<DownIcon size={14} />}>
              {t("objects.upload")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<PlainFileIcon size={16} />} onClick={props.onPickFiles}>
              {t("objects.upload-files")}
            </Menu.Item>
            <Menu.Item leftSection={<UploadFolderIcon size={16} />} onClick={props.onPickFolder}>
              {t("objects.upload-folder")}
            </Menu.Item>
            <Menu.Item className={css.narrowOnly} leftSection={<NewFolderIcon size={16} />} onClick={props.onNewFolder}>
              {t("objects.new-folder")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : (
        <Guarded need={needPut} leftSection={<UploadIcon size={14} />} onClick={() => {}}>
          {t("objects.upload")}
        </Guarded>
      )}
    </div>
  );
}
