import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { loadConfig, resolveConfig } from "../config/load-config.ts";
import { authTypes, typeNames } from "../model/catalog.ts";
import type { IntegrationWithSecrets, Json, LiveIntegration } from "../model/integration.ts";
import { Secret } from "../model/secret.ts";
import { oddText } from "../../test/support/lock-arbitrary.ts";
import { desired, live } from "../../test/support/builders.ts";
import { effort } from "../../test/support/effort.ts";
import { plainProse } from "../model/text.ts";
import { chooseCredentials, hiddenFields, type CredentialChoice } from "../export/block-credentials.ts";
import { proposedReference } from "../model/reserved-variables.ts";
import { desiredBlock, NUMBERS_ONLY, renderDesiredBlock, renderFlowBlock, type DesiredBlock } from "./desired-block.ts";

interface ChosenCredentials {
  readonly mode?: CredentialChoice["mode"];
  /** Whether variables hold the live values of the fields that are never shown. */
  readonly hidden?: "with-values" | "without-values";
}

function blockOf(view: LiveIntegration, choice: ChosenCredentials = {}): DesiredBlock {
  const { mode = "managed", hidden: known = "without-values" } = choice;
  const variableOf = (field: string): string => proposedReference("a", field).slice(1);
  const credentials = chooseCredentials(view, { mode, variableOf, isKnown: () => false });
  const fields = known === "with-values" ? hiddenFields(view) : [];
  const hidden = new Map(fields.map((field) => [field, variableOf(field)]));
  return desiredBlock({ key: "a", live: view, credentials, hidden, names: NUMBERS_ONLY });
}

function renderedBlock(view: LiveIntegration, choice?: ChosenCredentials): string {
  return renderDesiredBlock(blockOf(view, choice));
}

/** The integration that the file's reader makes of a block. */
function loadedIntegration(lines: string): IntegrationWithSecrets {
  const text = `version: 1\nintegrations:\n${lines}`;
  const read = loadConfig("integrations.yaml", new TextEncoder().encode(text));
  assert.ok(read.ok, `${JSON.stringify(read.diagnostics)}\n${text}`);
  const resolved = resolveConfig(read.value, () => ({ kind: "unset" }));
  const found = resolved.ok ? resolved.value.integrations[0] : undefined;
  assert.ok(found);
  return found;
}

/** The fields that the file's reader makes of the block of an integration. */
function loaded(view: LiveIntegration): ReadonlyMap<string, unknown> {
  return loadedIntegration(renderedBlock(view)).fields;
}

const noted = (note: string, name = "Team"): LiveIntegration =>
  live(desired("a", { type: "SLACK", fields: { name, ...(note === "" ? {} : { note }) } }));

test("notes are in the block, with `$$` for a `$` at the beginning", () => {
  assert.match(renderedBlock(noted("$5 a month")), /^ {4}note: \$\$5 a month$/m);
  assert.doesNotMatch(renderedBlock(noted("")), /note/);
  assert.doesNotMatch(renderedBlock(live(desired("a"), { fields: new Map([["agent_note", ""]]) })), /note/);
});

test("any note and any name load back from the block", () => {
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
      assert.equal(fields.get("note"), plainProse(note));
      assert.equal(fields.get("name"), name);
    }),
    { numRuns: effort(75) },
  );
});

const RETURNED_TEXTS = ["app_id", "host_url", "audience", "google_project", "atop_url", "note", "agent_note"] as const;

const hardText = fc.oneof(
  { weight: 2, arbitrary: oddText },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "$NAME",
      "${NAME}",
      "$$NAME",
      "$",
      "$5",
      "two\nlines\n",
      "a\r\nb",
      "\n",
      "a\u2028b\u2029c",
      "\u0085x",
      "\ufeffx",
      "\u007f",
      "https://user:pw@host",
      "https://host/?a=b#c",
      "on",
      "1_000",
      "0o7",
      "2001-01-01",
      "=",
      "x".repeat(300),
      `${"y ".repeat(60)}\n  z`,
    ),
  },
);

const LEVELS = ["MANAGE", "USE_ONLY", "DENIED"] as const;
const grants = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 3 })
  .chain((ids) => fc.tuple(...ids.map((id) => fc.constantFrom(...LEVELS).map((level) => ({ who: { id }, level })))));

/** What GET may return for an integration whose type, scope and project a file can name. */
const anyView: fc.Arbitrary<LiveIntegration> = fc
  .record(
    {
      hashId: fc.constant("h"),
      type: fc.constantFrom(...typeNames, "BRAND_NEW"),
      name: hardText,
      identifier: fc.oneof(fc.constantFrom("a", "web-1"), hardText),
      place: fc.constantFrom(
        { scope: "WORKSPACE" },
        { scope: "PROJECT", projectName: "my-project" },
        { scope: "WORKSPACE", projectName: "my-project" },
        { scope: "ENVIRONMENT" },
      ),
      disabled: fc.boolean(),
      permissions: fc.record(
        {
          admins: fc.oneof(fc.constantFrom(...LEVELS), fc.constant({ unknown: "$NEW" })),
          others: fc.constantFrom(...LEVELS),
          users: grants,
          groups: grants,
        },
        { noNullPrototype: true },
      ),
      allPipelinesAllowed: fc.boolean(),
      allowedPipelines: fc.uniqueArray(
        fc.integer({ min: 1, max: 99 }).map((id) => ({ id })),
        {
          maxLength: 2,
          selector: ({ id }) => id,
        },
      ),
      fields: fc.dictionary(
        fc.constantFrom(...RETURNED_TEXTS, "auth_type", "webhook_address", "not_known_here"),
        fc.oneof(
          { weight: 5, arbitrary: hardText },
          { weight: 1, arbitrary: fc.constantFrom(...authTypes, 5, true, ["x"], { a: "$B" }) },
        ),
        { noNullPrototype: true },
      ),
    },
    { requiredKeys: ["hashId", "type", "name", "place", "disabled", "fields"], noNullPrototype: true },
  )
  .map(({ place, fields, ...rest }) => ({ ...rest, ...place, fields: new Map(Object.entries(fields)) }));

const anyChoice = fc.record({
  mode: fc.constantFrom("managed", "unmanaged", "if-known"),
  hidden: fc.constantFrom("with-values", "without-values"),
});

test("the block of any integration loads back to exactly what is live; a comment names what a file can't hold", () => {
  fc.assert(
    fc.property(anyView, anyChoice, (view, choice) => {
      const text = renderedBlock(view, choice);
      const found = loadedIntegration(text);
      // The block in braces is the same, without comments.
      assert.deepEqual(loadedIntegration(`  {${renderFlowBlock(blockOf(view, choice))}}\n`), found);
      const leftOut = [...text.matchAll(/^ {2}# (\w+): /gm)].map(([, name]) => name);
      const isHidden = new Set(hiddenFields(view));
      const expected = new Map<string, unknown>([
        ["name", view.name],
        ["auth_type", view.fields.get("auth_type")],
      ]);
      for (const name of RETURNED_TEXTS) expected.set(name, view.fields.get(name));
      for (const [name, value] of expected) {
        const isProse = name === "note" || name === "agent_note";
        const seen = isProse && typeof value === "string" ? plainProse(value) : value;
        const here = found.fields.get(name);
        if (leftOut.includes(name))
          assert.ok(name === "name" ? here === "a" : here === undefined || here instanceof Secret, name);
        // A field that the type needs is a reference, which the user fills in.
        else if (seen === undefined || seen === "" || (choice.hidden === "with-values" && isHidden.has(name)))
          assert.ok(here === undefined || here instanceof Secret, name);
        else assert.deepEqual(here, seen, name);
      }
      assert.deepEqual(
        [found.type, found.scope, found.projectName],
        [view.type, view.scope, view.scope === "PROJECT" ? view.projectName : undefined],
      );
      if (!leftOut.includes("identifier") && view.identifier !== undefined)
        assert.equal(found.identifier ?? "a", view.identifier);
      if (view.scope === "ENVIRONMENT") assert.equal(found.permissions, undefined);
      else if (!leftOut.includes("permissions")) assert.deepEqual(found.permissions, view.permissions);
      assert.equal(found.fields.get("all_pipelines_allowed"), view.allPipelinesAllowed);
      assert.deepEqual(found.allowedPipelines ?? [], view.allowedPipelines ?? []);
      assert.deepEqual([...found.extra], []);
    }),
    { numRuns: effort(250) },
  );
});

test("the block holds no control characters, whatever the server returns", () => {
  fc.assert(
    fc.property(anyView, hardText, hardText, hardText, (view, type, scope, projectName) => {
      const text = renderedBlock({ ...view, type, scope, projectName });
      assert.match(text, /^(?:\n|[^\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff])*$/u);
    }),
    { numRuns: effort(75) },
  );
});

test("a text that a file can't hold is left out, and the comment about it doesn't repeat the text", () => {
  const view = live(desired("a", { type: "SLACK" }), {
    identifier: "not an identifier",
    name: "https://user:hunter2@host",
    fields: new Map<string, Json>([
      ["note", "see https://user:hunter2@host"],
      ["host_url", "https://user:hunter2@host"],
      ["auth_type", "BRAND_NEW"],
    ]),
  });
  const text = renderedBlock(view);
  assert.doesNotMatch(text, /hunter2|BRAND_NEW|not an identifier/);
  assert.deepEqual(
    [...text.matchAll(/^ {2}# (\w+): /gm)].map(([, name]) => name),
    ["name", "identifier", "note", "host_url", "auth_type"],
  );
  assert.equal(loadedIntegration(text).fields.get("name"), "a");
});
