import { expect, test } from "vitest";
import { advice, reason } from "@/lib/reason";
import { asProblem, Problem, problemOf } from "./problem";

test("reads a problem document", () => {
  const p = problemOf(403, {
    title: "Forbidden",
    detail: "Not yours.",
    code: "AccessDenied",
    requestId: "R1",
    errors: [{ location: "body.name", message: "too short" }],
  });
  expect(p).toMatchObject({ status: 403, code: "AccessDenied", requestId: "R1", message: "Not yours." });
  expect(p.fields.get("body.name")).toBe("too short");
  expect(p.passing).toBe(false);
});

test("makes the best of what is none", () => {
  expect(problemOf(502, "<html>", "R2")).toMatchObject({ status: 502, code: "", requestId: "R2", message: "" });
  expect(reason(problemOf(502, undefined))).toBe("The server answered with status 502.");
  expect(asProblem(new TypeError("Failed to fetch")).unreachable).toBe(true);
});

test("tells what may pass from what will not", () => {
  const passing = (status: number) => new Problem({ status }).passing;
  expect([0, 408, 429, 500, 503].every(passing)).toBe(true);
  expect([400, 401, 403, 404, 412, 501, 507].some(passing)).toBe(false);
});

test("explains and advises", () => {
  expect(reason(new Problem({ status: 409, code: "BucketNotEmpty", text: "x" }))).toMatch(/not empty/);
  expect(reason(new Problem({ status: 418, code: "Teapot", text: "I am one." }))).toBe("I am one.");
  expect(advice(new Problem({ status: 507 }))).toMatch(/space/);
  expect(advice(new Problem({ status: 403 }))).toMatch(/administrator/);
});
