import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { loadConfig, resolveConfig } from "../config/load-config.ts";
import type { LiveIntegration } from "../model/integration.ts";
import { desired, live } from "../../test/support/builders.ts";
import { plainProse } from "../model/text.ts";
import { renderDesiredBlock } from "./desired-block.ts";

function block(view: LiveIntegration): string {
  return renderDesiredBlock("a", view);
}

/** The fields of the block, as the file's reader finds them. */
function loaded(view: LiveIntegration): ReadonlyMap<string, unknown> | undefined {
  const text = `version: 1\nintegrations:\n${block(view)}`;
  const read = loadConfig("integrations.yaml", new TextEncoder().encode(text));
  assert.ok(read.ok, `${JSON.stringify(read.diagnostics)}\n${text}`);
  const resolved = resolveConfig(read.value, () => ({ kind: "unset" }));
  return resolved.ok ? resolved.value.integrations[0]?.fields : undefined;
}

const noted = (note: string, name = "Team"): LiveIntegration =>
  live(desired("a", { type: "SLACK", fields: { name, ...(note === "" ? {} : { note }) } }));

test("notes are in the block, with `$$` for a `$` at the beginning", () => {
  assert.match(block(noted("$5 a month")), /^ {4}note: \$\$5 a month$/m);
  assert.doesNotMatch(block(noted("")), /note/);
  assert.doesNotMatch(block(live(desired("a"), { fields: new Map([["agent_note", ""]]) })), /note/);
});

test("whatever a note and a name are, the block loads back to them", () => {
  const text = fc.oneof(
    fc.constantFrom(
      "$NAME",
      "${NAME}",
      "$$",
      "$",
      "two\nlines",
      "  indented\n\n# text\n",
      "null",
      "007",
      "- a",
      "a: b",
    ),
    fc.string({ maxLength: 30 }),
  );
  fc.assert(
    fc.property(text, text, (note, name) => {
      fc.pre(/\S/.test(name) && plainProse(note) !== "");
      const fields = loaded(noted(note, name));
      assert.equal(fields?.get("note"), plainProse(note));
      assert.equal(fields?.get("name"), name);
    }),
    { numRuns: 300 },
  );
});
