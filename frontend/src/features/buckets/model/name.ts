import type { MessageId } from "@/lib/i18n";

/** First segments of addresses that the server keeps for itself. */
const RESERVED = new Set(["myfsio", "iam", "kms"]);

/** What is wrong with a bucket's name, by S3's rules; undefined when nothing is. */
export function faultOfName(name: string): Extract<MessageId, `bucket-name.${string}`> | undefined {
  if (name.length < 3 || name.length > 63) return "bucket-name.length";
  if (!/^[a-z0-9.-]+$/.test(name)) return "bucket-name.characters";
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return "bucket-name.ends";
  if (name.includes("..")) return "bucket-name.dots";
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return "bucket-name.address";
  if (/^(xn--|sthree-|amzn-s3-demo-)/.test(name) || /(-s3alias|--ol-s3|--x-s3|--table-s3|\.mrap)$/.test(name)) {
    return "bucket-name.reserved";
  }
  return RESERVED.has(name) ? "bucket-name.reserved" : undefined;
}
