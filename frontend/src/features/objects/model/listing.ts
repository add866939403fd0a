import { asProblem, type Problem } from "@/lib/http/problem";
import type { Row } from "./entry";

/** One page of a listing or of a search. */
export interface Page {
  rows: Row[];
  /** Absent on the last page. */
  cursor?: string | undefined;
  /** Rows of the whole listing; `exact` false: at least so many. */
  total?: { count: number; exact: boolean } | undefined;
  /** Keys that a search looked at for this page. */
  scanned?: number | undefined;
  permissions?: readonly string[] | undefined;
}

export type Load = (
  from: { cursor?: string | undefined; limit: number; first: boolean },
  signal: AbortSignal,
) => Promise<Page>;

export interface ListingState {
  /** Loaded rows in the order of the server. A new array whenever they change. */
  readonly rows: readonly Row[];
  readonly total: { count: number; exact: boolean } | undefined;
  readonly scanned: number;
  readonly permissions: readonly string[] | undefined;
  /** idle: nothing asked yet. more: there are further pages. done: all is loaded. */
  readonly phase: "idle" | "loading" | "more" | "done" | "failed";
  /** Everything is being loaded, page by page. */
  readonly sweeping: boolean;
  readonly problem: Problem | undefined;
}

/** The largest page that the server gives. */
const LARGEST = 1000;

/**
 * The rows of one folder, or of one search, as far as they are loaded. Pages are appended; `refresh` loads again as many
 * rows as there are and shows them at once when all are there, so that the list neither blinks nor jumps.
 */
export class Listing {
  #state: ListingState = {
    rows: [],
    total: undefined,
    scanned: 0,
    permissions: undefined,
    phase: "idle",
    sweeping: false,
    problem: undefined,
  };
  #cursor: string | undefined;
  #busy: AbortController | undefined;
  /** Rows to load anew once what is on its way has ended; 0: none. */
  #stale = 0;
  readonly #listeners = new Set<() => void>();

  constructor(readonly load: Load) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): ListingState => this.#state;

  /** Loads the next page, unless one is on its way or there is none. */
  async more(limit: number): Promise<void> {
    if (this.#busy !== undefined || this.#state.phase === "done") return;
    await this.#run(async (signal) => {
      await this.#page(limit, signal);
    });
  }

  /** Loads all that is left, in pages as large as the server gives; `stop` ends it. */
  async all(): Promise<void> {
    if (this.#busy !== undefined) return;
    this.#set({ sweeping: true });
    await this.#run(async (signal) => {
      const found: Row[] = [];
      let page: Page | undefined;
      let shown = performance.now();
      do {
        page = await this.load({ cursor: this.#cursor, limit: LARGEST, first: this.#state.phase === "idle" }, signal);
        this.#cursor = page.cursor;
        found.push(...page.rows);
        // Showing each page would copy and sort all rows a hundred times.
        if (page.cursor === undefined || performance.now() - shown > 500) {
          this.#append(found.splice(0), page);
          shown = performance.now();
        }
      } while (page.cursor !== undefined && !signal.aborted);
      if (found.length > 0) this.#append(found, page);
    });
    this.#set({ sweeping: false });
  }

  stop(): void {
    this.#stale = 0;
    this.#busy?.abort();
  }

  /** Loads what is shown anew, at least `rows`. While something is on its way, once that has ended. */
  async refresh(rows = 50): Promise<void> {
    if (this.#busy !== undefined) {
      this.#stale = rows;
      return;
    }
    const least = rows;
    const wanted = Math.max(this.#state.rows.length, 1);
    await this.#run(async (signal) => {
      const fresh: Row[] = [];
      let cursor: string | undefined;
      let last: Page | undefined;
      let scanned = 0;
      let total: ListingState["total"];
      do {
        const limit = Math.min(LARGEST, Math.max(least, wanted - fresh.length));
        const page: Page = await this.load({ cursor, limit, first: cursor === undefined }, signal);
        if (cursor === undefined) total = page.total;
        fresh.push(...page.rows);
        cursor = page.cursor;
        scanned += page.scanned ?? 0;
        last = page;
      } while (cursor !== undefined && fresh.length < wanted);
      this.#cursor = cursor;
      this.#set({
        rows: fresh,
        scanned,
        total,
        permissions: last.permissions ?? this.#state.permissions,
        phase: cursor === undefined ? "done" : "more",
        problem: undefined,
      });
    });
  }

  /** Takes away rows that are known to be gone, before the server is asked again. */
  remove(keys: ReadonlySet<string>): void {
    const rows = this.#state.rows.filter((row) => !keys.has(row.key));
    const gone = this.#state.rows.length - rows.length;
    if (gone === 0) return;
    const total = this.#state.total;
    this.#set({ rows, total: total && { ...total, count: Math.max(rows.length, total.count - gone) } });
  }

  /** Ends what is on its way; nothing changes any more. */
  close(): void {
    this.#listeners.clear();
    this.stop();
  }

  async #page(limit: number, signal: AbortSignal): Promise<void> {
    const page = await this.load(
      { cursor: this.#cursor, limit, first: this.#state.phase === "idle" || this.#cursor === undefined },
      signal,
    );
    this.#cursor = page.cursor;
    this.#append(page.rows, page);
  }

  #append(rows: Row[], page: Page): void {
    const now = this.#state;
    this.#set({
      rows: rows.length === 0 ? now.rows : now.rows.concat(rows),
      total: page.total ?? now.total,
      scanned: now.scanned + (page.scanned ?? 0),
      permissions: page.permissions ?? now.permissions,
      phase: page.cursor === undefined ? "done" : "more",
      problem: undefined,
    });
  }

  #run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    const before = this.#state.phase;
    this.#busy = controller;
    this.#set({ phase: "loading", problem: undefined });
    return (async () => {
      try {
        await work(controller.signal);
      } catch (thrown) {
        if (controller.signal.aborted) this.#set({ phase: before === "loading" ? "idle" : before });
        else this.#set({ phase: "failed", problem: asProblem(thrown) });
      } finally {
        this.#busy = undefined;
        if (this.#state.phase === "loading") this.#set({ phase: this.#cursor === undefined ? before : "more" });
      }
      const again = this.#stale;
      this.#stale = 0;
      if (again > 0) await this.refresh(again);
    })();
  }

  #set(change: Partial<ListingState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}
