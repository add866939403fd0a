import { type Known, parseXml, S3NS, strangers, textOf } from "../xml";

/** Who owns objects that other accounts write, from the plainest to the most involved. */
export const OWNERSHIPS = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"] as const;
export type Ownership = (typeof OWNERSHIPS)[number];

/** Reads OwnershipControls; a bucket without them works as one of the setting ObjectWriter. Throws when it is no XML. */
export function readOwnership(document: string | undefined): Known<Ownership> {
  if (document === undefined) return { value: "ObjectWriter", unknown: [] };
  const root = parseXml(document);
  const unknown = strangers(root, { Rule: { of: { ObjectOwnership: "text" } } });
  const value = OWNERSHIPS.find((name) => name === textOf(root, "Rule", "ObjectOwnership"));
  if (value === undefined) unknown.push("Rule/ObjectOwnership");
  return { value: value ?? "ObjectWriter", unknown };
}

export const writeOwnership = (setting: Ownership): string =>
  `<OwnershipControls ${S3NS}><Rule><ObjectOwnership>${setting}</ObjectOwnership></Rule></OwnershipControls>`;
