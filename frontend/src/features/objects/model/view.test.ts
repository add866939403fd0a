import { expect, test } from "vitest";
import { parseSearch, printSearch } from "@/lib/search";
import { inFolder, readView, sortedBy, type View } from "./view";

const read = (query: string) => readView(parseSearch(query));
const clean = (view: View) => JSON.parse(JSON.stringify(view)) as View;

test("what a view is comes back from its address", () => {
  const view: View = { prefix: "a/1/", key: "a/1/x y.txt", version: "v1", filter: "x", sort: "size", order: "desc" };
  expect(clean(read(printSearch({ ...view })))).toEqual(view);
});

test("what an address says wrongly is left out", () => {
  expect(clean(read("?sort=colour&order=up&prefix=&version=v"))).toEqual({});
  expect(clean(read("?sort=name&order=asc"))).toEqual({});
});

test("another folder keeps the sort, and nothing else", () => {
  const view: View = { prefix: "a/", key: "a/k", filter: "f", find: "w", sort: "size", order: "desc" };
  expect(clean(inFolder(view, "a/b/"))).toEqual({ prefix: "a/b/", sort: "size", order: "desc" });
  expect(clean(inFolder(view, ""))).toEqual({ sort: "size", order: "desc" });
});

test("a press on a title sorts by it, and turns it around", () => {
  let view: View = {};
  view = sortedBy(view, "size");
  expect(clean(view)).toEqual({ sort: "size", order: "desc" });
  view = sortedBy(view, "size");
  expect(clean(view)).toEqual({ sort: "size" });
  view = sortedBy(view, "name");
  expect(clean(view)).toEqual({});
  expect(clean(sortedBy(view, "name"))).toEqual({ order: "desc" });
});
