import assert from "node:assert/strict";
import { test } from "node:test";
import { scanPipeline } from "../../../src/pipelines/scan/scan.ts";

for (const [what, unit, most] of [
  ["50,000 references", "- integration: x\n", 50_000],
  ["50,000 references on separate lines", "} integration: x\n", 50_000],
  ["1,500,000 keys, values and signs", "- []\n", 375_000 - 1],
  ["1,500,000 keys, values and signs on separate lines", "}:\n", 750_000 - 1],
] as const) {
  test(`a pipeline with more than ${what} is refused as a whole, and one with fewer is read`, () => {
    const text = (count: number): string => `${unit.repeat(count)}\n- integration: x`;
    assert.ok(scanPipeline("buddy.yml", text(most - 1)).references.length > 0);
    const { references, notes } = scanPipeline("buddy.yml", text(most + 3));
    assert.deepEqual(references, []);
    assert.deepEqual(
      notes.map(({ code, severity }) => [code, severity]),
      [["too-large", "error"]],
    );
  });
}
