import { type DragEvent, type ReactNode, useCallback, useRef, useState } from "react";
import { UploadIcon } from "@/components/ui/icons";
import { t } from "@/lib/i18n";
import css from "./objects.module.css";

interface Uploads {
  pickFiles: () => void;
  pickFolder: () => void;
  /** Handlers of the element that files can be dropped on. */
  drag: object;
  /** What it must hold: the pickers, and what is shown while something is dragged over it. */
  parts: ReactNode;
}

/** The ways in which files come: by the pickers, and by dropping. `need` names the permission that is missing. */
export function useUploads(props: {
  place: string;
  need: string | undefined;
  onFiles: (files: readonly File[]) => void;
  onDrop: (dropped: DataTransfer) => void;
}): Uploads {
  const { need } = props;
  const [dragging, setDragging] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const chosen = (input: HTMLInputElement) => {
    if (input.files !== null && input.files.length > 0) props.onFiles([...input.files]);
    input.value = "";
  };
  const drag = {
    onDragEnter: (event: DragEvent) => {
      if (event.dataTransfer.types.includes("Files")) setDragging(true);
    },
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = need === undefined ? "copy" : "none";
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDragging(false);
    },
    onDrop: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      setDragging(false);
      if (need === undefined) props.onDrop(event.dataTransfer);
    },
  };
  const parts = (
    <>
      {dragging && (
        <div className={css.drop} aria-hidden>
          <div>
            <UploadIcon size={24} />
            {need === undefined ? t("objects.drop", { folder: props.place }) : t("action.needs", { permission: need })}
          </div>
        </div>
      )}
      <input
        ref={files}
        type="file"
        multiple
        hidden
        data-testid="files"
        onChange={(event) => chosen(event.currentTarget)}
      />
      <input
        ref={(input) => {
          folder.current = input;
          input?.setAttribute("webkitdirectory", "");
        }}
        type="file"
        multiple
        hidden
        data-testid="folder"
        onChange={(event) => chosen(event.currentTarget)}
      />
    </>
  );
  const pickFiles = useCallback(() => files.current?.click(), []);
  const pickFolder = useCallback(() => folder.current?.click(), []);
  return { pickFiles, pickFolder, drag, parts };
}
