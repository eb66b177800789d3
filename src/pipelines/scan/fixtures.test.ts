import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { assertGolden } from "../../../test/support/golden.ts";
import { checkReferences } from "../meaning/check.ts";
import { diffOf } from "../diff.ts";
import { rewriteReferences } from "../rewrite.ts";
import type { ReferenceStyle } from "../rewrite.ts";
import { KNOWLEDGE, scanSample } from "../../../test/support/pipeline-sample.ts";

const FOLDER = new URL("../../../fixtures/pipelines/", import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith(".yml"));

for (const name of names) {
  const text = readFileSync(new URL(name, FOLDER), "utf8");

  test(`${name} gives the references, findings and diffs of its golden file`, () => {
    assertGolden(`pipelines/golden/${name.replace(".yml", ".txt")}`, report(name, text));
  });

  test(`${name} has no finding left that refs --write fixes, and a second run changes nothing`, () => {
    for (const style of [undefined, "identifier", "hash"] as const) {
      const first = rewriteReferences(scanSample(name, text), KNOWLEDGE, style);
      const second = rewriteReferences(scanSample(name, first.text), KNOWLEDGE, style);
      assert.deepEqual([second.text, second.changes], [first.text, []]);
      assert.equal(second.skipped.length, first.skipped.length);
    }
  });

  // JSON has no comments.
  if (name === "json.yml") continue;
  test(`${name} has exactly the findings that its comments name`, () => {
    const announced = text
      .split("\n")
      .flatMap((line, index) =>
        [...line.matchAll(/# (?:ERROR|WARNING): (\S+)/g)].map((found) => `${index + 1} ${found[1]}`),
      );
    const found = checkReferences([scanSample(name, text)], KNOWLEDGE).diagnostics.filter(
      ({ code }) => code !== "not-yaml",
    );
    assert.deepEqual(
      found.map(({ code, place }) => `${place?.range.start.line} ${code}`),
      announced,
    );
  });
}

test("there are at least fifteen fixtures", () => assert.ok(names.length >= 15));

function report(name: string, text: string): string {
  const scan = scanSample(name, text);
  const check = checkReferences([scan], KNOWLEDGE);
  const references = scan.references.map(
    ({ range: { start }, key, slot, value, quote, kind, context }) =>
      `${start.line}:${start.column} ${key} ${value} (${quote}, ${kind}, ${slot}, ${context.role}) in ` +
      [context.pipeline, context.target, context.action].filter((each) => each !== undefined).join(" > "),
  );
  const pending = check.pending.map(({ reference, key }) => `${reference.range.start.line} ${key}`);
  return [
    section("references", references),
    section("check", check.diagnostics.map(shown)),
    section("pending", pending),
    section("refs --write", written(name, text)),
    section("refs --write --style identifier", written(name, text, "identifier")),
    section("refs --write --style hash", written(name, text, "hash")),
  ].join("\n");
}

function written(name: string, text: string, style?: ReferenceStyle): string[] {
  const { text: after, skipped } = rewriteReferences(scanSample(name, text), KNOWLEDGE, style);
  const left = skipped.map(({ at, from, reason }) => `left alone: ${at.line}:${at.column} ${from.value}: ${reason}`);
  return [diffOf(name, text, after).replace(/\n$/, ""), ...left].filter((each) => each !== "");
}

function shown({ severity, code, message, hint, place }: Diagnostic): string {
  const { line, column } = place?.range.start ?? { line: 0, column: 0 };
  const frame = place?.frame;
  const caret =
    frame === undefined ? [] : [`  | ${frame.line}`, `  | ${" ".repeat(frame.column - 1)}${"^".repeat(frame.width)}`];
  return [`${line}:${column} ${severity} ${code}: ${message}`, `  ${hint ?? ""}`, ...caret].join("\n");
}

function section(title: string, lines: readonly string[]): string {
  return `=== ${title}\n${lines.length === 0 ? "(nothing)" : lines.join("\n")}\n`;
}
