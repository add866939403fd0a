import type { MessageId } from "@/lib/i18n";
import type { Group, Permission } from "../../model/permissions/acl";

/** What the permissions of a list are called. */
export const PERMITS = {
  FULL_CONTROL: "acl.full",
  READ: "acl.read",
  WRITE: "acl.write",
  READ_ACP: "acl.read-acp",
  WRITE_ACP: "acl.write-acp",
} as const satisfies Record<Permission, MessageId>;

/** What its groups are called. */
export const GROUPS = {
  all: "acl.everybody",
  authenticated: "acl.authenticated",
  logs: "acl.logs",
} as const satisfies Record<Group, MessageId>;
