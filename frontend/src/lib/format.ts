import { formatLocale, t } from "@/lib/i18n";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;

// Formatters are costly to make and a table asks for thousands of texts, so each is made once for a locale.
const made = new Map<string, unknown>();
function once<F>(name: string, make: (locale: string) => F): F {
  const id = `${formatLocale()} ${name}`;
  let format = made.get(id) as F | undefined;
  if (format === undefined) {
    format = make(formatLocale());
    made.set(id, format);
  }
  return format;
}

const number = (value: number, digits: number): string =>
  once(`number ${digits}`, (l) => new Intl.NumberFormat(l, { maximumFractionDigits: digits })).format(value);

/** A size in IEC units: 0 B, 512 B, 1.5 KiB, 153 MiB. One decimal under 100 of a unit, none from there. */
export function bytes(size: number): string {
  let value = size;
  let unit = 0;
  while (unit < UNITS.length - 1 && Number(value.toFixed(value < 100 && unit > 0 ? 1 : 0)) >= 1024) {
    value /= 1024;
    unit += 1;
  }
  return `${number(value, unit > 0 && value < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

/** A size in bytes, whole: "1,536 bytes". */
export const exactBytes = (size: number): string => t("format.bytes", { count: size });

/** Bytes per second: "1.5 MiB/s". */
export const rate = (bytesPerSecond: number): string => t("format.rate", { size: bytes(bytesPerSecond) });

/** A share from 0 to 1 as whole percent; never 100 before it is all. */
export const percent = (share: number): string =>
  once("percent", (l) => new Intl.NumberFormat(l, { style: "percent" })).format(
    share >= 1 ? 1 : Math.floor(Math.max(0, share) * 100) / 100,
  );

const joined = (...parts: (string | false)[]): string => parts.filter(Boolean).join(" ");

/** A span in seconds, in its two largest units: "45 s", "2 min 5 s", "3 h", "7 days". */
export function duration(seconds: number): string {
  const all = Math.max(0, Math.round(seconds));
  const s = all % 60;
  const m = Math.floor(all / 60) % 60;
  const h = Math.floor(all / 3600) % 24;
  const d = Math.floor(all / 86400);
  if (d > 0) return joined(t("format.days", { count: d }), h > 0 && t("format.hours", { h }));
  if (h > 0) return joined(t("format.hours", { h }), m > 0 && t("format.minutes", { m }));
  return joined(m > 0 && t("format.minutes", { m }), (s > 0 || m === 0) && t("format.seconds", { s }));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86400],
  ["month", 30 * 86400],
  ["week", 7 * 86400],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

/** A time as seen from `now`: "now", "5 minutes ago", "yesterday". */
export function relative(time: Date, now: Date): string {
  const format = once("relative", (l) => new Intl.RelativeTimeFormat(l, { numeric: "auto" }));
  const seconds = Math.round((time.getTime() - now.getTime()) / 1000);
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? format.format(0, "second") : format.format(seconds, "second");
}

/** A time to the second in the person's own zone, with the zone's name. */
export const exactTime = (time: Date): string =>
  once("time", (l) => new Intl.DateTimeFormat(l, { dateStyle: "medium", timeStyle: "long" })).format(time);

/** The day in UTC of a time. */
export const day = (time: Date): string =>
  once("day", (l) => new Intl.DateTimeFormat(l, { dateStyle: "medium", timeZone: "UTC" })).format(time);
