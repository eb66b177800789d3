import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fieldInfo, fieldNames } from "../model/catalog.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import { loadConfig, resolveConfig } from "./load-config.ts";

const runs = { numRuns: 300 };
const bytesOf = (text: string) => new TextEncoder().encode(text);

function everyOutput(text: string): string {
  const { diagnostics } = loadConfig("f.yaml", bytesOf(text));
  return (["text", "json", "github"] as const)
    .map((format) => renderDiagnostics(diagnostics, format, { color: false }))
    .join("");
}

const yamlish = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "version: 1\n",
        "integrations:\n",
        "  a:\n",
        "    type: GIT_HUB\n",
        "    token: ",
        "$TOKEN\n",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "  ",
        "\t",
        "&a ",
        "*a",
        "<<: ",
        "|\n",
        '"',
        "'",
        "#",
        "!t ",
        "---\n",
        ": ",
        ",",
        "? ",
        "null",
        "1e5",
        "\r\n",
      ),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

test("no text makes it throw, and it either answers a file or says why not", () => {
  fc.assert(
    fc.property(fc.oneof(yamlish, fc.string({ unit: "binary", maxLength: 200 })), (text) => {
      const { written, diagnostics } = loadConfig("f.yaml", bytesOf(text));
      assert.equal(
        written === undefined,
        diagnostics.some(({ severity }) => severity === "error"),
      );
      for (const { place } of diagnostics) {
        assert.ok(place && place.range.start.line >= 1 && place.range.start.column >= 1);
        assert.ok(place.range.end.offset >= place.range.start.offset);
        if (place.frame)
          assert.ok(place.frame.column >= 1 && place.frame.width >= 1 && !place.frame.line.includes("\n"));
      }
    }),
    runs,
  );
});

test("no bytes make it throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      loadConfig("f.yaml", bytes);
    }),
    runs,
  );
});

const CANARY = "qZ7canaryX9";
const styles = [
  (value: string) => value,
  (value: string) => `"${value}"`,
  (value: string) => `'${value}'`,
  (value: string) => `|\n      ${value}`,
  (value: string) => `[${value}]`,
  (value: string) => `{ inner: ${value} }`,
  (value: string) => `&anchor ${value}`,
  (value: string) => `!tag ${value}`,
  (value: string) => `$${value}-`,
  (value: string) => `x # ${value}`,
];
const secretFields = fieldNames.filter((name) => fieldInfo(name)?.hidden);

test("a literal in a secret, private or unknown field is in no diagnostic of any format", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...secretFields, "unknown_field", "acces_key", "access_key_id", "x_thing"),
      fc.constantFrom(...styles),
      fc.constantFrom("GIT_HUB", "AMAZON", "CLOUDFLARE", "NOTHING"),
      fc.constantFrom("", "    naem: x\n", "    scope: PRIVATE\n", "    token: $\n", "   : bad\n", "    - bad\n"),
      fc.boolean(),
      (field, style, type, more, flow) => {
        const value = style(CANARY);
        const fields =
          flow && !value.includes("\n") && !value.includes("#")
            ? `  a: { type: ${type}, ${field}: ${value}, nmae: 1 }\n`
            : `  a:\n    type: ${type}\n    ${field}: ${value}\n${more}`;
        assert.ok(!everyOutput(`version: 1\nintegrations:\n${fields}`).includes(CANARY));
      },
    ),
    runs,
  );
});

test("text that can't be parsed is never shown", () => {
  fc.assert(
    fc.property(
      yamlish,
      yamlish,
      fc.constantFrom("\t", '"', "[", "}", "a: b: ", "@", "*nothing ", "%"),
      (before, after, slip) => {
        const text = `${before}\n    token: ${CANARY}\n${CANARY}\n- ${CANARY}: ${CANARY}\n${slip}${CANARY}\n${after}`;
        const { diagnostics } = loadConfig("f.yaml", bytesOf(text));
        if (diagnostics.some(({ code }) => code === "syntax")) assert.ok(!everyOutput(text).includes(CANARY));
      },
    ),
    runs,
  );
});

test("the length of a masked value can't be told from a diagnostic", () => {
  const shown = (length: number) =>
    everyOutput(
      `version: 1\nintegrations:\n  a:\n    type: GIT_HUB\n    name: A\n    scope: WORKSPACE\n    token: ${"s".repeat(length)}\n`,
    );
  assert.equal(shown(3), shown(40));
});

const integrations = fc
  .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/), { minLength: 1, maxLength: 6 })
  .map((keys) =>
    keys.map((key, index): [string, [string, string][]] => [
      key,
      [
        ["type", "GIT_HUB"],
        ["name", `"N ${index}"`],
        ["token", "$TOKEN"],
        ["extra", "{ b: { d: 1, c: [2, 1] }, a: 1 }"],
        ["permissions", "{ others: DENIED, admins: MANAGE }"],
      ],
    ]),
  );

function write(
  entries: readonly (readonly [string, readonly (readonly [string, string])[]])[],
  integrationsFirst: boolean,
): string {
  const blocks = entries
    .map(([key, fields]) => `  ${key}:\n${fields.map(([name, value]) => `    ${name}: ${value}\n`).join("")}`)
    .join("");
  const parts = [`version: 1\n`, "defaults:\n  scope: WORKSPACE\n", `integrations:\n${blocks}`];
  return (integrationsFirst ? parts.toReversed() : parts).join("");
}

function declared(text: string): string {
  const { written } = loadConfig("f.yaml", bytesOf(text));
  assert.ok(written);
  const result = resolveConfig(written, () => ({ kind: "unset" })).declared;
  return JSON.stringify(
    result?.integrations.map((each) => ({ ...each, fields: [...each.fields], extra: [...each.extra] })),
  );
}

test("the order of keys in the file makes no difference", () => {
  const shuffled = integrations.chain((entries) =>
    fc.tuple(
      fc.constant(entries),
      fc.shuffledSubarray(entries, { minLength: entries.length }),
      fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
      fc.boolean(),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([entries, others, order, turned]) => {
      const permuted = others.map(
        ([key, fields]) => [key, order.flatMap((index) => fields.slice(index, index + 1))] as const,
      );
      assert.equal(declared(write(permuted, turned)), declared(write(entries, false)));
    }),
    { numRuns: 100 },
  );
});
