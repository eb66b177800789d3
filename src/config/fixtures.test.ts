import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Diagnostic } from "../model/diagnostic.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import { assertGolden } from "../../test/support/golden.ts";
import { loadConfig } from "./load-config.ts";

const folder = new URL("../../fixtures/config/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

/** `LINE error CODE` of every `# ERROR: CODE, CODE` and `# WARNING: CODE` at the end of a line. */
function marks(text: string): string[] {
  const marked = text.split("\n").flatMap((line, index) => {
    const [, severity = "", codes = ""] = /# (ERROR|WARNING): ([a-z, -]+)$/.exec(line) ?? [];
    return codes.split(", ").map((code) => (code ? `${index + 1} ${severity.toLowerCase()} ${code}` : ""));
  });
  return [...new Set(marked.filter(Boolean))].toSorted();
}

function found(diagnostics: readonly Diagnostic[]): string[] {
  return [
    ...new Set(diagnostics.map(({ place, severity, code }) => `${place?.range.start.line} ${severity} ${code}`)),
  ].toSorted();
}

test("there are fixtures", () => {
  assert.ok(names.length >= 30);
});

for (const name of names) {
  const bytes = readFileSync(new URL(name, folder));

  test(`${name}: every marked line, and no other, has its diagnostic`, () => {
    assert.deepEqual(found(loadConfig(name, bytes).diagnostics), marks(bytes.toString()));
  });

  test(`${name}: is shown as in the golden file, the same every time`, () => {
    const screen = (): string => renderDiagnostics(loadConfig(name, bytes).diagnostics, "text", { color: false });
    assertGolden(`config/${name.replace(/yaml$/, "txt")}`, screen());
    assert.equal(screen(), screen());
  });

  test(`${name}: no output holds one of its canaries, except as a key`, () => {
    const { diagnostics } = loadConfig(name, bytes);
    for (const format of ["text", "json", "github"] as const) {
      const shown = renderDiagnostics(diagnostics, format, { color: false });
      assert.doesNotMatch(shown.replaceAll(/\bcanary(_key)?: •••/g, ""), /canary/i);
    }
  });
}

test("the example, which the demo applies, has no diagnostic", () => {
  const loaded = loadConfig(
    "integrations.example.yaml",
    readFileSync(new URL("../../integrations.example.yaml", import.meta.url)),
  );
  assert.deepEqual(loaded.diagnostics, []);
  assert.equal(loaded.ok && loaded.value.keys.length, 11);
});
