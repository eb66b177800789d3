import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Plan } from "../plan/change.ts";
import { EVERY_CHANGE_PLAN, planOfChanges } from "../../test/support/every-change.ts";
import { assertGolden } from "../../test/support/golden.ts";
import { parseReport, runOf } from "../../test/support/report.ts";
import { renderAnnotations } from "./annotations.ts";
import { renderComment } from "./markdown.ts";
import { renderOutcomes } from "./outcomes.ts";
import { renderPlanText } from "./plan-text.ts";
import { renderRunsJson } from "./report-json.ts";

const place = {
  file: "integrations.yaml",
  range: { start: { line: 4, column: 5, offset: 60 }, end: { line: 4, column: 9, offset: 64 } },
  frame: { line: "    naem: •••", column: 5, width: 4 },
};
const PROBLEMS: readonly Diagnostic[] = [
  { code: "unknown-field", severity: "error", message: "`a` can't hold `naem`", hint: "did you mean `name`?", place },
  { code: "no-token", severity: "error", message: "BUDDY_TOKEN is not set", hint: "make one in Buddy's web page" },
  { code: "unknown-type", severity: "warning", message: "this version doesn't know the type `ACME`", hint: "check it" },
];

/** Outcomes of the changes: the refused ones stay refused; one of the others failed, one is unknown, one was not started. */
const OUTCOMES: readonly Outcome[] = EVERY_CHANGE_PLAN.changes.flatMap((change): Outcome[] => {
  if (change.action === "keep" || change.action === "orphan") return [];
  if (change.refused !== undefined) return [{ change, kind: "refused" }];
  const asked = { method: "POST", path: "/workspaces/my-company/integrations" } as const;
  if (change.key === "docker") {
    const failure = { ...asked, kind: "rejected", status: 400, messages: ["Wrong password", "Try another"] } as const;
    return [{ change, kind: "failed", cause: { kind: "api", failure } }];
  }
  if (change.key === "slack") {
    const failure = { ...asked, kind: "timeout", seconds: 30 } as const;
    return [{ change, kind: "unknown", cause: { kind: "api", failure } }];
  }
  if (change.action === "forget") return [{ change, kind: "not-started" }];
  const hashId = "hash_id" in change ? change.hash_id : "";
  const remarks =
    change.key === "relic"
      ? ["the server returned a different region than was sent: run a plan, and correct the file"]
      : [];
  return [{ change, kind: "done", hashId, remarks }];
});

const SMALL: readonly [string, Plan][] = [
  ["nothing", planOfChanges([{ action: "keep", key: "a", type: "VULTR", name: "A", hash_id: "abc", unknown: [] }])],
  ["empty", planOfChanges([])],
  ["offline", planOfChanges(EVERY_CHANGE_PLAN.changes.slice(4, 8), { offline: true })],
];

test("a plan with every kind of change matches its golden files", () => {
  assertGolden("render/plan.txt", renderPlanText(EVERY_CHANGE_PLAN, { color: false }));
  assertGolden("render/plan.narrow.txt", renderPlanText(EVERY_CHANGE_PLAN, { color: false, columns: 50 }));
  assertGolden("render/plan.md", renderComment({ ...NO_PROBLEM, plan: EVERY_CHANGE_PLAN }));
  const locate = (key: string) => (key === "aws_prod" ? place : undefined);
  assertGolden("render/plan.github", renderAnnotations([{ ...NO_PROBLEM, plan: EVERY_CHANGE_PLAN, placeOf: locate }]));
  assertGolden("render/plan.json", renderRunsJson(runOf({ ...NO_PROBLEM, plan: EVERY_CHANGE_PLAN })));
});

test("without its colours, a coloured plan equals a plain one", () => {
  const coloured = renderPlanText(EVERY_CHANGE_PLAN, { color: true });
  assertGolden("render/plan.ansi", coloured);
  const escapes = new RegExp(`${String.fromCodePoint(27)}\\[\\d+m`, "g");
  assert.equal(coloured.replaceAll(escapes, ""), renderPlanText(EVERY_CHANGE_PLAN, { color: false }));
});

for (const [name, plan] of SMALL) {
  test(`the plan "${name}" matches its golden files`, () => {
    assertGolden(`render/${name}.txt`, renderPlanText(plan, { color: false }));
    assertGolden(`render/${name}.md`, renderComment({ ...NO_PROBLEM, plan }));
  });
}

test("an apply reports what is done, what failed with the server's message, and what was not started", () => {
  const applied = {
    command: "apply",
    exit: 5,
    diagnostics: [],
    plan: EVERY_CHANGE_PLAN,
    outcomes: OUTCOMES,
  } as const;
  assertGolden("render/apply.txt", renderOutcomes(OUTCOMES, { color: false }));
  assertGolden("render/apply.md", renderComment(applied));
  assertGolden("render/apply.github", renderAnnotations([applied]));
  assertGolden("render/apply.json", renderRunsJson(runOf(applied)));
  assert.equal(renderOutcomes([], { color: false }), "Apply: nothing to do.\n");
});

test("a run that fails before its plan lists every problem in every format", () => {
  const failed = { command: "plan", exit: 3, diagnostics: PROBLEMS } as const;
  assertGolden("render/failure.md", renderComment(failed));
  assertGolden("render/failure.github", renderAnnotations([failed]));
  assertGolden("render/failure.json", renderRunsJson(runOf(failed)));
});

test("the JSON report matches its schema", () => {
  const all = {
    command: "apply",
    exit: 5,
    diagnostics: PROBLEMS,
    plan: EVERY_CHANGE_PLAN,
    outcomes: OUTCOMES,
  } as const;
  const report = parseReport(renderRunsJson(runOf(all)));
  assert.equal(report.plan?.summary.refused, 4);
  assert.deepEqual(report.plan.drift, [{ key: "aws_prod", path: "permissions.others" }]);
});

const NO_PROBLEM = { command: "plan", exit: 0, diagnostics: [] } as const;
