import { elements, type Known, parseXml, S3NS, type Shape, strangers, textOf, texts } from "./xml";

/** Routing rules that a website can have. */
export const MAX_ROUTES = 50;

/** What of a key a redirect replaces: nothing, the prefix of the condition, or all of it. */
export const REPLACES = ["nothing", "prefix", "key"] as const;
export type Replaces = (typeof REPLACES)[number];

/** A routing rule: what meets both conditions goes elsewhere. Empty texts say nothing. */
export interface Route {
  /** Keys begin with this. */
  prefix: string;
  /** The request would fail with this status, "404"; empty: before anything is looked up. */
  status: string;
  host: string;
  protocol: string;
  /** Status of the answer; empty: 301. */
  code: string;
  replaces: Replaces;
  with: string;
}

export type Website =
  | { kind: "off" }
  | { kind: "redirect"; host: string; protocol: string }
  | { kind: "site"; index: string; error: string; routes: Route[] };

const HOST = { HostName: "text", Protocol: "text" } as const;

const SHAPE: Shape = {
  RedirectAllRequestsTo: { of: HOST },
  IndexDocument: { of: { Suffix: "text" } },
  ErrorDocument: { of: { Key: "text" } },
  RoutingRules: {
    of: {
      RoutingRule: {
        many: true,
        of: {
          Condition: { of: { KeyPrefixEquals: "text", HttpErrorCodeReturnedEquals: "text" } },
          Redirect: {
            of: { ...HOST, HttpRedirectCode: "text", ReplaceKeyPrefixWith: "text", ReplaceKeyWith: "text" },
          },
        },
      },
    },
  },
};

/** Reads a WebsiteConfiguration, undefined for none; throws when it is no XML. */
export function readWebsite(document: string | undefined): Known<Website> {
  if (document === undefined) return { value: { kind: "off" }, unknown: [] };
  const root = parseXml(document);
  const unknown = strangers(root, SHAPE);
  const [all] = elements(root, "RedirectAllRequestsTo");
  if (all !== undefined) {
    if (root.children.length > 1) unknown.push(...[...root.children].slice(1).map((e) => e.localName));
    return { value: { kind: "redirect", host: textOf(all, "HostName"), protocol: textOf(all, "Protocol") }, unknown };
  }
  const value: Website = {
    kind: "site",
    index: textOf(root, "IndexDocument", "Suffix"),
    error: textOf(root, "ErrorDocument", "Key"),
    routes: elements(root, "RoutingRules", "RoutingRule").map(readRoute),
  };
  return { value, unknown };
}

function readRoute(rule: Element): Route {
  const [prefix] = elements(rule, "Redirect", "ReplaceKeyPrefixWith");
  const [key] = elements(rule, "Redirect", "ReplaceKeyWith");
  return {
    prefix: textOf(rule, "Condition", "KeyPrefixEquals"),
    status: textOf(rule, "Condition", "HttpErrorCodeReturnedEquals"),
    host: textOf(rule, "Redirect", "HostName"),
    protocol: textOf(rule, "Redirect", "Protocol"),
    code: textOf(rule, "Redirect", "HttpRedirectCode"),
    replaces: key !== undefined ? "key" : prefix !== undefined ? "prefix" : "nothing",
    with: (key ?? prefix)?.textContent ?? "",
  };
}

const some = (name: string, text: string): string => texts(name, text === "" ? [] : [text]);

function writeRoute(route: Route): string {
  const condition = some("HttpErrorCodeReturnedEquals", route.status) + some("KeyPrefixEquals", route.prefix);
  const replaced =
    route.replaces === "nothing"
      ? ""
      : texts(route.replaces === "key" ? "ReplaceKeyWith" : "ReplaceKeyPrefixWith", [route.with]);
  return `<RoutingRule>${condition === "" ? "" : `<Condition>${condition}</Condition>`}<Redirect>${some(
    "Protocol",
    route.protocol,
  )}${some("HostName", route.host)}${replaced}${some("HttpRedirectCode", route.code)}</Redirect></RoutingRule>`;
}

/** A WebsiteConfiguration; undefined for a bucket that is no website. */
export function writeWebsite(site: Website): string | undefined {
  if (site.kind === "off") return undefined;
  const inner =
    site.kind === "redirect"
      ? `<RedirectAllRequestsTo>${texts("HostName", [site.host])}${some("Protocol", site.protocol)}</RedirectAllRequestsTo>`
      : `<IndexDocument>${texts("Suffix", [site.index])}</IndexDocument>${
          site.error === "" ? "" : `<ErrorDocument>${texts("Key", [site.error])}</ErrorDocument>`
        }${site.routes.length === 0 ? "" : `<RoutingRules>${site.routes.map(writeRoute).join("")}</RoutingRules>`}`;
  return `<WebsiteConfiguration ${S3NS}>${inner}</WebsiteConfiguration>`;
}

/** The address of a bucket's website, below that of all websites ("http://web.example.com:5000"). */
export const websiteAddress = (websites: string, bucket: string): string => websites.replace("://", `://${bucket}.`);

export type HostFault = "none" | "form";

/** What is wrong with the host of a redirect: a name or an address, with or without a port. */
export function hostFault(host: string): HostFault | undefined {
  if (host.trim() === "") return "none";
  return /^[^\s/?#@]+$/.test(host) ? undefined : "form";
}

export type IndexFault = "none" | "slash";

export function indexFault(index: string): IndexFault | undefined {
  if (index === "") return "none";
  return index.includes("/") ? "slash" : undefined;
}

export type RouteField = "status" | "host" | "code" | "with" | "all";

/** Fields of a routing rule that S3 would refuse, or that lead a request back to where it came from ("all"). */
export function routeFaults(route: Route): Set<RouteField> {
  const faults = new Set<RouteField>();
  if (route.status !== "" && !/^[45]\d\d$/.test(route.status)) faults.add("status");
  if (route.host !== "" && hostFault(route.host) !== undefined) faults.add("host");
  if (route.code !== "" && !/^3(?!00)\d\d$/.test(route.code)) faults.add("code");
  if (route.replaces === "key" && route.with === "") faults.add("with");
  if (route.host === "" && route.protocol === "" && route.replaces === "nothing") faults.add("all");
  return faults;
}
