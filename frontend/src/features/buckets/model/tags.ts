import type { Tag } from "@/lib/tags";
import { elements, escapeXml, parseXml, S3NS, textOf } from "./xml";

/** Reads the tags of a Tagging document; throws when it is no XML. */
export const readTags = (document: string): Tag[] =>
  elements(parseXml(document), "TagSet", "Tag").map((tag) => ({
    name: textOf(tag, "Key"),
    value: textOf(tag, "Value"),
  }));

export const writeTags = (tags: readonly Tag[]): string =>
  `<Tagging ${S3NS}><TagSet>${tags
    .map((tag) => `<Tag><Key>${escapeXml(tag.name)}</Key><Value>${escapeXml(tag.value)}</Value></Tag>`)
    .join("")}</TagSet></Tagging>`;
