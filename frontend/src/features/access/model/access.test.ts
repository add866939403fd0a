import { expect, test } from "vitest";
import { jsonFaults } from "@/lib/jsonfaults";
import { TEMPLATES, trustFor } from "./documents";
import { action, firstTab, keyFile, lacking, mayOpen, policyName, validName } from "./kinds";
import { readAccessView, sortedBy } from "./view";

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
