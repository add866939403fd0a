import { elements, escapeXml, type Known, parseXml, S3NS, type Shape, strangers, textOf, XSI } from "../xml";

/** What a grant permits, from most to least. */
export const PERMISSIONS = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Groups of grantees, by what the console calls them. */
const GROUPS = {
  all: "http://acs.amazonaws.com/groups/global/AllUsers",
  authenticated: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
  logs: "http://acs.amazonaws.com/groups/s3/LogDelivery",
} as const;
export type Group = keyof typeof GROUPS;
export const GROUP_NAMES = Object.keys(GROUPS) as Group[];

/** Whom a grant is for: an account by its canonical id, or a group. */
export type Grantee = { group: Group } | { group?: undefined; id: string; name: string };

export interface Grant {
  to: Grantee;
  permission: Permission;
}

export interface Acl {
  owner: { id: string; name: string };
  grants: Grant[];
}

/** Grants that a list can have. */
export const MAX_GRANTS = 100;

const SHAPE: Shape = {
  Owner: { of: { ID: "text", DisplayName: "text" } },
  AccessControlList: {
    of: {
      Grant: {
        many: true,
        of: { Grantee: { of: { ID: "text", DisplayName: "text", URI: "text" } }, Permission: "text" },
      },
    },
  },
};

/** Reads an AccessControlPolicy; throws when it is no XML. */
export function readAcl(document: string): Known<Acl> {
  const root = parseXml(document);
  const unknown = strangers(root, SHAPE);
  const grants: Grant[] = [];
  for (const element of elements(root, "AccessControlList", "Grant")) {
    const to = granteeOf(element);
    const permission = PERMISSIONS.find((p) => p === textOf(element, "Permission"));
    if (to === undefined) unknown.push("AccessControlList/Grant/Grantee");
    if (permission === undefined) unknown.push("AccessControlList/Grant/Permission");
    if (to !== undefined && permission !== undefined) grants.push({ to, permission });
  }
  const owner = { id: textOf(root, "Owner", "ID"), name: textOf(root, "Owner", "DisplayName") };
  return { value: { owner, grants }, unknown: [...new Set(unknown)] };
}

function granteeOf(grant: Element): Grantee | undefined {
  const [grantee] = elements(grant, "Grantee");
  switch (grantee?.getAttributeNS(XSI, "type")) {
    case "CanonicalUser":
      return { id: textOf(grantee, "ID"), name: textOf(grantee, "DisplayName") };
    case "Group": {
      const group = GROUP_NAMES.find((name) => GROUPS[name] === textOf(grantee, "URI"));
      return group && { group };
    }
  }
  return undefined;
}

export const writeAcl = ({ owner, grants }: Acl): string =>
  `<AccessControlPolicy ${S3NS} xmlns:xsi="${XSI}"><Owner><ID>${escapeXml(owner.id)}</ID></Owner><AccessControlList>${grants
    .map(
      ({ to, permission }) =>
        `<Grant>${
          to.group === undefined
            ? `<Grantee xsi:type="CanonicalUser"><ID>${escapeXml(to.id)}</ID></Grantee>`
            : `<Grantee xsi:type="Group"><URI>${GROUPS[to.group]}</URI></Grantee>`
        }<Permission>${permission}</Permission></Grant>`,
    )
    .join("")}</AccessControlList></AccessControlPolicy>`;

/** Lists that have a name in S3, by what they grant beside full control to the owner. */
const CANNED = {
  private: [],
  "public-read": [["all", "READ"]],
  "public-read-write": [
    ["all", "READ"],
    ["all", "WRITE"],
  ],
  "authenticated-read": [["authenticated", "READ"]],
  "log-delivery-write": [
    ["logs", "WRITE"],
    ["logs", "READ_ACP"],
  ],
} as const satisfies Record<string, [Group, Permission][]>;
export type Canned = keyof typeof CANNED;
export const CANNED_NAMES = Object.keys(CANNED) as Canned[];

export const cannedGrants = (name: Canned, owner: Acl["owner"]): Grant[] => [
  { to: owner, permission: "FULL_CONTROL" },
  ...CANNED[name].map(([group, permission]) => ({ to: { group }, permission })),
];

/** The same for grants that mean the same. */
const signature = (grants: readonly Grant[]): string =>
  [...new Set(grants.map(({ to, permission }) => `${to.group ?? to.id} ${permission}`))].sort().join();

/** The name of the list of these grants; undefined: it has none. */
export const cannedName = (grants: readonly Grant[], owner: Acl["owner"]): Canned | undefined =>
  CANNED_NAMES.find((name) => signature(cannedGrants(name, owner)) === signature(grants));

/** Whether the grants give the public anything, as S3 counts it: also those who merely have an account. */
export const givesPublic = (grants: readonly Grant[]): boolean =>
  grants.some(({ to }) => to.group === "all" || to.group === "authenticated");

/** Whether the grants are for somebody beside the owner; a bucket whose list does so cannot be owner-enforced. */
export const givesOthers = ({ owner, grants }: Acl): boolean =>
  grants.some(({ to }) => to.group !== undefined || to.id !== owner.id);

export type GrantFault = "id" | "twice";

/** What is wrong with the grant at `index` of these; undefined: nothing. */
export function grantFault(grants: readonly Grant[], index: number): GrantFault | undefined {
  const { to, permission } = grants[index] as Grant;
  if (to.group === undefined && !/^[\da-f]{64}$/.test(to.id)) return "id";
  const same = (other: Grant) =>
    other.permission === permission && signature([other]) === signature([{ to, permission }]);
  return grants.findIndex(same) < index ? "twice" : undefined;
}
