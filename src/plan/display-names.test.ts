import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, lockSectionOf, planInput } from "../../test/support/builders.ts";
import { planIntegrations } from "./plan.ts";

const levels = { admins: "MANAGE", others: "DENIED" } as const;

test("a number that a change shows gets its name from the file, else from the live integration, else from the directory; no other number gets one", () => {
  const wanted = desired("a", {
    allowedPipelines: [{ id: 1, label: "web/deploy" }],
    permissions: { ...levels, users: [{ who: { id: 1, label: "ann@example.com" }, level: "MANAGE" }], groups: [] },
  });
  const view = live(desired("a"), {
    allowedPipelines: [
      { id: 1, label: "deploy" },
      { id: 2, label: "tests" },
    ],
    permissions: {
      ...levels,
      users: [{ who: { id: 2 }, level: "MANAGE" }],
      groups: [{ who: { id: 7 }, level: "MANAGE" }],
    },
  });
  const quiet = live(desired("quiet"), { allowedPipelines: [{ id: 3, label: "unseen" }] });
  const input = planInput([wanted, desired("quiet")], {
    lock: lockSectionOf({ a: entry(desired("a")), quiet: entry(desired("quiet")) }),
    live: [view, quiet],
  });
  const directory = {
    members: [
      { id: 1, name: "Ann" },
      { id: 2, name: "Bob" },
      { id: 3, name: "Eve" },
    ],
    groups: [{ id: 7, name: "" }],
  };
  assert.deepEqual(planIntegrations({ ...input, directory }).names, {
    pipelines: { 1: "web/deploy", 2: "tests" },
    users: { 1: "ann@example.com", 2: "Bob" },
    groups: {},
  });
});
