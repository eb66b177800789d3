import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outcome } from "../apply/outcome.ts";
import type { LockEntry } from "../model/lockfile.ts";
import type { Plan } from "../plan/change.ts";
import { editedField, SAMPLE_HASH, planOfChanges } from "../../test/support/every-change.ts";
import { runOf } from "../../test/support/report.ts";
import { HOSTILE_TEXTS, hostilePlan } from "../../test/support/hostile-plan.ts";
import { renderDiagnostics } from "./diagnostics.ts";
import { renderHashes, renderUsages } from "./refs.ts";
import { displayWidth } from "./width.ts";
import { renderAnnotations } from "./annotations.ts";
import { COMMENT_LIMIT, renderComment } from "./markdown.ts";
import { renderOutcomes } from "./outcomes.ts";
import { renderPlanText } from "./plan-text.ts";
import { renderRunsJson } from "./report-json.ts";

const PLAN = hostilePlan();
const FAILED: readonly Outcome[] = PLAN.changes.flatMap((change, index): Outcome[] => [
  {
    change,
    kind: "failed",
    cause: { kind: "state", message: HOSTILE_TEXTS[index % HOSTILE_TEXTS.length] ?? "", hint: HOSTILE_TEXTS[0] },
  },
  { change, kind: "done", hashId: SAMPLE_HASH, remarks: HOSTILE_TEXTS },
]);
const ERRORS = HOSTILE_TEXTS.map(
  (message) => ({ code: "api-rejected", severity: "error", message, hint: message }) as const,
);
const RUNS = [
  { command: "plan", exit: 7, diagnostics: ERRORS, plan: PLAN },
  { command: "apply", exit: 5, diagnostics: ERRORS, plan: PLAN, outcomes: FAILED },
  { command: "plan", exit: 5, diagnostics: ERRORS },
] as const;

/** Characters that control a terminal or the direction of writing. */
const COMMANDS = /[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069\u2028\u2029]/u;

test("texts of a server or a file bring no control characters into plans, outcomes and comments", () => {
  assert.doesNotMatch(renderPlanText(PLAN, { color: false }), COMMANDS);
  assert.doesNotMatch(renderPlanText(PLAN, { color: false, columns: 40 }), COMMANDS);
  assert.doesNotMatch(renderOutcomes(FAILED, { color: false }), COMMANDS);
  for (const run of RUNS) assert.doesNotMatch(renderComment(run), COMMANDS);
});

test("the tables of refs hold no commands for a terminal or a CI runner, and their columns stay aligned", () => {
  const texts = [...HOSTILE_TEXTS, "::error::a", "##vso[task.complete]", "日本"];
  const section = new Map(
    texts.map((text): [string, LockEntry] => [
      text,
      {
        hashId: SAMPLE_HASH,
        identifier: text,
        type: "SENTRY",
        lifecycle: { protect: false, onRemove: "delete" },
        lastSent: new Map(),
        superseded: [],
        formerIdentifiers: [],
      },
    ]),
  );
  const hashes = renderHashes(section, "table");
  assert.ok(hashes.ok);
  const start = { line: 1, column: 1, offset: 0 };
  const usage = {
    place: { kind: "file" as const, file: "buddy.yml", range: { start, end: start } },
    value: SAMPLE_HASH,
    outdated: false,
    context: { pipeline: texts[0], action: texts[1] },
  };
  const used = new Map(texts.map((text) => [text, [usage]]));
  for (const table of [
    hashes.value,
    renderUsages({ used, unused: texts, byNumber: 1, asked: true }, section, {
      format: "table",
      exit: 0,
      diagnostics: [],
    }),
  ]) {
    assert.doesNotMatch(table, COMMANDS);
    assert.doesNotMatch(table, /##(?:vso)?\[|^\s*::/m);
  }
  const columns = hashes.value.split("\n").filter((line) => line.includes(SAMPLE_HASH));
  assert.equal(columns.length, texts.length);
  assert.equal(new Set(columns.map((line) => displayWidth(line.slice(0, line.indexOf(SAMPLE_HASH))))).size, 1);
});

test("diagnostics hold no commands for a CI runner", () => {
  const found = [
    { code: "syntax", severity: "error", message: "##vso[task.complete]", hint: "a ##[error] b" },
  ] as const;
  const expected = "error [syntax]: # #vso[task.complete]\n  hint: a # #[error] b\n";
  assert.equal(renderDiagnostics(found, "text", { color: false }), expected);
});

test("no line of a plan begins with `::`, whatever a server or a file says", () => {
  for (const line of renderPlanText(PLAN, { color: false }).split("\n")) assert.doesNotMatch(line, /^\s*::/);
});

test("every annotation is one line, begins with one command and holds no other", () => {
  for (const run of RUNS) {
    const lines = renderAnnotations([run]).trimEnd().split("\n");
    assert.ok(lines.length >= HOSTILE_TEXTS.length);
    for (const line of lines) {
      assert.match(line, /^::(?:error|warning|notice) (?:[\w]+=[^:,]*,)*title=[^:,]*::/);
      assert.doesNotMatch(line, COMMANDS);
    }
  }
});

test("in a comment, every text of a server or a file is in a fence or a code span", () => {
  for (const run of RUNS) {
    const outside = withoutCode(renderComment(run));
    assert.doesNotMatch(outside, /injected|evil|everyone|script|`/);
    assert.equal(outside.match(/<details/g)?.length ?? 0, outside.match(/<\/details>/g)?.length ?? 0);
  }
});

test("JSON holds texts unchanged", () => {
  const report: unknown = JSON.parse(renderRunsJson(runOf(RUNS[0])));
  assert.ok(JSON.stringify(report).includes(JSON.stringify(HOSTILE_TEXTS[0]).slice(1, -1)));
});

function many(count: number, length: number): Plan {
  const changes = Array.from({ length: count }, (_, index) => ({
    action: "delete" as const,
    key: `key_${index}`,
    type: "SENTRY",
    name: "n".repeat(length),
    hash_id: SAMPLE_HASH,
    which: "current" as const,
  }));
  const updates = changes.map(({ key, type, name, hash_id }) => ({
    action: "update" as const,
    key,
    type,
    name,
    hash_id,
    fields: [
      { ...editedField("name", name, `${name}!`), reason: "drift" as const },
      editedField("extra.ids", [], range(length)),
    ],
    unknown: [],
    carried: [],
    lifecycle: [],
    pending: [],
  }));
  const warnings = updates.map(({ key, name }) => ({
    code: "namesake" as const,
    key,
    message: `${key} ${name}`,
    hint: name,
  }));
  return planOfChanges([...updates, ...changes], { warnings });
}

test("a comment stays below GitHub's limit whatever the size of the plan, and ends with the hash", () => {
  for (const [count, length] of [
    [1, 100_000],
    [200, 100],
    [3_000, 10],
    [300, 300],
  ] as const) {
    const plan = many(count, length);
    const outcomes = plan.changes.map((change): Outcome => ({
      change,
      kind: "failed",
      cause: { kind: "state", message: "m".repeat(length) },
    }));
    const diagnostics = Array.from({ length: count }, () => ({ ...ERRORS[1]!, message: "m".repeat(length) }));
    for (const run of [{ plan }, { plan, outcomes }, { plan, diagnostics }]) {
      const text = renderComment({ command: "plan", exit: 0, diagnostics: [], ...run });
      assert.ok(text.length <= COMMENT_LIMIT, `${text.length} characters`);
      assert.match(text, /\nPlan hash: `v2:sha256:[0-9a-f]{64}`\n$/);
      assert.doesNotMatch(withoutCode(text), /`|nnn|mmm/);
    }
    assert.ok(renderComment({ command: "plan", exit: 3, diagnostics }).length <= COMMENT_LIMIT);
  }
});

test("very long values are shortened in text, around the place where they differ, and never in JSON", () => {
  const long = "x".repeat(3000);
  const plan = planOfChanges([
    {
      action: "update",
      key: "a",
      type: "SENTRY",
      name: long,
      hash_id: SAMPLE_HASH,
      fields: [
        editedField("config", `${long}old`, `${long}new`),
        editedField("extra.ids", range(500), [...range(500), 7000]),
      ],
      unknown: [],
      carried: [],
      lifecycle: [],
      pending: [],
    },
  ]);
  const text = renderPlanText(plan, { color: false });
  assert.match(text, /config +…x{12}old" → …x{12}new"\n/);
  assert.match(text, / {10}… 500 unchanged\n {8}\+ 7000\n/);
  for (const line of text.split("\n")) assert.ok(line.length < 300, line);
  assert.ok(renderRunsJson(runOf({ command: "plan", exit: 0, diagnostics: [], plan })).includes(`${long}new`));
});

/** The comment without its fences and code spans: what GitHub would read as markup. */
function withoutCode(markdown: string): string {
  const outside: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split("\n")) {
    const ticks = /^(`{3,})(?:diff|text)?$/.exec(line)?.[1];
    if (fence === undefined && ticks !== undefined) fence = ticks;
    else if (fence !== undefined && line === fence) fence = undefined;
    else if (fence === undefined) outside.push(line.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, ""));
  }
  assert.equal(fence, undefined, "a fence is left open");
  return outside.join("\n");
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
