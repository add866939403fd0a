import { type MessageId, t } from "./i18n";
import { type JsonFaultKind, readJson } from "./json";

const FAULTS = {
  value: "json.value",
  name: "json.name",
  colon: "json.colon",
  comma: "json.comma",
  "closing-comma": "json.closing-comma",
  open: "json.open",
  string: "json.string",
  escape: "json.escape",
  control: "json.control",
  number: "json.number",
  deep: "json.deep",
  after: "json.after",
  twice: "json.twice",
} as const satisfies Record<JsonFaultKind, MessageId>;

/** The faults of a JSON text in words, and where they are. */
export const jsonFaults = (text: string): { from: number; to: number; message: string }[] =>
  readJson(text).faults.map(({ kind, from, to, name = "" }) => ({
    from,
    to,
    message: kind === "twice" ? t("json.twice", { name }) : t(FAULTS[kind]),
  }));
