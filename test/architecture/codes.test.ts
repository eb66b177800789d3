import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { diagnosticCodes } from "../../src/model/diagnostic-catalog.ts";
import { root } from "../support/root.ts";

const FOLDER = new URL("src/", root);
const SOURCES = readdirSync(fileURLToPath(FOLDER), { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), "utf8") }));

// The compiler checks that each printed code is in the catalog: `Diagnostic`, `PlanWarning` and `Refusal` hold a
// `DiagnosticCode`. These tests check what the compiler can't.

test("no source bypasses the compiler's check with a cast", () => {
  for (const { name, text } of SOURCES) assert.doesNotMatch(text, /as DiagnosticCode|as Diagnostic\b/, name);
});

test("each code of the catalog is printed somewhere", () => {
  const used = SOURCES.filter(({ name }) => !name.startsWith("model/codes/"))
    .map(({ text }) => text)
    .join("\n");
  const kinds = new Set([...used.matchAll(/readonly kind: "([a-z-]+)"/g)].map(([, kind]) => `api-${kind}`));
  const unused = diagnosticCodes.filter((code) => !used.includes(`"${code}"`) && !kinds.has(code));
  assert.deepEqual(unused, []);
});
