import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { ciRecipe } from "../../src/render/ci-recipe.ts";
import { block } from "../support/desired-file.ts";
import { root } from "../support/root.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";
import { runCli } from "../support/workbench.ts";

const FILE = "integrations.yaml";
const IGNORED = "integrations.lock.yaml.journal\nintegrations.lock.yaml.lock\nsecrets.env\n";
const ALONE = { BUDDY_TOKEN: undefined, BUDDY_WORKSPACE: undefined, BUDDY_BASE_URL: undefined };

test("init without a token writes a valid file without integrations, and a .gitignore", async (t) => {
  const bench = await syncWorkbench(t);
  const ended = await bench.run(["init", "--workspace", "my-company", "--region", "eu"], { env: ALONE });
  assert.equal(ended.exit, 0, ended.stderr);
  assert.match(ended.stdout, /^integrations\.yaml: no integrations yet\n\.gitignore: /);
  assert.match(ended.stderr, /^Next: `buddy-integrations explain TYPE` /m);
  const file = (await bench.read(FILE)) ?? "";
  assert.match(
    file,
    /^# yaml-language-server: \$schema=https:\/\/unpkg\.com\/buddy-integrations\/schemas\/integrations\.editor\.schema\.json\n/,
  );
  assert.match(file, /^workspace: my-company\napi: https:\/\/api\.eu\.buddy\.works\n/m);
  assert.equal(await bench.read(".gitignore"), IGNORED);
  assert.equal((await bench.run(["validate"])).exit, 0);
});

test("init exports a workspace that has integrations, if a token is there", async (t) => {
  const bench = await syncWorkbench(t);
  const body = { type: "VULTR", name: "Web", identifier: "web", scope: "WORKSPACE", token: "theirs" };
  await bench.byHand("POST", "/integrations", body);
  const ended = await bench.run(["init"]);
  assert.equal(ended.exit, 0, ended.stderr);
  assert.match((await bench.read(FILE)) ?? "", /^ {2}web:\n/m);
  assert.match(ended.stderr, /^Next: commit them\. `buddy-integrations plan` /m);
  assert.deepEqual((await bench.plan()).changes, []);
});

test("init of an empty workspace writes a file without integrations, also with a token", async (t) => {
  const bench = await syncWorkbench(t);
  assert.equal((await bench.run(["init"])).exit, 0);
  assert.match((await bench.read(FILE)) ?? "", /^integrations: \{\}\n$/m);
});

test("on a terminal, init asks for the workspace, the region and the token, and doesn't show or store the token", async (t) => {
  const bench = await syncWorkbench(t);
  const body = { type: "VULTR", name: "Web", identifier: "web", scope: "WORKSPACE", token: "theirs" };
  await bench.byHand("POST", "/integrations", body);
  const answers = [bench.emulator.workspace, bench.emulator.url, bench.emulator.token];
  const asked: string[] = [];
  const ask = (question: string, answer = "shown"): Promise<string | undefined> => {
    asked.push(`${question.split(",")[0]} ${answer}`);
    return Promise.resolve(answers.shift());
  };
  const ended = await bench.run(["init"], { env: ALONE, io: { interactive: true, ask } });
  assert.equal(ended.exit, 0, ended.stderr);
  assert.deepEqual(asked, [
    "Workspace shown",
    "Region (us shown",
    "API token hidden",
    "Credentials: managed or unmanaged [managed where their variables have values]:  shown",
  ]);
  assert.match((await bench.read(FILE)) ?? "", /^ {2}web:\n/m);
  for (const text of [ended.stdout, ended.stderr, await bench.read(FILE), await bench.read(".gitignore")])
    assert.ok(!text?.includes(bench.emulator.token));
});

test("without a terminal and a workspace init says what is missing, and writes nothing", async (t) => {
  const bench = await syncWorkbench(t);
  const ended = await bench.run(["init"], { env: ALONE });
  assert.equal(ended.exit, 3);
  assert.match(ended.stderr, /\[no-workspace\]/);
  assert.equal(await bench.read(FILE), undefined);
  assert.equal(await bench.read(".gitignore"), undefined);
});

test("init writes no file if the token is refused", async (t) => {
  const bench = await syncWorkbench(t);
  const ended = await bench.run(["init"], { env: { BUDDY_TOKEN: "wrong" } });
  assert.equal(ended.exit, 4);
  assert.equal(await bench.read(FILE), undefined);
});

test("init replaces no file, and adds only missing lines to .gitignore", async (t) => {
  const bench = await syncWorkbench(t);
  await bench.writeIntegrations(block("web"));
  await bench.write(".gitignore", "node_modules\r\n/secrets.env\r\n*.log");
  const before = await bench.read(FILE);
  const ended = await bench.run(["init", "--ci", "github"]);
  assert.equal(ended.exit, 0, ended.stderr);
  assert.match(ended.stderr, /integrations\.yaml already exists and was not changed\n/);
  assert.equal(await bench.read(FILE), before);
  const ignored =
    "node_modules\r\n/secrets.env\r\n*.log\r\nintegrations.lock.yaml.journal\r\nintegrations.lock.yaml.lock\r\n";
  assert.equal(await bench.read(".gitignore"), ignored);
  const recipe = await bench.read(".github/workflows/buddy-integrations.yml");
  const again = await bench.run(["init", "--ci", "github"]);
  assert.deepEqual([again.exit, again.stdout], [0, ""]);
  assert.equal(await bench.read(".gitignore"), ignored);
  assert.equal(await bench.read(".github/workflows/buddy-integrations.yml"), recipe);
});

test("in a folder of a repository, init writes the recipe to the repository's top, with the path of the file from there", async (t) => {
  const bench = await syncWorkbench(t);
  await mkdir(join(bench.dir, ".git"));
  const team = join(bench.dir, "infra/team");
  await mkdir(team, { recursive: true });
  await bench.write("infra/team/integrations.yaml", "version: 1\nintegrations: {}\n");
  const ended = await runCli(["init", "--ci", "github", "--workspace", "acme-inc"], team, { env: {} });
  assert.equal(ended.exit, 0, ended.stderr);
  assert.match(ended.stdout, /^\.\.\/\.\.\/\.github\/workflows\/buddy-integrations\.yml: /m);
  const recipe = (await bench.read(".github/workflows/buddy-integrations.yml")) ?? "";
  assert.match(recipe, /^ {2}FILE: infra\/team\/integrations\.yaml$/m);
  assert.match((await bench.read("infra/team/.gitignore")) ?? "", /^integrations\.lock\.yaml\.journal$/m);
});

test("init changes no byte that .gitignore has, whatever its encoding, and ignores the journal where the lockfile is", async (t) => {
  const bench = await syncWorkbench(t);
  await bench.writeIntegrations(block("web"));
  await mkdir(join(bench.dir, "locks"));
  const latin1 = Buffer.from("caf\u00e9/\n", "latin1");
  await writeFile(join(bench.dir, ".gitignore"), latin1);
  const ended = await bench.run(["init", "--lockfile", "locks/a.lock.yaml"]);
  assert.equal(ended.exit, 0, ended.stderr);
  const after = await readFile(join(bench.dir, ".gitignore"));
  assert.equal(after.toString("latin1"), "caf\u00e9/\nsecrets.env\n");
  assert.equal(await bench.read("locks/.gitignore"), "a.lock.yaml.journal\na.lock.yaml.lock\n");
});

test("the recipes that init writes are those of recipes/, for this workspace, host and file", async (t) => {
  const bench = await syncWorkbench(t);
  const file = "a b$.yaml";
  await bench.write(file, "version: 1\nintegrations: {}\n");
  const recipes = {
    github: "buddy-integrations.yml",
    gitlab: "buddy-integrations.gitlab-ci.yml",
    buddy: "buddy-integrations.yml",
  };
  for (const [system, name] of Object.entries(recipes)) {
    const ended = await bench.run(["init", "--ci", system, "--file", file, "--workspace", "acme-inc"]);
    assert.equal(ended.exit, 0, ended.stderr);
    const written = /^(\.(?:github|gitlab|buddy)\/\S+): /m.exec(ended.stdout)?.[1] ?? "none";
    const text = (await bench.read(written)) ?? "";
    const source = readFileSync(new URL(`recipes/${system}/${name}`, root), "utf8");
    assert.equal(text.split("\n").length, source.split("\n").length);
    assert.ok(!/my-company|api\.buddy\.works|\bintegrations\.(?:lock\.)?yaml"?$/m.test(text), text);
    const values = JSON.stringify(parse(text));
    for (const value of ["acme-inc", bench.emulator.url]) assert.ok(values.includes(value), `${system}: ${value}`);
    assert.ok(values.includes(JSON.stringify(system === "gitlab" ? file.replace("$", "$$$$") : file)), system);
  }
});

test("the recipe for GitHub logs in to the region of the workspace, or to its own host", () => {
  const places = [
    ["https://api.buddy.works", "region: US"],
    ["https://api.eu.buddy.works", "region: EU"],
    ["https://api.asia.buddy.works", "region: AP"],
    ["https://buddy.example/api", "api_url: https://buddy.example"],
  ];
  for (const [api = "", place = ""] of places) {
    const request = {
      target: { api, workspace: "acme" },
      file: "integrations.yaml",
      lockfile: "integrations.lock.yaml",
    };
    assert.match(ciRecipe("github", request), new RegExp(`provider_id: .*\n +${place}$`, "m"));
  }
});
