import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { applyPatch, parsePatch } from "diff";
import { startEmulator } from "../../src/emulator/index.ts";
import type { Io } from "../../src/io.ts";
import { APPLY_JOB, OUTSIDE_FILES, PLAN_JOB, type Job } from "./attack-jobs.ts";
import { mappedFetch } from "./attack-network.ts";
import { gitRepository, REAL_GIT } from "./git.ts";
import { callByHand } from "./play-script.ts";
import { root } from "./root.ts";
import { runOnTerminal } from "./workbench.ts";

export const ATTACKS = fileURLToPath(new URL("test/attacks/", root));

/**
 * The workspace and the repository at the time when the honest pull request was reviewed. Each attack begins with a
 * copy.
 */
export interface AttackStart {
  readonly dir: string;
  /** The commit of main, as messages name it. */
  readonly base: string;
  /** Runs git once for each command and returns the same answer to every copy. Valid while nothing is committed. */
  readonly commits: Pick<Io, "git">;
  remove(): Promise<void>;
}

export async function prepareAttacks(): Promise<AttackStart> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-attacks-"));
  const repository = join(dir, "repository");
  await cp(join(ATTACKS, "main"), repository, { recursive: true });
  await mkdir(join(dir, "outside"));
  for (const [name, text] of Object.entries(OUTSIDE_FILES)) await writeFile(join(dir, "outside", name), text);
  const emulator = await startEmulator({ seed: join(ATTACKS, "seed.yaml"), data: join(dir, "workspace.json") });
  const run = async (job: Job, ...args: readonly string[]): Promise<void> => {
    const { fetch } = mappedFetch(emulator);
    const result = await runOnTerminal(args, repository, { env: job.env(dir), io: { fetch, ...REAL_GIT } });
    assert.equal(result.exit, 0, result.stdout + result.stderr);
  };
  await run(APPLY_JOB, "apply", "--concurrency", "1");
  await callByHand(emulator, "POST", "/integrations", JSON.stringify(STRANGERS_INTEGRATION));
  const made = await gitRepository(repository);
  const base = (await made.commit("main")).slice(0, 12);
  await made.git("checkout", "-q", "-b", "pull-request");
  await applyEdits(repository, join(ATTACKS, "honest.diff"));
  await made.commit("honest");
  await run(PLAN_JOB, "plan", "--base", "main", "--out", "../reviewed.json");
  await emulator.close();
  return { dir, base, commits: rememberedGit(), remove: () => rm(dir, { recursive: true, force: true }) };
}

function rememberedGit(): Pick<Io, "git"> {
  const answers = new Map<string, ReturnType<Io["git"]>>();
  return {
    git: (folder, args) => {
      const isOfFolder = args[0] === "ls-files" || args.includes("--show-toplevel");
      const name = args.join("\0");
      const answer = answers.get(name) ?? REAL_GIT.git(folder, args);
      if (!isOfFolder) answers.set(name, answer);
      return answer;
    },
  };
}

/** An integration that somebody else created in the web page. */
const STRANGERS_INTEGRATION = {
  type: "GIT_HUB",
  name: "Unmanaged",
  identifier: "unmanaged",
  scope: "WORKSPACE",
  token: "made-by-hand",
};

/** Applies a patch. @returns its first lines, which say in words what it is */
export async function applyEdits(dir: string, file: string): Promise<string> {
  const text = await readFile(file, "utf8");
  for (const part of parsePatch(text)) {
    const [from, to] = [part.oldFileName ?? "", part.newFileName ?? ""];
    const path = join(dir, (to === "/dev/null" ? from : to).replace(/^[ab]\//, ""));
    const before = from === "/dev/null" ? "" : await readFile(path, "utf8");
    const after = applyPatch(before, part);
    assert.ok(after !== false, `${file} doesn't apply to ${path}`);
    await mkdir(dirname(path), { recursive: true });
    await (to === "/dev/null" ? rm(path) : writeFile(path, after));
  }
  return text.slice(0, text.indexOf("\n--- ")).trimEnd();
}
