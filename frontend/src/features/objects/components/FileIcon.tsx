import {
  ArchiveIcon,
  AudioIcon,
  CodeIcon,
  FolderIcon,
  ImageIcon,
  JsonIcon,
  FileIcon as PlainIcon,
  TextIcon,
  VideoIcon,
} from "@/components/ui/icons";
import { type Kind, kindOf } from "../model/kind";
import css from "./objects.module.css";

const ICONS: Record<Kind, typeof PlainIcon> = {
  image: ImageIcon,
  video: VideoIcon,
  audio: AudioIcon,
  json: JsonIcon,
  text: TextIcon,
  code: CodeIcon,
  archive: ArchiveIcon,
  other: PlainIcon,
};

export function FileIcon({ name, contentType, size = 16 }: { name: string; contentType: string; size?: number }) {
  const Icon = ICONS[kindOf(name, contentType)];
  return <Icon size={size} aria-hidden className={css.fileIcon} />;
}

export function FolderMark({ size = 16 }: { size?: number }) {
  return <FolderIcon size={size} aria-hidden className={css.folderIcon} />;
}
