import { Signal } from "./signal";
import { remember, remembered } from "./storage";

/** Rows that the object browser loads at a time; undefined until the person chose: then the server's default holds. */
const stored = Number(remembered("myfsio.page-size"));
export const pageSize = new Signal<number | undefined>(stored >= 50 && stored <= 250 ? stored : undefined);

export function setPageSize(rows: number): void {
  remember("myfsio.page-size", String(rows));
  pageSize.set(rows);
}
