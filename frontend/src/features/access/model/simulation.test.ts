import { expect, test } from "vitest";
import { actionsOf, othersOf, printContext, readContext, readSimulationView, requestOf } from "./simulation";

const NONE = { policy: "", replace: false };

test("an address says what is asked", () => {
  const view = readSimulationView({
    principal: "ada",
    actions: "s3:GetObject, s3:PutObject",
    resources: "photos/a.jpg\n\ns3://films\n*\narn:aws:iam::000000000000:role/x",
    context: "aws:SourceIp=192.0.2.7&aws:SourceIp=192.0.2.8&s3:prefix=a%2F",
    other: "x",
  });
  expect(actionsOf(view)).toEqual(["s3:GetObject", "s3:PutObject"]);
  expect(requestOf(view, NONE)).toEqual({
    principal: "ada",
    actions: ["s3:GetObject", "s3:PutObject"],
    resources: ["arn:aws:s3:::photos/a.jpg", "arn:aws:s3:::films", "*", "arn:aws:iam::000000000000:role/x"],
    context: [
      { key: "aws:SourceIp", values: ["192.0.2.7", "192.0.2.8"] },
      { key: "s3:prefix", values: ["a/"] },
    ],
  });
});

test("nothing is asked without an action, and without somebody or a policy", () => {
  expect(requestOf({ principal: "ada" }, NONE)).toBeUndefined();
  expect(requestOf({ actions: "s3:GetObject" }, NONE)).toBeUndefined();
  expect(requestOf({ actions: "s3:GetObject" }, { policy: " {} ", replace: true })).toEqual({
    actions: ["s3:GetObject"],
    policies: ["{}"],
    replace: true,
  });
});

test("conditions go into an address and come back", () => {
  const rows = [
    { key: "aws:SourceIp", value: "192.0.2.7" },
    { key: "s3:prefix", value: "a b/&=" },
  ];
  expect(readContext(printContext([...rows, { key: " ", value: "lost" }]))).toEqual(rows);
  expect(printContext([{ key: "", value: "" }])).toBeUndefined();
});

test("the statement that decides is not told twice", () => {
  const one = { source: "p", type: "user", boundary: false, number: 1, effect: "Allow", verdict: "counts" } as const;
  const two = { ...one, number: 2, verdict: "unmet" } as const;
  const outcome = {
    action: "s3:GetObject",
    resource: "*",
    decision: "allowed",
    decidedBy: "identityPolicy",
    reason: "",
    unknown: false,
    missing: [],
    matched: [one, two],
  } as const;
  expect(othersOf({ ...outcome, matched: [one, two], missing: [], statement: one })).toEqual([two]);
  expect(othersOf({ ...outcome, matched: [one, two], missing: [] })).toEqual([one, two]);
});
