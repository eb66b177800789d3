import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./root.ts";

/** Compares a text with the file of this name in `fixtures/`. With UPDATE_GOLDEN=1 it writes the file instead. */
export function assertGolden(name: string, actual: string): void {
  const file = fileURLToPath(new URL(`fixtures/${name}`, root));
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
  }
  assert.ok(existsSync(file), `fixtures/${name} isn't there yet; UPDATE_GOLDEN=1 writes it`);
  assert.equal(actual, readFileSync(file, "utf8"), `fixtures/${name} differs; UPDATE_GOLDEN=1 updates it`);
}

const EXAMPLE = /(<!-- example: ([\w-]+) -->\n\n(`{3,})\w+\n)(.*?)(^\3\n)/gms;

/**
 * Compares the examples of a document in `docs/` with the real output. With UPDATE_GOLDEN=1 it updates them instead.
 */
export function assertExamples(document: string, printed: ReadonlyMap<string, string>): void {
  const file = fileURLToPath(new URL(`docs/${document}`, root));
  const text = readFileSync(file, "utf8");
  const shown = [...text.matchAll(EXAMPLE)].map(([, , name = ""]) => name);
  assert.deepEqual(shown.toSorted(), [...printed.keys()].toSorted(), `the examples of docs/${document}`);
  const renewed = text.replaceAll(
    EXAMPLE,
    (_, start: string, name: string, __, ___, end: string) => `${start}${printed.get(name) ?? ""}${end}`,
  );
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, renewed);
  else assert.equal(text, renewed, `docs/${document} differs; UPDATE_GOLDEN=1 updates it`);
}
