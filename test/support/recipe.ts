import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { READ_ONLY_TOKEN, startEmulator, type Emulator } from "../../src/emulator/index.ts";
import { block, fileOf } from "./desired-file.ts";
import { gitIn, gitRepository } from "./git.ts";
import { temporaryFolder } from "./installation.ts";
import { root } from "./root.ts";

export const RECIPES = {
  github: "recipes/github/buddy-integrations.yml",
  gitlab: "recipes/gitlab/buddy-integrations.gitlab-ci.yml",
  buddy: "recipes/buddy/buddy-integrations.yml",
  preCommit: "recipes/pre-commit/.pre-commit-config.yaml",
} as const;

export async function recipeText(file: string): Promise<string> {
  return readFile(new URL(file, root), "utf8");
}

/** The part of a recipe at this path. @throws when there is none */
export function partOf(value: unknown, ...path: readonly (string | number)[]): unknown {
  let part = value;
  for (const name of path) {
    assert.ok(typeof part === "object" && part !== null, `${path.join(".")}: nothing above ${name}`);
    part = Reflect.get(part, name);
  }
  assert.notEqual(part, undefined, path.join("."));
  return part;
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const part = partOf(value, ...path);
  assert.ok(typeof part === "string", path.join("."));
  return part;
}

/** The objects in a list, or among the values of an object. */
export function itemsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  assert.ok(typeof value === "object" && value !== null);
  return Object.values(value);
}

export async function parsedRecipe(file: string): Promise<unknown> {
  return parse(await recipeText(file));
}

export interface ScriptRun {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout with an origin, and the programs and variables that the shell parts of a recipe find on a runner. */
export interface RecipeBench {
  readonly dir: string;
  readonly emulator: Emulator;
  /** The variables that CI sets: tokens and target. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder outside the checkout. */
  readonly runnerTemp: string;
  /** Runs a shell script as the CI system does: in the checkout, until the first command that fails. */
  run(script: string, shell: readonly string[], env?: Readonly<Record<string, string>>): Promise<ScriptRun>;
  /** Adds a program to the runner. @param source a script for Node.js */
  addProgram(name: string, source: string): Promise<void>;
  /** The packages that npm was asked to install. */
  installed(): Promise<readonly string[]>;
  /** Commits to `main` of the origin, like a merge. */
  merge(files: Readonly<Record<string, string>>): Promise<void>;
  /** A file of `main` in the origin. */
  merged(file: string): Promise<string>;
}

/** The file of the checkout: one integration that doesn't exist yet. */
export const RECIPE_FILE = fileOf(block("web"));

export async function recipeBench(t: TestContext): Promise<RecipeBench> {
  const folder = await temporaryFolder(t);
  const place = (name: string): string => join(folder, name);
  const [origin, other, dir, bin, runnerTemp] = [
    place("origin"),
    place("other"),
    place("checkout"),
    place("bin"),
    place("temp"),
  ] as const;
  await Promise.all([origin, other, bin, runnerTemp].map((path) => mkdir(path)));
  await gitIn(origin, "init", "-q", "--bare", "-b", "main");
  const repository = await gitRepository(other);
  await repository.git("remote", "add", "origin", origin);
  const emulator = await startEmulator();
  t.after(() => emulator.close());

  const addProgram = async (name: string, source: string): Promise<void> => {
    const path = join(bin, name);
    await writeFile(`${path}.mjs`, source);
    await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${path}.mjs" "$@"\n`);
    await chmod(path, 0o755);
  };
  await writeFile(
    join(bin, "buddy-integrations"),
    `#!/bin/sh\nexec "${process.execPath}" "${fileURLToPath(new URL("dist/bin.js", root))}" "$@"\n`,
  );
  await chmod(join(bin, "buddy-integrations"), 0o755);
  const npmLog = join(folder, "npm.log");
  await addProgram(
    "npm",
    `import { appendFileSync } from "node:fs";
     appendFileSync(${JSON.stringify(npmLog)}, process.cwd() + ": " + process.argv.slice(2).join(" ") + "\\n");`,
  );

  const merge = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(other, name), text);
    await repository.commit("merged");
    await repository.git("push", "-q", "origin", "HEAD:main");
  };
  await merge({ "integrations.yaml": RECIPE_FILE });
  await gitIn(folder, "clone", "-q", origin, dir);

  const env = {
    FILE: "integrations.yaml",
    LOCKFILE: "integrations.lock.yaml",
    WORKSPACE: emulator.workspace,
    API: emulator.url,
    BUDDY_READ_TOKEN: READ_ONLY_TOKEN,
    RUNNER_TEMP: runnerTemp,
  };
  return {
    dir,
    emulator,
    env,
    runnerTemp,
    addProgram,
    merge,
    merged: (file) => gitIn(origin, "show", `main:${file}`),
    installed: async () => (await readFile(npmLog, "utf8").catch(() => "")).split("\n").filter(Boolean),
    run: (script, [shell = "sh", ...args], more = {}) => {
      const path = [bin, process.env["PATH"] ?? ""].join(delimiter);
      const quiet = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", HOME: folder };
      const options = { cwd: dir, env: { PATH: path, ...quiet, ...env, ...more } };
      return new Promise((done) => {
        execFile(shell, [...args, "-c", script], options, (error, stdout, stderr) => {
          done({ exit: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, stdout, stderr });
        });
      });
    },
  };
}
