import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { typeInfo, typeNames } from "../../src/model/catalog.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { startLanguageServer, type LanguageServer } from "../support/language-server.ts";
import { root } from "../support/root.ts";

// What people see in an editor: a real YAML language server, with the schema that the first line of the file names.

const LINE = "# yaml-language-server: $schema=./schemas/integrations.editor.schema.json";

const server = (t: TestContext): Promise<LanguageServer> => startLanguageServer(t, root);

/** @param lines below `version: 1`; a `|` marks the cursor */
function markedText(...lines: readonly string[]): {
  readonly text: string;
  readonly line: number;
  readonly column: number;
} {
  const all = [LINE, "version: 1", ...lines];
  const line = all.findIndex((text, index) => index > 0 && text.includes("|")) + 1;
  const column = (all[line - 1] ?? "").indexOf("|") + 1;
  return {
    text: `${all.map((text, index) => (index === line - 1 ? text.replace("|", "") : text)).join("\n")}\n`,
    line,
    column,
  };
}

async function labelsAt(editor: LanguageServer, ...lines: readonly string[]): Promise<readonly string[]> {
  const { text, line, column } = markedText(...lines);
  await editor.open(text);
  return (await editor.complete(line, column)).map(({ label }) => label);
}

async function hoverAt(editor: LanguageServer, ...lines: readonly string[]): Promise<string> {
  const { text, line, column } = markedText(...lines);
  await editor.open(text);
  return editor.hover(line, column);
}

async function problems(editor: LanguageServer, ...lines: readonly string[]): Promise<string[]> {
  const found = await editor.open(`${[LINE, "version: 1", ...lines].join("\n")}\n`);
  return found.map(({ line, message }) => `${line} ${message}`);
}

test("an editor finds no problem in the example, whose first line names the schema", async (t) => {
  const editor = await server(t);
  const example = readFileSync(new URL("integrations.example.yaml", root), "utf8");
  assert.ok(example.startsWith(`${LINE}\n`));
  assert.deepEqual(await editor.open(example), []);
});

test("an editor shows what is missing or wrong, in words that say what to write", async (t) => {
  const editor = await server(t);
  const slack = ["  a:", "    type: SLACK", "    name: N"];
  assert.deepEqual(await problems(editor, "integrations:", ...slack, "    scope: WORKSPACE"), []);
  assert.deepEqual(await problems(editor, "integrations:", ...slack), ['4 Missing property "scope".']);
  assert.deepEqual(await problems(editor, "integrations:", ...slack, "    scope: PROJECT"), [
    '4 Missing property "project_name".',
  ]);
  const inWorkspace = ["defaults: { scope: WORKSPACE }", "integrations:"];
  assert.deepEqual(await problems(editor, ...inWorkspace, ...slack, "    permissions: { admins: MANAGE }"), [
    '8 Missing property "others".',
  ]);
  assert.deepEqual(await problems(editor, ...inWorkspace, "  a:", "    type: GIT_HUB", "    name: N"), [
    '5 Missing property "token".',
  ]);
  assert.deepEqual(await problems(editor, ...inWorkspace, "  a: { type: GIT_HUB, name: N, token: ghp_abc }"), [
    "5 Secret: put the value into an environment variable and write a reference such as `$NAME`.",
  ]);
  const [type = ""] = await problems(editor, ...inWorkspace, "  a: { type: github, name: N }");
  assert.match(type, /^5 Value must be "GIT_HUB" \| /);
  assert.deepEqual(await problems(editor, ...inWorkspace, "  a: { type: SLACK, name: N, auth_type: OUTH }"), [
    "5 One of OAUTH, TOKEN, API_KEY, APP, APP_SPRYKER, TOKEN_APP_EXTENSION, DEFAULT, OIDC, TRUSTED, APP_RW.",
  ]);
  assert.deepEqual(await problems(editor, ...inWorkspace, "  a: { type: SLACK, name: N, typo: 1 }"), [
    "5 Property typo is not allowed.",
  ]);
});

test("an editor proposes the types, and for each type only its own fields and values of auth_type", async (t) => {
  const editor = await server(t);
  assert.deepEqual(
    (await labelsAt(editor, "integrations:", "  a:", "    type: |")).toSorted(),
    [...typeNames].toSorted(),
  );
  const amazon = await labelsAt(editor, "integrations:", "  a:", "    type: AMAZON", "    |");
  for (const name of ["access_key", "secret_key", "role_assumptions", "audience", "auth_type", "scope", "lifecycle"]) {
    assert.ok(amazon.includes(name), name);
  }
  for (const name of ["token", "password", "chat_id", "shop"]) assert.ok(!amazon.includes(name), name);
  assert.ok((await labelsAt(editor, "integrations:", "  a:", "    type: TELEGRAM", "    |")).includes("chat_id"));
  const authTypes = (type: string): Promise<readonly string[]> =>
    labelsAt(editor, "integrations:", "  a:", `    type: ${type}`, "    auth_type: |");
  assert.deepEqual(await authTypes("AMAZON"), ["DEFAULT", "TRUSTED", "OIDC"]);
  assert.deepEqual(await authTypes("SHOPIFY"), ["TOKEN", "TOKEN_APP_EXTENSION"]);
  assert.ok((await authTypes("SLACK")).includes("OAUTH"));
});

test("an editor proposes a snippet for each recipe of each type, which is valid after it is filled in", async (t) => {
  const editor = await server(t);
  const { text, line, column } = markedText("integrations:", "  |");
  await editor.open(text);
  const proposals = await editor.complete(line, column);
  for (const type of typeNames) {
    const recipes = typeInfo(type)?.recipes.length ?? 0;
    const snippets = proposals.filter(({ label }) => label === type || label.startsWith(`${type}: `));
    assert.equal(snippets.length, Math.max(1, recipes), type);
    for (const snippet of snippets) {
      const block = snippet.text
        .replaceAll(/\$\{\d+\|([^,|]*)[^}]*\}/g, "$1")
        .replaceAll(/\$\{\d+:([^}]*)\}/g, "$1")
        .replaceAll("\\$", "$");
      const file = `version: 1\nintegrations:\n${block.replaceAll(/^/gm, "  ")}\n`;
      assert.deepEqual(loadConfig("f", new TextEncoder().encode(file)).diagnostics, [], file);
    }
  }
});

test("an editor shows what a type and a field are", async (t) => {
  const editor = await server(t);
  const block = (cursorAt: string): string[] => {
    const lines = ["integrations:", "  a:", "    type: AMAZON", "    name: N", "    secret_key: $KEY", "    note: x"];
    return lines.map((line) => line.replace(` ${cursorAt}`, ` |${cursorAt}`));
  };
  assert.match(await hoverAt(editor, ...block("AMAZON")), /AWS: with access keys/);
  const secret = await hoverAt(editor, ...block("secret_key"));
  assert.match(secret, /^The secret access key of AWS/);
  assert.match(secret, /Used by AMAZON, DO\\?_SPACES\./);
  assert.match(secret, /The API never returns it/);
  assert.match(await hoverAt(editor, ...block("note")), /Everybody who sees the integration can read them/);
});
