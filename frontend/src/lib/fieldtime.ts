/** A time as a field of the type datetime-local has it, in the person's own zone and to the minute. */
export function fieldTime(time: Date): string {
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}T${pad(time.getHours())}:${pad(time.getMinutes())}`;
}

/** What a field says of a time that may be absent, as the server writes it; one that nobody changed stays to the second. */
export function timeOf(field: string, before: string | undefined): string | undefined {
  if (field === "") return undefined;
  if (before !== undefined && field === fieldTime(new Date(before))) return before;
  const time = new Date(field);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** The field for a time that may be absent. */
export const fieldOf = (time: string | undefined): string => (time === undefined ? "" : fieldTime(new Date(time)));

/** The zone that fields are in. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
