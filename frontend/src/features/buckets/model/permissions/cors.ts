import { elements, type Known, parseXml, S3NS, type Shape, strangers, textOf, texts } from "../xml";

/** Methods that a rule can allow, in the order of the form. */
export const CORS_METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE"] as const;
/** Rules that a bucket can have. */
export const MAX_CORS_RULES = 100;

/** One rule. An origin and an allowed header may have one "*" in them, which stands for any text. */
export interface CorsRule {
  id: string;
  origins: string[];
  methods: string[];
  allowHeaders: string[];
  exposeHeaders: string[];
  /** Seconds for which a browser may rely on the answer; undefined leaves that to the browser. */
  maxAge: number | undefined;
}

const SHAPE: Shape = {
  CORSRule: {
    many: true,
    of: {
      ID: "text",
      AllowedOrigin: "texts",
      AllowedMethod: "texts",
      AllowedHeader: "texts",
      ExposeHeader: "texts",
      MaxAgeSeconds: "text",
    },
  },
};

/** Reads a CORSConfiguration; throws when it is no XML. */
export function readCors(document: string): Known<CorsRule[]> {
  const root = parseXml(document);
  const unknown = strangers(root, SHAPE);
  const value = elements(root, "CORSRule").map((rule) => {
    const all = (name: string) => elements(rule, name).map((e) => e.textContent ?? "");
    const age = textOf(rule, "MaxAgeSeconds");
    const maxAge = age === "" ? undefined : readAge(age);
    if (Number.isNaN(maxAge)) unknown.push("CORSRule/MaxAgeSeconds");
    return {
      id: textOf(rule, "ID"),
      origins: all("AllowedOrigin"),
      methods: all("AllowedMethod"),
      allowHeaders: all("AllowedHeader"),
      exposeHeaders: all("ExposeHeader"),
      maxAge: Number.isNaN(maxAge) ? undefined : maxAge,
    };
  });
  // A method that no box of the form stands for would be lost.
  if (value.some((rule) => rule.methods.some((m) => !(CORS_METHODS as readonly string[]).includes(m))))
    unknown.push("CORSRule/AllowedMethod");
  return { value, unknown: [...new Set(unknown)] };
}

/** A CORSConfiguration of these rules, of which there must be one at least. */
export const writeCors = (rules: readonly CorsRule[]): string =>
  `<CORSConfiguration ${S3NS}>${rules
    .map(
      (rule) =>
        `<CORSRule>${texts("ID", rule.id === "" ? [] : [rule.id])}${texts("AllowedOrigin", rule.origins)}${texts(
          "AllowedMethod",
          rule.methods,
        )}${texts("AllowedHeader", rule.allowHeaders)}${texts("ExposeHeader", rule.exposeHeaders)}${texts(
          "MaxAgeSeconds",
          rule.maxAge === undefined ? [] : [String(rule.maxAge)],
        )}</CORSRule>`,
    )
    .join("")}</CORSConfiguration>`;

/** What was entered as seconds; undefined for nothing, NaN for what is no whole number that S3 can hold. */
export function readAge(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const age = Number(trimmed);
  return /^-?\d+$/.test(trimmed) && age >= -(2 ** 31) && age < 2 ** 31 ? age : Number.NaN;
}

/** The entries of a field that has one on each line, or several with commas between them. */
export const readLines = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A rule as the form holds it while it is written. */
export interface CorsForm {
  id: string;
  origins: string;
  methods: string[];
  allowHeaders: string;
  exposeHeaders: string;
  maxAge: string;
}

export const corsForm = (rule: CorsRule | undefined): CorsForm => ({
  id: rule?.id ?? "",
  origins: (rule?.origins ?? []).join("\n"),
  methods: rule?.methods ?? ["GET"],
  allowHeaders: (rule?.allowHeaders ?? []).join("\n"),
  exposeHeaders: (rule?.exposeHeaders ?? []).join("\n"),
  maxAge: rule?.maxAge === undefined ? "" : String(rule.maxAge),
});

export const corsRule = (form: CorsForm): CorsRule => ({
  id: form.id,
  origins: readLines(form.origins),
  methods: CORS_METHODS.filter((m) => form.methods.includes(m)),
  allowHeaders: readLines(form.allowHeaders),
  exposeHeaders: readLines(form.exposeHeaders),
  maxAge: readAge(form.maxAge),
});

export type CorsFault = "none" | "stars" | "star" | "characters" | "age" | "long";

/** What S3 would refuse, by field, with the entry that is meant; an empty form has faults of kind "none" only. */
export function corsFaults(form: CorsForm): Partial<Record<keyof CorsForm, { fault: CorsFault; entry: string }>> {
  const found: Partial<Record<keyof CorsForm, { fault: CorsFault; entry: string }>> = {};
  for (const field of ["origins", "allowHeaders", "exposeHeaders"] as const) {
    for (const entry of readLines(form[field])) {
      const stars = entry.split("*").length - 1;
      const fault =
        field === "exposeHeaders" && stars > 0
          ? "star"
          : stars > 1
            ? "stars"
            : /[^\x21-\x7e]/.test(entry)
              ? "characters"
              : undefined;
      if (fault !== undefined) found[field] ??= { fault, entry };
    }
  }
  if (readLines(form.origins).length === 0) found.origins = { fault: "none", entry: "" };
  if (form.methods.length === 0) found.methods = { fault: "none", entry: "" };
  if (Number.isNaN(readAge(form.maxAge))) found.maxAge = { fault: "age", entry: form.maxAge };
  if (form.id.length > 255) found.id = { fault: "long", entry: form.id };
  return found;
}

/** The first origin that no browser ever sends: without "https://" before it, or with a path behind it. S3 takes it all the same. */
export const vainOrigin = (form: CorsForm): string | undefined =>
  readLines(form.origins).find((origin) => !/^(?:null|\*[^/]*|[a-z*][a-z\d+.*-]*:\/\/[^/]+)$/i.test(origin));
