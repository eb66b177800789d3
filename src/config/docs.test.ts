import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fieldInfo, fieldNames, typeInfo, typeNames } from "../model/catalog.ts";
import { loadConfig } from "./load-config.ts";

const page = readFileSync(new URL("../../docs/desired-state.md", import.meta.url), "utf8");
const code = (name: string) => `\`${name}\``;

/** The rows of the table. Cells are trimmed, since the formatter pads them. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test("the documentation's table of types says what the schema says", () => {
  for (const type of typeNames) {
    for (const recipe of typeInfo(type)?.recipes ?? []) {
      const auth = recipe.authTypes.map((authType) => (authType === "" ? "none" : code(authType))).join(" or ");
      const cells = [auth, recipe.required.map(code).join(", "), recipe.optional.map(code).join(", ")];
      const found = rows.some(
        ([types = "", ...rest]) => types.split(", ").includes(code(type)) && rest.join("|") === cells.join("|"),
      );
      assert.ok(found, `${type}: ${cells.join(" | ")}`);
    }
  }
});

test("the documentation names every secret field", () => {
  const paragraph = page.split("\n\n").find((text) => text.includes("are secret: they")) ?? "";
  for (const name of fieldNames.filter((field) => fieldInfo(field)?.secret))
    assert.ok(paragraph.includes(code(name)), name);
});

test("every whole file in the documentation is valid", () => {
  const files = [...page.matchAll(/```yaml\n([^`]*)```/g)]
    .map(([, text = ""]) => text)
    .filter((text) => /^integrations:/m.test(text));
  assert.ok(files.length >= 3);
  for (const text of files) {
    const whole = text.includes("version:") ? text : `version: 1\n${text}`;
    assert.deepEqual(loadConfig("docs", new TextEncoder().encode(whole)).diagnostics, []);
  }
});
