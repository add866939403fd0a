import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { setLocale } from "@/lib/i18n";
import { CLOSE, OPEN } from "@/lib/i18n/pseudo";
import { aJob, aLine } from "./console";
import { open, server } from "./page";

test("who is not signed in signs in, and comes to where they wanted to go", async () => {
  server.signedIn = false;
  const router = open("/buckets/photos?prefix=2026/");
  await userEvent.type(await screen.findByLabelText("Access key"), "localadmin");
  await userEvent.type(screen.getByLabelText("Secret key"), "wrong");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("AccessDenied");
  await userEvent.clear(screen.getByLabelText("Secret key"));
  await userEvent.type(screen.getByLabelText("Secret key"), "right{Enter}");
  expect(await screen.findByRole("row", { name: "a.jpg" })).toBeInTheDocument();
  expect(router.state.location.search).toEqual({ prefix: "2026/" });
});

test("a bucket is deleted only when its name is typed", async () => {
  open("/buckets");
  const row = await screen.findByRole("row", { name: "empty-one" });
  await userEvent.click(within(row).getByRole("button", { name: "Actions for empty-one" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Delete bucket" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete bucket" });
  const button = within(dialog).getByRole("button", { name: "Delete bucket" });
  expect(button).toBeDisabled();
  await userEvent.type(within(dialog).getByLabelText(/Type the name/), "empty-one");
  await userEvent.click(button);
  await waitFor(() => expect(screen.queryByRole("row", { name: "empty-one" })).not.toBeInTheDocument());
  expect(server.buckets.has("empty-one")).toBe(false);
});

test("a session that ends is taken up again where it ended", async () => {
  open("/buckets");
  await screen.findByRole("row", { name: "photos" });
  server.signedIn = false;
  await userEvent.click(screen.getByRole("link", { name: "photos" }));
  const dialog = await screen.findByRole("dialog", { name: "Your session has ended" });
  await userEvent.type(within(dialog).getByLabelText("Secret key"), "right{Enter}");
  expect(await screen.findByRole("row", { name: "README.md" })).toBeInTheDocument();
});

test("a right that is missing is named, and its button does nothing", async () => {
  server.permissions = ["s3:ListBucket", "s3:GetObject"];
  open("/buckets/photos");
  await screen.findByRole("row", { name: "README.md" });
  await userEvent.click(screen.getByRole("checkbox", { name: "Select README.md" }));
  const button = screen.getByRole("button", { name: "Delete" });
  expect(button).toHaveAttribute("aria-disabled", "true");
  await userEvent.click(button);
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  await userEvent.hover(button);
  expect(await screen.findByText(/s3:DeleteObject/)).toBeInTheDocument();
});

test("the audit log is filtered by its address, and tells why something was denied", async () => {
  server.audit.push(
    aLine({ n: 3, operation: "createUser", target: "bob" }),
    aLine({
      n: 2,
      kind: "refusal",
      door: "s3",
      request: "REQ0000000000002",
      operation: "GetObject",
      bucket: "photos",
      key: "a.jpg",
      status: 403,
      code: "AccessDenied",
      why: "s3:GetObject is denied by a statement of the bucket policy.",
      action: "s3:GetObject",
      decision: { allowed: false, denied: true, source: "bucket policy", statement: 1, sid: "OfficeOnly" },
    }),
  );
  const router = open("/activity/audit");
  expect(await screen.findByRole("row", { name: "createUser bob" })).toBeInTheDocument();
  await userEvent.type(screen.getByRole("searchbox", { name: "Request id" }), "REQ0000000000002");
  await waitFor(() => expect(screen.queryByRole("row", { name: "createUser bob" })).not.toBeInTheDocument());
  expect(router.state.location.search).toEqual({ request: "REQ0000000000002" });
  expect(await screen.findByText("s3:GetObject is denied by a statement of the bucket policy.")).toBeInTheDocument();
  await userEvent.dblClick(screen.getByRole("row", { name: "GetObject photos/a.jpg" }));
  const details = await screen.findByRole("complementary", { name: "Details of line 2" });
  expect(within(details).getByText("OfficeOnly")).toBeInTheDocument();
  await userEvent.click(within(details).getByRole("button", { name: "All of this user" }));
  await waitFor(() => expect(router.state.location.search).toEqual({ user: "AKIAADA" }));
});

test("who may not read the audit log sees which permission that takes", async () => {
  server.admin = false;
  open("/activity/audit");
  expect(await screen.findByText(/myfsio:GetAuditLog/)).toBeInTheDocument();
  expect(server.requests.some((r) => r.includes("/audit"))).toBe(false);
});

/** Texts on the page that are no data and come from no catalogue. */
function strangers(data: readonly string[]): string[] {
  // A message with elements in it is several texts of the page; what stands between its marks belongs to it.
  let depth = 0;
  const outside = (text: string) => {
    let left = "";
    for (const c of text) {
      if (c === OPEN) depth += 1;
      if (depth === 0) left += c;
      if (c === CLOSE) depth -= 1;
    }
    return left;
  };
  const rest: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const left = outside(node.textContent ?? "");
    if (
      node.parentElement?.closest("style, script, code, pre, .mono, kbd, time, option, [data-code], body [lang]") ==
      null
    ) {
      rest.push(left);
    }
  }
  if (depth !== 0) rest.push("the marks of the pseudo-locale do not match");
  for (const element of document.body.querySelectorAll("*")) {
    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"]) {
      depth = 0;
      rest.push(outside(element.getAttribute(name) ?? ""));
    }
  }
  const known = new RegExp(data.map((d) => d.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  return rest
    .map((text) => text.replaceAll(/\p{Lu}\p{L}{2} \d+, \d{4}, [\d:]+ [AP]M \S+/gu, ""))
    .map((text) => text.replaceAll(known, "").replaceAll(/[\d.,]+ ?([KMGTPE]i)?B\b/g, ""))
    .filter((text) => /\p{L}{2}/u.test(text));
}

const DATA = [
  "photos",
  "empty-one",
  "README.md",
  "data.json",
  "2026",
  "backups/x/",
  "backups",
  "Local Admin",
  "localadmin",
  "us-east-1",
  "default",
  "linux/amd64",
  "go1.26.8",
  "pebble",
  "file",
  "STANDARD",
  "text/markdown",
  "author",
  "ada",
  "CRC64NVME",
  "Ctrl",
  "AmazonS3ReadOnlyAccess",
  "Countess",
  "writers",
  "nightly",
  "arn:aws:iam::",
  "aws:policy/",
  "reads",
  "AKIAADA",
  "createUser",
  "GetObject",
  "AccessDenied",
];

const RULES =
  "<LifecycleConfiguration><Rule><ID>data.json</ID><Filter><And><Prefix>logs/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan></And></Filter><Status>Enabled</Status><Expiration><Days>2</Days></Expiration><NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays><NewerNoncurrentVersions>3</NewerNoncurrentVersions></NoncurrentVersionExpiration><Colour>x</Colour></Rule><Rule><ID>file</ID><Filter/><Status>Disabled</Status><Transition><Days>3</Days><StorageClass>GLACIER</StorageClass></Transition></Rule></LifecycleConfiguration>";
const SITE =
  "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument><RoutingRules><RoutingRule><Condition><KeyPrefixEquals>a/</KeyPrefixEquals></Condition><Redirect><ReplaceKeyPrefixWith>b/</ReplaceKeyPrefixWith></Redirect></RoutingRule></RoutingRules></WebsiteConfiguration>";

test.each([
  ["/buckets", "photos"],
  ["/buckets/photos", "README.md"],
  ["/buckets/photos?key=README.md", "ada"],
  ["/buckets/photos?find=read", "README.md"],
  ["/buckets/photos/permissions", "default"],
  ["/buckets/photos/properties", "us-east-1"],
  ["/buckets/photos/lifecycle", "logs/"],
  ["/buckets/empty-one", "empty-one"],
  ["/access/users", "Countess"],
  ["/access/users/ada", "AKIAADA"],
  ["/access/groups/writers", "Countess"],
  ["/access/roles/nightly", "sts:AssumeRole"],
  ["/access/policies", "backups"],
  ["/access/policy?arn=arn:aws:iam::000000000000:policy/backups", "s3:GetObject"],
  ["/activity", "backups"],
  ["/activity/audit", "createUser"],
  ["/activity/audit?line=2&request=REQ0000000000001", "bucket policy"],
  ["/settings", "LOG_LEVEL"],
  ["/nowhere", "⟦"],
])("in the pseudo-locale %s has no text from elsewhere", async (path, sign) => {
  setLocale("en-XA");
  server.warnings = [{ code: "DefaultSecret", text: "Warned by the server." }];
  server.jobs.push(
    aJob({ id: "1", total: 10, done: 4, rate: 2, failed: 1 }),
    aJob({ id: "2", kind: "copy", target: "backups/x/", state: "failed", message: "There is no space left for this." }),
  );
  server.buckets.get("photos")?.documents.set("lifecycle", RULES).set("website", SITE);
  server.audit.push(
    aLine({
      n: 2,
      kind: "refusal",
      operation: "GetObject",
      status: 403,
      code: "AccessDenied",
      why: "A statement of the server's.",
      action: "s3:GetObject",
      decision: { allowed: false, denied: true, source: "bucket policy", statement: 0, reason: "a statement denies" },
    }),
    aLine({}),
  );
  open(path);
  await waitFor(() => expect(document.body.textContent).toContain(sign));
  await waitFor(() => expect(strangers(DATA)).toEqual([]));
});
