import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { copyFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { root } from "./root.ts";
import { parseScript, type ScriptStep } from "./behaviour-script.ts";
import { runCli, workbench, type CliResult, type Workbench } from "./workbench.ts";

const FOLDERS = new URL("test/behaviours/", root);
const SCRIPT = "script";
const SCREEN = "output.txt";
/** What the scripts' files refer to. A fingerprint key is set, so that a plan can tell a rotated value. */
const VALUES = { TOKEN: "s3cret-token", PASSWORD: "s3cret-word", BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };
/** As wide as the narrowest terminal that people use. */
const COLUMNS = 80;

/** Names of the behaviour folders, sorted. */
export async function behaviourNames(): Promise<string[]> {
  const entries = await readdir(FOLDERS, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
}

/** Runs the script of a behaviour folder and compares what it shows with `output.txt`; UPDATE_GOLDEN=1 writes it instead. */
export async function assertBehaviour(test: TestContext, name: string): Promise<void> {
  const folder = fileURLToPath(new URL(`${name}/`, FOLDERS));
  const bench = await workbench(test, { seed: fileURLToPath(new URL("seed.yaml", FOLDERS)) });
  await cp(folder, bench.dir, {
    recursive: true,
    filter: (path) => ![SCRIPT, SCREEN].some((own) => path === join(folder, own)),
  });
  const screen = await playScript(bench, parseScript(await readFile(join(folder, SCRIPT), "utf8")));
  const golden = join(folder, SCREEN);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, screen);
  const expected = existsSync(golden) ? readFileSync(golden, "utf8") : "";
  assert.equal(screen, expected, `test/behaviours/${name}/${SCREEN} differs; UPDATE_GOLDEN=1 renews it`);
}

async function playScript(bench: Workbench, steps: readonly ScriptStep[]): Promise<string> {
  const shown: string[] = [];
  for (const step of steps) {
    if (step.kind === "text") shown.push(`${step.line}\n`);
    else {
      const before = await readAll(bench.dir);
      bench.requests();
      const printed = await play(bench, step);
      // A person's own call is no effect of the program.
      const sent = step.kind === "program" ? bench.requests().filter((request) => !request.startsWith("GET ")) : [];
      shown.push(
        `$ ${step.line}\n`,
        printed,
        ...sent.toSorted().map((request) => `--- sent ${request}\n`),
        changedFiles(before, await readAll(bench.dir)),
      );
    }
  }
  return withoutRunSpecifics(shown.join(""), bench);
}

/** @returns what the step prints, its exit code included */
async function play(bench: Workbench, step: Exclude<ScriptStep, { readonly kind: "text" }>): Promise<string> {
  const at = (name: string): string => join(bench.dir, name);
  switch (step.kind) {
    case "program":
      return streams(await runProgram(bench, step.args, step.env));
    case "cp":
      await mkdir(dirname(at(step.to)), { recursive: true });
      await copyFile(at(step.from), at(step.to));
      return "";
    case "rm":
      await rm(at(step.file));
      return "";
    case "replace": {
      const text = await readFile(at(step.file), "utf8");
      assert.ok(text.includes(step.old), `${step.file} has no ${step.old}`);
      await writeFile(at(step.file), text.replaceAll(step.old, step.by));
      return "";
    }
    case "api":
      await callByHand(bench, step.method, step.path, step.body);
      return "";
    default:
      return step satisfies never;
  }
}

function runProgram(
  bench: Workbench,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CliResult> {
  let [stdout, stderr] = ["", ""];
  const { emulator } = bench;
  const address = { BUDDY_BASE_URL: emulator.url, BUDDY_TOKEN: emulator.token, BUDDY_WORKSPACE: emulator.workspace };
  const terminal = { isTTY: true, columns: COLUMNS };
  const io = {
    stdout: { write: (text: string) => (stdout += text), ...terminal },
    stderr: { write: (text: string) => (stderr += text), ...terminal },
  };
  const ended = runCli(args, bench.dir, { env: { ...address, NO_COLOR: "1", ...VALUES, ...env }, io });
  return ended.then(({ exit }) => ({ exit, stdout, stderr }));
}

function streams({ exit, stdout, stderr }: CliResult): string {
  return [stdout, ...(stderr === "" ? [] : ["--- stderr\n", stderr]), `--- exit ${exit}\n`].join("");
}

/** Someone works in the web page: a call of the API with the emulator's own token. */
async function callByHand(
  { emulator }: Workbench,
  method: string,
  path: string,
  body: string | undefined,
): Promise<void> {
  const answer = await fetch(`${emulator.url}/workspaces/${emulator.workspace}${path}`, {
    method,
    headers: { authorization: `Bearer ${emulator.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body }),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.text()}`);
}

type Files = ReadonlyMap<string, string>;

async function readAll(dir: string): Promise<Files> {
  const names = (await readdir(dir, { recursive: true })).toSorted();
  const files = new Map<string, string>();
  for (const name of names) {
    if ((await stat(join(dir, name))).isFile()) files.set(name, await readFile(join(dir, name), "utf8"));
  }
  return files;
}

/** The text of new files, a diff of changed ones, the names of those that are gone. */
function changedFiles(before: Files, now: Files): string {
  const names = [...new Set([...before.keys(), ...now.keys()])].toSorted();
  return names
    .map((name) => {
      const [old, text] = [before.get(name), now.get(name)];
      if (old === text) return "";
      if (text === undefined) return `--- removed ${name}\n`;
      if (old === undefined) return `--- new ${name}\n${text}`;
      const patch = createTwoFilesPatch(name, name, old, text, "", "", {
        context: 2,
        headerOptions: FILE_HEADERS_ONLY,
      });
      // The names are in our own heading.
      return `--- changed ${name}\n${patch.split("\n").slice(2).join("\n")}`;
    })
    .join("");
}

/** Without what differs from run to run. Hashes of plans and fingerprints are numbered: a new number is a new one. */
function withoutRunSpecifics(text: string, { dir, emulator }: Workbench): string {
  const numbers = new Map<string, number>();
  const numbered = (found: string, name: string): string => {
    const number = numbers.get(found) ?? numbers.size + 1;
    numbers.set(found, number);
    return `${name}:${number}`;
  };
  return text
    .replaceAll(emulator.url, "http://127.0.0.1:8787")
    .replaceAll(dir, "DIR")
    .replaceAll(
      /\b(sha256):[0-9a-f]{64}|(hmac-sha256):[0-9a-f]{8}:[\w-]+/g,
      (found, plan?: string, fingerprint?: string) => numbered(found, plan ?? fingerprint ?? ""),
    );
}
