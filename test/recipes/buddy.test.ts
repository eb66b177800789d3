import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import packageJson from "../../package.json" with { type: "json" };
import { block, fileOf } from "../support/desired-file.ts";
import {
  itemsOf,
  parsedRecipe,
  partOf,
  recipeBench,
  recipeText,
  RECIPES,
  type RecipeBench,
  type ScriptRun,
} from "../support/recipe.ts";

const skip = process.platform === "win32" && "the containers of the recipe have a POSIX shell";
const recipe = await parsedRecipe(RECIPES.buddy);
const VALUES = { TOKEN: "secret-value" };

/** Runs an action like Buddy: all its commands in one shell, in the filesystem of the pipeline. */
async function runAction(
  bench: RecipeBench,
  pipeline: string,
  action: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ScriptRun> {
  const found = itemsOf(recipe).find((one) => one["pipeline"] === pipeline);
  const commands = itemsOf(partOf(found, "actions")).find((one) => one["action"] === action)?.["execute_commands"];
  assert.ok(Array.isArray(commands), `${pipeline}: ${action}`);
  return bench.run(commands.map(String).join("\n"), ["sh", "-e"], env);
}

const applied = (bench: RecipeBench): Promise<ScriptRun> =>
  runAction(bench, "buddy_integrations_apply", "Apply what was approved", {
    ...VALUES,
    BUDDY_TOKEN: bench.emulator.token,
  });

test("the recipe is a pipeline file without references to integrations", { skip }, async (t) => {
  const bench = await recipeBench(t);
  await mkdir(join(bench.dir, ".buddy"));
  await writeFile(join(bench.dir, ".buddy/buddy-integrations.yml"), await recipeText(RECIPES.buddy));
  const ended = await bench.run("buddy-integrations refs --check", ["sh", "-e"]);
  assert.deepEqual([ended.exit, ended.stderr], [0, ""], ended.stdout);
  assert.match(ended.stdout, /^0 references in 1 file/);
});

test("a branch gets a plan, which needs only the reading token", { skip }, async (t) => {
  const bench = await recipeBench(t);
  const ended = await runAction(bench, "buddy_integrations_plan", "Plan");
  assert.equal(ended.exit, 0, ended.stderr);
  assert.match(ended.stdout, /create {2}web/);
  assert.deepEqual(bench.emulator.stored(), []);
  assert.deepEqual(await bench.installed(), [
    `/: install --global --ignore-scripts --no-audit --no-fund buddy-integrations@${packageJson.version}`,
  ]);
});

test("the approved plan is applied, and the lockfile is pushed", { skip }, async (t) => {
  const bench = await recipeBench(t);
  assert.equal((await runAction(bench, "buddy_integrations_apply", "Plan what is due")).exit, 0);
  const ended = await applied(bench);
  assert.equal(ended.exit, 0, ended.stderr);
  const [stored] = bench.emulator.stored();
  assert.match(await bench.merged("integrations.lock.yaml"), new RegExp(`hash_id: "?${stored?.hash_id}`));
});

test("a change between the plan and the approval is not applied", { skip }, async (t) => {
  const bench = await recipeBench(t);
  assert.equal((await runAction(bench, "buddy_integrations_apply", "Plan what is due")).exit, 0);
  await bench.run(`printf '%s' "$TEXT" >integrations.yaml`, ["sh", "-e"], { TEXT: fileOf(block("web"), block("db")) });
  const ended = await applied(bench);
  assert.equal(ended.exit, 6, ended.stderr);
  assert.deepEqual(
    bench.emulator.stored().map(({ identifier }) => identifier),
    ["web"],
  );
});

test("the nightly pipeline fails while there is drift", { skip }, async (t) => {
  const bench = await recipeBench(t);
  await runAction(bench, "buddy_integrations_apply", "Plan what is due");
  await applied(bench);
  const night = async (): Promise<number> =>
    (await runAction(bench, "buddy_integrations_drift", "Look for drift")).exit;
  assert.equal(await night(), 0);
  const { url, workspace, token } = bench.emulator;
  const [stored] = bench.emulator.stored();
  await fetch(`${url}/workspaces/${workspace}/integrations/${stored?.hash_id}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: '{ "name": "By hand" }',
  });
  assert.equal(await night(), 2);
});
