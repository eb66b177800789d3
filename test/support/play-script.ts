import assert from "node:assert/strict";
import { copyFile, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { Emulator } from "../../src/emulator/index.ts";
import type { ScriptStep, SpecialStep } from "./behaviour-script.ts";
import type { CliResult } from "./workbench.ts";

/** What a command printed, and its other effects. */
interface StageResult extends CliResult {
  /** Lines such as `sent POST /…`. */
  readonly effects: readonly string[];
}

/** Runs the commands of a script. */
export interface ScriptStage {
  /** The folder that the script sees. */
  readonly dir: string;
  run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<StageResult>;
  /** Calls the API, as somebody else who changes the workspace. */
  call(method: string, path: string, body: string | undefined): Promise<void>;
  /** Runs a step that only some stages support. @returns what it prints */
  special(step: SpecialStep): Promise<string>;
}

/** Runs a script. @returns each command, its output, its effects and the files it changes */
export async function playScript(stage: ScriptStage, steps: readonly ScriptStep[]): Promise<string> {
  const shown: string[] = [];
  for (const step of steps) {
    if (step.kind === "text") shown.push(`${step.line}\n`);
    else {
      const before = await readAll(stage.dir);
      const printed = await play(stage, step);
      shown.push(`$ ${step.line}\n`, printed, changedFiles(before, await readAll(stage.dir)));
    }
  }
  return shown.join("");
}

/** @returns what the step prints, its exit code included */
async function play(stage: ScriptStage, step: Exclude<ScriptStep, { readonly kind: "text" }>): Promise<string> {
  const at = (name: string): string => join(stage.dir, name);
  switch (step.kind) {
    case "program":
      return streams(await stage.run(step.args, step.env));
    case "cp":
      await mkdir(dirname(at(step.to)), { recursive: true });
      await copyFile(at(step.from), at(step.to));
      return "";
    case "rm":
      await rm(at(step.file));
      return "";
    case "ln":
      await rm(at(step.file), { force: true });
      await symlink(step.target, at(step.file));
      return "";
    case "replace": {
      const text = await readFile(at(step.file), "utf8");
      assert.ok(text.includes(step.old), `${step.file} has no ${step.old}`);
      await writeFile(at(step.file), text.replaceAll(step.old, step.by));
      return "";
    }
    case "api":
      await stage.call(step.method, step.path, step.body);
      return "";
    case "job":
    case "patch":
    case "git":
      return stage.special(step);
    default:
      return step satisfies never;
  }
}

function streams({ exit, stdout, stderr, effects }: StageResult): string {
  const said = [stdout, ...(stderr === "" ? [] : ["--- stderr\n", stderr]), `--- exit ${exit}\n`];
  return [...said, ...effects.map((effect) => `--- ${effect}\n`)].join("");
}

/** Calls the API with the emulator's own token, like a person in the web page. */
export async function callByHand(
  { url, token, workspace }: Emulator,
  method: string,
  path: string,
  body: string | undefined,
): Promise<void> {
  const answer = await fetch(`${url}/workspaces/${workspace}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body }),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.text()}`);
}

type Files = ReadonlyMap<string, string>;

/** Every file below a folder, by its relative path, except for git's. The value of a link is its target. */
export async function readAll(dir: string, below = ""): Promise<Files> {
  const files = new Map<string, string>();
  for (const entry of await readdir(join(dir, below), { withFileTypes: true })) {
    const name = join(below, entry.name);
    if (entry.isFile()) files.set(name, await readFile(join(dir, name), "utf8"));
    else if (entry.isSymbolicLink()) files.set(name, `→ ${await readlink(join(dir, name))}\n`);
    else if (entry.isDirectory() && entry.name !== ".git")
      for (const [path, text] of await readAll(dir, name)) files.set(path, text);
  }
  return files;
}

/** The text of new files, the diff of changed files, and the names of deleted files. */
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
      // Our heading replaces the two lines with the names.
      return `--- changed ${name}\n${patch.split("\n").slice(2).join("\n")}`;
    })
    .join("");
}

/**
 * Replaces what differs from run to run. Hashes of plans and fingerprints become numbers: a new number means a new
 * hash.
 */
export function withoutRunSpecifics(text: string, names: readonly (readonly [string, string])[]): string {
  const numbers = new Map<string, number>();
  const numbered = (found: string, name: string): string => {
    const number = numbers.get(found) ?? numbers.size + 1;
    numbers.set(found, number);
    return `${name}:${number}`;
  };
  return names
    .reduce((named, [found, name]) => named.replaceAll(found, name), text)
    .replaceAll(
      /\b(sha256):[0-9a-f]{64}|(hmac-sha256):[0-9a-f]{8}:[\w-]+/g,
      (found, plan?: string, fingerprint?: string) => numbered(found, plan ?? fingerprint ?? ""),
    );
}
