import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fieldInfo, fieldNames } from "../model/catalog.ts";
import { hasErrors } from "../model/diagnostic.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import { loadConfig, resolveConfig } from "./load-config.ts";
import { anyCodePoint } from "../../test/support/code-points.ts";
import { effort } from "../../test/support/effort.ts";

const runs = { numRuns: effort(75) };
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

test("no text makes the reader throw: it returns a file, or says why not", () => {
  fc.assert(
    fc.property(fc.oneof(yamlish, fc.string({ unit: anyCodePoint, maxLength: 200 })), (text) => {
      const { ok, diagnostics } = loadConfig("f.yaml", bytesOf(text));
      assert.equal(!ok, hasErrors(diagnostics));
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

test("no bytes make the reader throw", () => {
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

test("a literal below a name in `extra` that hints at a secret is an error, however deep it is, and is in no diagnostic", () => {
  const names = fc.constantFrom("secret", "client_secret", "privateKey", "PASSWORD", "Access-Key", "token");
  const wrappings = fc.array(
    fc.constantFrom(
      (value: string) => `{ a: ${value} }`,
      (value: string) => `[${value}]`,
      (value: string) => `{ constructor: ${value}, b: 1 }`,
    ),
    { maxLength: 4 },
  );
  const literals = fc.constantFrom(CANARY, `"${CANARY}"`, `$$${CANARY}`, `{ ${CANARY}: 1 }`, `[x, ${CANARY}]`);
  fc.assert(
    fc.property(names, wrappings, wrappings, literals, (name, outside, inside, literal) => {
      const below = inside.reduce<string>((value, wrap) => wrap(value), literal);
      const value = outside.reduce((nested, wrap) => wrap(nested), `{ ${name}: ${below} }`);
      const text = `version: 1\nintegrations:\n  a: { type: SLACK, name: N, scope: WORKSPACE, extra: { x: ${value} } }\n`;
      const codes = loadConfig("f.yaml", bytesOf(text)).diagnostics.map(({ code }) => code);
      assert.ok(codes.length > 0 && codes.every((code) => code === "literal-secret"), text);
      assert.ok(!everyOutput(text).includes(CANARY), text);
    }),
    runs,
  );
});

test("a password in an address is an error in every text field, and is in no diagnostic", () => {
  const fields = fieldNames.filter((name) => fieldInfo(name)?.kind === "string" && !fieldInfo(name)?.secret);
  fc.assert(
    fc.property(
      fc.constantFrom(...fields),
      fc.constantFrom("https", "git+https", "postgres", "x"),
      fc.constantFrom("", "see ", "a\tb ", "$$"),
      fc.constantFrom(`u:${CANARY}@h`, `:${CANARY}@h:1/x`, `${CANARY}:@h?x#y`, `u:${CANARY}@h, or https://h`),
      (field, scheme, before, address) => {
        const value = JSON.stringify(`${before}${scheme}://${address}`);
        const text =
          `version: 1\nintegrations:\n  a:\n    type: SLACK\n    name: N\n    scope: WORKSPACE\n    ${field}: ${value}\n`.replace(
            field === "name" || field === "type" || field === "scope" ? new RegExp(`    ${field}: \\w+\\n`) : "\0",
            "",
          );
        const codes = loadConfig("f.yaml", bytesOf(text)).diagnostics.map(({ code }) => code);
        const isText = fieldInfo(field)?.reference || fieldInfo(field)?.public;
        assert.ok(codes.includes(isText ? "credentials-in-url" : "wrong-value"), `${codes.join()}\n${text}`);
        assert.ok(!everyOutput(text).includes(CANARY), text);
      },
    ),
    runs,
  );
});

const HOSTILE_NAMES = [
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "__proto__",
  "__defineGetter__",
  "prototype",
];

test("names of object methods crash nothing, at any level, as keys and as values", () => {
  const name = fc.constantFrom(...HOSTILE_NAMES);
  const leaf = fc.oneof(name, fc.constantFrom("$TOKEN", "1", "null", "[]", "{}"));
  const node: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.tuple(name, tie("node")).map(([key, value]) => `{ ${key}: ${value} }`),
      tie("node").map((item) => `[${item}]`),
    ),
  })).node;
  const place = fc.constantFrom(
    (value: string) => `constructor: ${value}\nintegrations: {}`,
    (value: string) => `defaults: ${value}\nintegrations: {}`,
    (value: string) => `integrations: ${value}`,
    (value: string) => `integrations: { a: ${value} }`,
    ...[...fieldNames, "extra", "lifecycle", ...HOSTILE_NAMES].map(
      (field) => (value: string) =>
        `integrations: { constructor: { type: AMAZON, name: N, scope: WORKSPACE, ${field}: ${value} } }`,
    ),
    ...["moved_from", "import", "on_remove", ...HOSTILE_NAMES].map(
      (field) => (value: string) => `defaults: { lifecycle: { ${field}: ${value} } }\nintegrations: {}`,
    ),
    ...["users", "groups", ...HOSTILE_NAMES].map(
      (field) => (value: string) => `defaults: { permissions: { ${field}: [${value}, ${value}] } }\nintegrations: {}`,
    ),
  );
  fc.assert(
    fc.property(place, node, (fileOf, value) => {
      const text = `version: 1\n${fileOf(value)}\n`;
      everyOutput(text);
      const loaded = loadConfig("f.yaml", bytesOf(text));
      if (loaded.ok) resolveConfig(loaded.value, () => ({ kind: "unset" }));
      assert.equal(Object.keys(Object.prototype).length, 0);
    }),
    { numRuns: effort(125) },
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

test("a diagnostic doesn't reveal the length of a masked value", () => {
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
  const loaded = loadConfig("f.yaml", bytesOf(text));
  assert.ok(loaded.ok);
  const resolved = resolveConfig(loaded.value, () => ({ kind: "unset" }));
  assert.ok(resolved.ok);
  return JSON.stringify(
    resolved.value.integrations.map((each) => ({ ...each, fields: [...each.fields], extra: [...each.extra] })),
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
    { numRuns: effort(25) },
  );
});
