import type { IdentityEntry } from "@myfsio/client";
import { expect, test } from "vitest";
import { jsonFaults } from "@/lib/jsonfaults";
import { TEMPLATES, trustFor } from "./documents";
import { action, firstTab, keyFile, lacking, mayOpen, policyName, validName } from "./kinds";
import { chosen, readAccessView, sortedBy } from "./view";

const row = (name: string, more: Partial<IdentityEntry> = {}): IdentityEntry => ({
  name,
  path: "/",
  id: `AIDA${name}`,
  arn: `arn:aws:iam::000000000000:user/${name}`,
  created: "2026-11-20T12:00:00Z",
  disabled: false,
  environment: false,
  admin: false,
  keys: 0,
  policies: 0,
  groups: 0,
  members: 0,
  ...more,
});

test("a list has the rows that are looked for, in the order that is asked for", () => {
  const rows = [row("bob", { keys: 2 }), row("Ada", { displayName: "Countess" }), row("cy", { keys: 1 })];
  const names = (view: Parameters<typeof chosen>[1]) => chosen(rows, view).map((r) => r.name);
  expect(names({})).toEqual(["Ada", "bob", "cy"]);
  expect(names({ order: "desc" })).toEqual(["cy", "bob", "Ada"]);
  expect(names({ sort: "keys", order: "desc" })).toEqual(["bob", "cy", "Ada"]);
  expect(names({ search: "count" })).toEqual(["Ada"]);
  expect(names({ search: "user/b" })).toEqual(["bob"]);
  expect(names({ search: "nobody" })).toEqual([]);
});

test("an address says what is shown, and nothing that it cannot say", () => {
  expect(readAccessView({ search: "a", sort: "keys", order: "desc" })).toEqual({
    search: "a",
    sort: "keys",
    order: "desc",
  });
  expect(readAccessView({ sort: "name", order: "up" })).toEqual({});
  expect(sortedBy({}, "name")).toEqual({ order: "desc" });
  expect(sortedBy({}, "keys")).toEqual({ sort: "keys", order: "desc" });
  expect(sortedBy({ sort: "keys", order: "desc" }, "keys")).toEqual({ sort: "keys" });
});

test("actions, names and the tabs that a person may open", () => {
  expect(action("groups", "Attach%Policy")).toBe("iam:AttachGroupPolicy");
  expect(lacking(["iam:GetUser"], "iam:GetUser")).toBeUndefined();
  expect(lacking(undefined, "iam:GetUser")).toBe("iam:GetUser");
  expect(validName("a_b+=,.@-9", 64)).toBe(true);
  for (const name of ["", "a b", "a/b", "ü", "a".repeat(65)]) expect(validName(name, 64), name).toBe(false);
  expect(mayOpen(["iam:CreateUser"])).toBe(false);
  expect(mayOpen(["iam:ListRoles"])).toBe(true);
  expect(firstTab(["iam:ListPolicies", "iam:ListRoles"])).toBe("roles");
  expect(firstTab([])).toBe("users");
  expect(policyName("arn:aws:iam::000000000000:policy/team/most")).toBe("most");
  expect(keyFile("AKIA", "s/+")).toBe("Access key ID,Secret access key\nAKIA,s/+\n");
});

test("every template is a sound document", () => {
  for (const text of [...Object.values(TEMPLATES), trustFor("arn:aws:iam::000000000000:user/ada")]) {
    expect(jsonFaults(text)).toEqual([]);
    expect(JSON.parse(text)).toMatchObject({ Version: "2012-10-17" });
  }
});
