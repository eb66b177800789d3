import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const EXAMPLE = /(<!-- example: ([\w-]+) -->\n\n(`{3,})\w+\n)(.*?)(^\3\n)/gms;

/** Holds the examples of a document in `docs/` to what was really printed; UPDATE_GOLDEN=1 renews them. */
export function assertExamples(document: string, printed: ReadonlyMap<string, string>): void {
  const file = fileURLToPath(new URL(`../../docs/${document}`, import.meta.url));
  const text = readFileSync(file, "utf8");
  const shown = [...text.matchAll(EXAMPLE)].map(([, , name = ""]) => name);
  assert.deepEqual(shown.toSorted(), [...printed.keys()].toSorted(), `the examples of docs/${document}`);
  const renewed = text.replaceAll(
    EXAMPLE,
    (_, start: string, name: string, __, ___, end: string) => `${start}${printed.get(name) ?? ""}${end}`,
  );
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, renewed);
  else assert.equal(text, renewed, `docs/${document} differs; UPDATE_GOLDEN=1 renews it`);
}
