export interface Tag {
  name: string;
  value: string;
}

/** Tags that a bucket, a user or a role can have. */
export const MAX_TAGS = 50;

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
