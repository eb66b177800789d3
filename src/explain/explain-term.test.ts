import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig, refusedVariableWarnings } from "../config/load-config.ts";
import { fieldNames, typeInfo, typeNames } from "../model/catalog.ts";
import { codeEntry, diagnosticCodes } from "../model/diagnostic-catalog.ts";
import { API_CODES } from "../model/codes/api-codes.ts";
import { COMMAND_CODES } from "../model/codes/command-codes.ts";
import { FILE_CODES } from "../model/codes/file-codes.ts";
import { LOCKFILE_CODES } from "../model/codes/lockfile-codes.ts";
import { PIPELINE_CODES } from "../model/codes/pipeline-codes.ts";
import { PLAN_CODES } from "../model/codes/plan-codes.ts";
import { PROBE_CODES } from "../model/codes/probe-codes.ts";
import { RUN_CODES } from "../model/codes/run-codes.ts";
import { TARGET_CODES } from "../model/codes/target-codes.ts";
import { VARIABLE_CODES } from "../model/codes/variable-codes.ts";
import { explainAll, explainTerm, suggestTerm } from "./explain-term.ts";
import type { TypeExplanation } from "./explanation.ts";

const types = explainAll().filter((each): each is TypeExplanation => each.kind === "type");

test("every type, field and code has an explanation", () => {
  for (const name of typeNames)
    assert.ok(
      explainTerm(name).some(({ kind }) => kind === "type"),
      name,
    );
  for (const name of fieldNames)
    assert.ok(
      explainTerm(name).some(({ kind }) => kind === "field"),
      name,
    );
  for (const code of diagnosticCodes)
    assert.ok(
      explainTerm(code).some(({ kind }) => kind === "code"),
      code,
    );
});

test("each code is in one part of the catalog, and says what it means and what to do", () => {
  const parts = [
    API_CODES,
    COMMAND_CODES,
    FILE_CODES,
    LOCKFILE_CODES,
    PIPELINE_CODES,
    PLAN_CODES,
    PROBE_CODES,
    RUN_CODES,
    TARGET_CODES,
    VARIABLE_CODES,
  ].flatMap((part) => Object.keys(part));
  assert.deepEqual(parts.toSorted(), diagnosticCodes);
  for (const code of diagnosticCodes) {
    assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    for (const text of Object.values(codeEntry(code) ?? {})) assert.match(text, /^[A-Z`].*[.:]$|^\S+ .*\.$/, code);
  }
});

test("every block to paste is valid, and refers to no variable that is refused", () => {
  for (const { name, recipes, block } of types) {
    const blocks = [...recipes.map((recipe) => recipe.block), ...(block === undefined ? [] : [block])];
    assert.ok(blocks.length > 0, name);
    for (const text of blocks) {
      const file = `version: 1\nintegrations:\n${text}`;
      const loaded = loadConfig("f", new TextEncoder().encode(file));
      assert.deepEqual(loaded.diagnostics, [], file);
      assert.ok(loaded.ok, file);
      assert.deepEqual(refusedVariableWarnings(loaded.value, {}), [], file);
      // The lines in comments are valid too.
      const whole = loadConfig("f", new TextEncoder().encode(file.replaceAll("# ", "")));
      assert.deepEqual(whole.diagnostics, [], file);
    }
  }
});

test("a recipe names the fields that the catalog requires", () => {
  for (const { name, recipes } of types) {
    assert.deepEqual(
      recipes.map(({ required, optional }) => ({ required, optional })),
      typeInfo(name)?.recipes.map(({ required, optional }) => ({ required, optional })),
    );
    for (const { title } of recipes) assert.notEqual(title, "", name);
  }
});

test("a type may be written in small letters, a code as it is printed, and a field by its last name", () => {
  assert.deepEqual(explainTerm("git_hub"), explainTerm("GIT_HUB"));
  assert.deepEqual(explainTerm("[needs-adopt]"), explainTerm("needs-adopt"));
  assert.deepEqual(
    explainTerm("protect").map(({ name }) => name),
    ["lifecycle.protect"],
  );
  assert.deepEqual(
    explainTerm("email").map(({ name }) => name),
    ["email"],
  );
  assert.deepEqual(
    explainTerm("access_level").map(({ name }) => name),
    ["permissions.users.access_level", "permissions.groups.access_level"],
  );
});

test("a word of a plan and a code of the same name are both explained", () => {
  assert.deepEqual(
    explainTerm("conflict").map(({ kind }) => kind),
    ["code", "action"],
  );
  assert.deepEqual(
    explainTerm("drift").map(({ kind }) => kind),
    ["code", "reason"],
  );
});

test("for an unknown name, the nearest known one is suggested", () => {
  for (const [wrong, right] of [
    ["GITHUB", "GIT_HUB"],
    ["AMAZN", "AMAZON"],
    ["need-adopt", "needs-adopt"],
    ["acess_key", "access_key"],
  ] as const) {
    assert.deepEqual(explainTerm(wrong), []);
    assert.equal(suggestTerm(wrong), right);
  }
  for (const name of ["constructor", "__proto__", "", "toString"]) assert.deepEqual(explainTerm(name), []);
});
