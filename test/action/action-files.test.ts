import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { posix } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { root } from "../support/root.ts";
import { runCli } from "../support/workbench.ts";
import { assertBuilt } from "../support/kill/program.ts";

interface ActionFile {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string; readonly "post-if"?: string };
}

const FILES = ["action.yml", "actions/plan/action.yml", "actions/comment/action.yml", "actions/apply/action.yml"];

async function textOf(path: string): Promise<string> {
  return readFile(new URL(path, root), "utf8");
}

async function actionFile(path: string): Promise<ActionFile> {
  return parse(await textOf(path));
}

test("each action runs on node24, runs a built file, and names its least permissions", async () => {
  assertBuilt();
  for (const path of FILES) {
    const { runs, inputs, outputs, description } = await actionFile(path);
    assert.equal(runs.using, "node24");
    for (const entry of [runs.main, runs.post].filter((each) => each !== undefined)) {
      assert.match(await textOf(posix.join(posix.dirname(path), entry)), /\S/);
    }
    assert.match(await textOf(path), /# Least permissions: `/, path);
    for (const part of [description, ...Object.values({ ...inputs, ...outputs }).map((each) => each.description)]) {
      assert.match(part, /\S/);
    }
  }
  assert.equal((await actionFile("actions/apply/action.yml")).runs["post-if"], "always()");
});

test("the action at the root is the plan", async () => {
  const [top, plan] = [await actionFile("action.yml"), await actionFile("actions/plan/action.yml")];
  assert.deepEqual([top.inputs, top.outputs], [plan.inputs, plan.outputs]);
});

test("the code reads the inputs and writes the outputs that the actions declare, and no others", async () => {
  const declared = await Promise.all(FILES.map(actionFile));
  const folder = new URL("src/action/", root);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const code = (await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")))).join("\n");
  const used = (pattern: RegExp): string[] =>
    [...new Set([...code.matchAll(pattern)].map(([, name = ""]) => name))].toSorted();
  const inputs = [...used(/\binput\("([a-z-]+)"\)/g), "workspace", "api"].toSorted();
  assert.deepEqual(inputs, [...new Set(declared.flatMap((each) => Object.keys(each.inputs)))].toSorted());
  assert.deepEqual(
    used(/setOutput\("([a-z-]+)"/g),
    [...new Set(declared.flatMap((each) => Object.keys(each.outputs)))].toSorted(),
  );
});

test("each option that an input names is one of the command line", async () => {
  for (const [path, name] of [
    ["actions/plan/action.yml", "plan"],
    ["actions/apply/action.yml", "apply"],
  ] as const) {
    const { stdout: help } = await runCli([name, "--help"], "/");
    for (const [, option = ""] of (await textOf(path)).matchAll(/\((--[a-z-]+)\)/g))
      assert.ok(help.includes(option), option);
  }
});

test("the page about GitHub names every input and output that isn't just an option of the command line", async () => {
  const page = await textOf("docs/github.md");
  for (const name of [
    "lock-branch",
    "approved-plan",
    "plan-workflow",
    "plan-artifact",
    "pipelines",
    "check",
    "needs-approval",
    "id",
  ]) {
    assert.ok(page.includes(`\`${name}`), name);
  }
});
