import { expect, test } from "vitest";
import {
  hostFault,
  indexFault,
  type Route,
  readWebsite,
  routeFaults,
  type Website,
  websiteAddress,
  writeWebsite,
} from "./website";

const route: Route = { prefix: "", status: "", host: "", protocol: "", code: "", replaces: "nothing", with: "" };

const SITES: [string, Website][] = [
  ["nothing", { kind: "off" }],
  ["a redirect", { kind: "redirect", host: "example.com:8080", protocol: "" }],
  ["a redirect by https", { kind: "redirect", host: "example.com", protocol: "https" }],
  ["pages", { kind: "site", index: "index & co.html", error: "", routes: [] }],
  [
    "pages with rules",
    {
      kind: "site",
      index: "index.html",
      error: "errors/404.html",
      routes: [
        { ...route, prefix: "docs/", replaces: "prefix", with: "documents/<new>/" },
        { ...route, prefix: "gone/", replaces: "prefix", with: "" },
        { ...route, status: "404", host: "other.example", protocol: "https", code: "302" },
        { ...route, prefix: "a", status: "403", replaces: "key", with: "error.html" },
        { ...route, host: "everything.example" },
      ],
    },
  ],
];

test.each(SITES)("a website survives writing and reading: %s", (_, site) => {
  expect(readWebsite(writeWebsite(site))).toEqual({ value: site, unknown: [] });
});

test("what the form does not know is told", () => {
  const unknown = (inner: string) => readWebsite(`<WebsiteConfiguration>${inner}</WebsiteConfiguration>`).unknown;
  expect(unknown("<IndexDocument><Suffix>i</Suffix></IndexDocument><Theme>dark</Theme>")).toEqual(["Theme"]);
  expect(
    unknown(
      "<IndexDocument><Suffix>i</Suffix></IndexDocument><RoutingRules><RoutingRule><Condition><Country>x</Country></Condition><Redirect><HostName>h</HostName></Redirect></RoutingRule></RoutingRules>",
    ),
  ).toEqual(["RoutingRules/RoutingRule/Condition/Country"]);
  expect(
    unknown(
      "<RedirectAllRequestsTo><HostName>h</HostName></RedirectAllRequestsTo><IndexDocument><Suffix>i</Suffix></IndexDocument>",
    ),
  ).toEqual(["IndexDocument"]);
  expect(() => readWebsite("<Website")).toThrow();
});

test("hosts, indexes and rules are held to what S3 takes", () => {
  expect(["a.example", "localhost:80", "[::1]:8080"].map(hostFault)).toEqual([undefined, undefined, undefined]);
  expect(["", " "].map(hostFault)).toEqual(["none", "none"]);
  expect(["http://a", "a/b", "a b", "a?b", "u@h"].map(hostFault)).toEqual(Array(5).fill("form"));
  expect(["", "a/i.html", "i.html"].map(indexFault)).toEqual(["none", "slash", undefined]);
  const faults = (part: Partial<Route>) => [...routeFaults({ ...route, host: "h", ...part })];
  expect(faults({})).toEqual([]);
  expect(["302", "304", "399"].map((code) => faults({ code }))).toEqual([[], [], []]);
  expect(["300", "200", "30", "x"].map((code) => faults({ code }))).toEqual(Array(4).fill(["code"]));
  expect(["404", "500"].map((status) => faults({ status }))).toEqual([[], []]);
  expect(["200", "4040"].map((status) => faults({ status }))).toEqual(Array(2).fill(["status"]));
  expect(faults({ host: "a/b" })).toEqual(["host"]);
  expect(faults({ replaces: "key" })).toEqual(["with"]);
  expect(faults({ host: "" })).toEqual(["all"]);
});

test("the address of a website has the bucket before the domain", () => {
  expect(websiteAddress("http://web.example.com:5000", "b.c")).toBe("http://b.c.web.example.com:5000");
});
