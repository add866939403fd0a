import type { AuditEntry } from "@myfsio/client";
import { t } from "@/lib/i18n";
import type { Outcome } from "./view";

/** What came of it; lines of the log itself have no status and are well. */
export function outcomeOf(entry: AuditEntry): Outcome {
  const status = entry.status ?? 0;
  if (entry.kind === "authentication" || status === 401 || status === 403) return "denied";
  return status >= 400 ? "failed" : "ok";
}

/** Who it was: a name, else what is known of them. */
export function whoOf(entry: AuditEntry): string {
  if (entry.kind === "system") return t("audit.server");
  return entry.user ?? entry.accessKey ?? t(entry.kind === "authentication" ? "audit.unknown" : "audit.nobody");
}

/** What it was about, as a path: bucket and key, or what else. */
export function whatOf(entry: AuditEntry): string {
  if (entry.kind === "system") return entry.message ?? "";
  if (entry.bucket === undefined) return entry.target ?? "";
  return entry.key === undefined ? entry.bucket : `${entry.bucket}/${entry.key}`;
}
