import type { Problem } from "./http/problem";
import { type MessageId, t } from "./i18n";

/** Codes that the console explains in its own words; for all others the server's text is shown as it is. */
const REASONS: Record<string, Exclude<Extract<MessageId, `reason.${string}`>, "reason.status">> = {
  AccessDenied: "reason.access-denied",
  BucketAlreadyExists: "reason.bucket-exists",
  BucketAlreadyOwnedByYou: "reason.bucket-owned",
  BucketNotEmpty: "reason.bucket-not-empty",
  InvalidBucketName: "reason.invalid-bucket-name",
  KeyTooLongError: "reason.key-too-long",
  NoSuchBucket: "reason.no-such-bucket",
  NoSuchKey: "reason.no-such-key",
  NoSuchVersion: "reason.no-such-version",
  NoSuchUpload: "reason.no-such-upload",
  EntityTooLarge: "reason.too-large",
  PreconditionFailed: "reason.precondition",
  SlowDown: "reason.slow-down",
  ServiceUnavailable: "reason.unavailable",
  StorageFull: "reason.storage-full",
  QuotaExceeded: "reason.quota",
  ObjectLocked: "reason.object-locked",
};

/** Why a request failed, in the console's words; undefined: the server's text says it (`problem.message`). */
export function ownReason(problem: Problem): string | undefined {
  if (problem.unreachable && problem.message === "")
    return t(navigator.onLine ? "reason.unreachable" : "reason.offline");
  // The server explains a refusal better where it says which right is missing.
  const known = REASONS[problem.code];
  if (known !== undefined && !(problem.code === "AccessDenied" && problem.message.includes(":"))) return t(known);
  return problem.message === "" ? t("reason.status", { status: String(problem.status) }) : undefined;
}

/** Why a request failed, in plain words. */
export const reason = (problem: Problem): string => ownReason(problem) ?? problem.message;

/** What the person can do about it; empty when there is nothing to say beyond Retry. */
export function advice(problem: Problem): string {
  if (problem.code === "ObjectLocked") return "";
  if (problem.status === 403) return t("advice.ask-admin");
  if (problem.status === 507) return t("advice.free-space");
  if (problem.status === 429 || problem.status === 503) return t("advice.wait");
  if (problem.status >= 500 && problem.status !== 501) return t("advice.report");
  return "";
}
