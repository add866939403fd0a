import { elements, escapeXml, parseXml, S3NS, textOf } from "./xml";

export interface Tag {
  name: string;
  value: string;
}

/** Tags that a bucket can have. */
export const MAX_TAGS = 50;

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

export type TagFault = "empty" | "name-long" | "value-long" | "reserved" | "characters" | "twice";

/** What is wrong with the tag at `index` of these; undefined: nothing. */
export function tagFault(tags: readonly Tag[], index: number): TagFault | undefined {
  const { name, value } = tags[index] as Tag;
  if (name === "") return "empty";
  if (name.length > 128) return "name-long";
  if (value.length > 256) return "value-long";
  if (name.startsWith("aws:")) return "reserved";
  if (!/^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u.test(name + value)) return "characters";
  if (tags.findIndex((tag) => tag.name === name) < index) return "twice";
  return undefined;
}
