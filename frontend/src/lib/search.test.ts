import { expect, test } from "vitest";
import { addressOf } from "./place";
import { parseSearch, placeOf, printSearch } from "./search";

test("addresses are read and written as plain text", () => {
  const search = { prefix: "a b/ü&=/", key: "1", empty: "", none: undefined };
  const query = printSearch(search);
  expect(query).toBe("?prefix=a+b/%C3%BC%26%3D/&key=1");
  expect(parseSearch(query)).toEqual({ prefix: "a b/ü&=/", key: "1" });
  expect(printSearch({})).toBe("");
});

test("links of rows are the router's addresses", () => {
  expect(addressOf("photos", { prefix: "2026/", sort: undefined })).toBe("/ui/buckets/photos?prefix=2026/");
  expect(addressOf("photos")).toBe("/ui/buckets/photos");
});

test("after signing in only the console's own addresses are gone to", () => {
  expect(placeOf("/buckets/b?prefix=a/&key=x%3Fy")).toEqual({ to: "/buckets/b", search: { prefix: "a/", key: "x?y" } });
  for (const bad of [undefined, "", "https://elsewhere", "//elsewhere", "/\\elsewhere", "javascript:alert(1)"]) {
    expect(placeOf(bad)).toEqual({ to: "/buckets", search: {} });
  }
});
