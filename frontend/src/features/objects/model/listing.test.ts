import { expect, test } from "vitest";
import { Problem } from "@/lib/http/problem";
import type { Row } from "./entry";
import { Listing, type Load } from "./listing";

const rowsOf = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, i) => ({ kind: "folder", key: `${from + i}/`, name: String(from + i) }));

/** A folder of `size` rows; `asked` notes each request. */
function folder(size: number) {
  const state = {
    size,
    asked: [] as string[],
    fail: undefined as Problem | undefined,
    wait: undefined as Promise<void> | undefined,
  };
  const load: Load = async ({ cursor, limit, first }, signal) => {
    const from = Number(cursor ?? 0);
    state.asked.push(`${from}+${limit}`);
    await state.wait;
    signal.throwIfAborted();
    if (state.fail !== undefined) throw state.fail;
    const to = Math.min(state.size, from + limit);
    return {
      rows: rowsOf(from, to),
      cursor: to < state.size ? String(to) : undefined,
      total: first ? { count: state.size, exact: true } : undefined,
    };
  };
  return { state, listing: new Listing(load) };
}

test("loads page after page until there is none", async () => {
  const { listing, state } = folder(120);
  await listing.more(50);
  expect(listing.state()).toMatchObject({ phase: "more", total: { count: 120, exact: true } });
  expect(listing.state().rows).toHaveLength(50);
  await listing.more(50);
  await listing.more(50);
  expect(listing.state().phase).toBe("done");
  expect(listing.state().rows).toHaveLength(120);
  await listing.more(50);
  expect(state.asked).toEqual(["0+50", "50+50", "100+50"]);
});

test("asks for a page once, however often it is wanted", async () => {
  const { listing, state } = folder(120);
  await Promise.all([listing.more(50), listing.more(50), listing.more(50)]);
  expect(state.asked).toHaveLength(1);
});

test("loads all in the largest pages", async () => {
  const { listing, state } = folder(2500);
  await listing.more(100);
  await listing.all();
  expect(listing.state()).toMatchObject({ phase: "done", sweeping: false });
  expect(listing.state().rows).toHaveLength(2500);
  expect(state.asked).toEqual(["0+100", "100+1000", "1100+1000", "2100+1000"]);
});

test("a refresh shows nothing until all is there, and keeps as many rows", async () => {
  const { listing, state } = folder(300);
  await listing.more(100);
  await listing.more(100);
  const before = listing.state().rows;
  let open = () => {};
  state.wait = new Promise((go) => {
    open = go;
  });
  state.size = 150;
  const done = listing.refresh();
  expect(listing.state().rows).toBe(before);
  open();
  await done;
  expect(listing.state()).toMatchObject({ phase: "done", total: { count: 150, exact: true } });
  expect(listing.state().rows).toHaveLength(150);
});

test("a refresh that is wanted while a page is on its way comes after it", async () => {
  const { listing, state } = folder(80);
  const page = listing.more(50);
  await listing.refresh();
  await page;
  expect(state.asked).toEqual(["0+50", "0+50"]);
});

test("a stopped load can be gone on with, also when it was the first", async () => {
  const { listing } = folder(80);
  const first = listing.more(50);
  listing.stop();
  await first;
  expect(listing.state().phase).toBe("idle");
  const second = listing.more(50);
  listing.stop();
  // As when a page is left and entered again at once.
  await listing.refresh(50);
  await second;
  expect(listing.state().rows).toHaveLength(50);
});

test("a failure is told, and a refresh mends it", async () => {
  const { listing, state } = folder(80);
  state.fail = new Problem({ status: 503, code: "SlowDown" });
  await listing.more(50);
  expect(listing.state()).toMatchObject({ phase: "failed", problem: { code: "SlowDown" } });
  state.fail = undefined;
  await listing.refresh(50);
  expect(listing.state()).toMatchObject({ phase: "more", problem: undefined });
});

test("rows that are gone leave at once, and the total follows", async () => {
  const { listing } = folder(3);
  await listing.more(50);
  listing.remove(new Set(["1/"]));
  expect(listing.state().rows.map((r) => r.name)).toEqual(["0", "2"]);
  expect(listing.state().total?.count).toBe(2);
});
