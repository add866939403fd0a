/** Units that a limit is entered in, each 1024 of the one before. */
export const SIZE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export type SizeUnit = (typeof SIZE_UNITS)[number];

/** A size in the largest unit in which it is whole; an absent one is an empty amount of GiB. */
export function splitSize(size: number | undefined): { amount: string; unit: SizeUnit } {
  if (size === undefined) return { amount: "", unit: "GiB" };
  let amount = size;
  let unit = 0;
  while (amount > 0 && amount % 1024 === 0 && unit < SIZE_UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return { amount: String(amount), unit: SIZE_UNITS[unit] as SizeUnit };
}

/** Bytes of an amount, rounded to whole ones; undefined for no limit, NaN for what is no amount. */
export function joinSize(amount: string, unit: SizeUnit): number | undefined {
  const text = amount.trim();
  if (text === "") return undefined;
  if (!/^\d+(\.\d+)?$/.test(text)) return Number.NaN;
  const size = Math.round(Number(text) * 1024 ** SIZE_UNITS.indexOf(unit));
  return Number.isSafeInteger(size) ? size : Number.NaN;
}

/** A count of objects; undefined for no limit, NaN for what is no count. */
export function readCount(text: string): number | undefined {
  if (text.trim() === "") return undefined;
  const count = Number(text);
  return /^\d+$/.test(text.trim()) && Number.isSafeInteger(count) ? count : Number.NaN;
}
