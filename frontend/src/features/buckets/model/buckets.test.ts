import { expect, test } from "vitest";
import { boto3Lines, cliLines } from "./hints";
import { faultOfName } from "./name";
import { readBucketsView, sortedBy } from "./view";

test.each(["abc", "my-bucket", "a.b.c", "0123", "x".repeat(63)])("%s is a name", (name) => {
  expect(faultOfName(name)).toBeUndefined();
});

test.each([
  ["ab", "length"],
  ["x".repeat(64), "length"],
  ["My-Bucket", "characters"],
  ["a_b_c", "characters"],
  ["-abc", "ends"],
  ["abc.", "ends"],
  ["a..b", "dots"],
  ["192.168.0.1", "address"],
  ["xn--abc", "reserved"],
  ["abc-s3alias", "reserved"],
  ["myfsio", "reserved"],
])("%s is none: %s", (name, fault) => {
  expect(faultOfName(name)).toBe(`bucket-name.${fault}`);
});

test("the lines name this server", () => {
  expect(cliLines("http://host:5000", "b")).toContain("--endpoint-url http://host:5000");
  expect(boto3Lines("http://host:5000", "eu-1", "b")).toContain('endpoint_url="http://host:5000", region_name="eu-1"');
});

test("the list's address and its sort", () => {
  expect(readBucketsView({ sort: "nonsense", order: "desc", search: "x" })).toEqual({
    search: "x",
    sort: undefined,
    order: "desc",
  });
  expect(sortedBy({ search: "x" }, "bytes")).toEqual({ search: "x", sort: "bytes", order: "desc" });
  expect(sortedBy({ sort: "bytes", order: "desc" }, "bytes")).toEqual({ sort: "bytes", order: undefined });
});
