import { elements, type Known, parseXml, S3NS, strangers } from "../xml";

/** The switches of Block Public Access. */
export const BLOCKS = ["BlockPublicPolicy", "RestrictPublicBuckets", "BlockPublicAcls", "IgnorePublicAcls"] as const;
export type Block = (typeof BLOCKS)[number];
export type PublicAccess = Record<Block, boolean>;

const everywhere = (on: boolean) => Object.fromEntries(BLOCKS.map((block) => [block, on])) as PublicAccess;

/** All switches on. */
export const ALL_BLOCKED: PublicAccess = everywhere(true);

/** Reads a PublicAccessBlockConfiguration; without one nothing is blocked. Throws when it is no XML. */
export function readPublicAccess(document: string | undefined): Known<PublicAccess> {
  const value = everywhere(false);
  if (document === undefined) return { value, unknown: [] };
  const root = parseXml(document);
  const unknown = strangers(root, Object.fromEntries(BLOCKS.map((block) => [block, "text" as const])));
  for (const block of BLOCKS) {
    const text = elements(root, block)[0]?.textContent ?? "false";
    if (/^(?:true|1)$/i.test(text)) value[block] = true;
    else if (!/^(?:false|0)$/i.test(text)) unknown.push(block);
  }
  return { value, unknown };
}

export const writePublicAccess = (access: PublicAccess): string =>
  `<PublicAccessBlockConfiguration ${S3NS}>${BLOCKS.map((block) => `<${block}>${access[block]}</${block}>`).join(
    "",
  )}</PublicAccessBlockConfiguration>`;

/** Whether a policy status, undefined without a policy, says that the policy is public. Throws when it is no XML. */
export const readPolicyStatus = (document: string | undefined): boolean =>
  document !== undefined && elements(parseXml(document), "IsPublic")[0]?.textContent?.trim().toLowerCase() === "true";
