import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseLockfile } from "../../src/checkout/lockfile/read.ts";
import { block, fileOf } from "../support/desired-file.ts";
import { runProgram, startProgram, type ProgramOptions, type ProgramResult } from "../support/kill/program.ts";

export interface LoadSize {
  readonly integrations: number;
  /** Requests that the emulator allows in `windowSeconds`. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** The apply is killed after this many creations. */
  readonly killAfter: number;
}

export interface LoadResult {
  readonly planSeconds: number;
  readonly applySeconds: number;
  /** Peak resident memory of the last plan, in MiB. */
  readonly planMib: number;
}

const ENV = { TOKEN: "a-token", BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };

const PLACES = [
  {},
  { scope: "PROJECT", project_name: "company-website" },
  { scope: "PROJECT", project_name: "my-project" },
] as const;

/**
 * Applies integrations of the workspace and of two projects. The apply is killed in the middle and resumed. Then nothing
 * exists twice, and a plan has nothing to do.
 */
export async function applyUnderLoad(size: LoadSize): Promise<LoadResult> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-load-"));
  const { integrations, limit, windowSeconds } = size;
  const emulator = startProgram(["emulate", "--port", "0", "--rate-limit", `${limit}/${windowSeconds}`], dir);
  try {
    const env = { ...ENV, ...(await printedVariables(emulator)) };
    const blocks = Array.from({ length: integrations }, (_, n) =>
      block(`k${n}`, { type: "GIT_LAB", ...PLACES[n % PLACES.length] }),
    );
    await writeFile(join(dir, "integrations.yaml"), fileOf(...blocks));
    const run = (args: readonly string[], options: Partial<ProgramOptions> = {}): Promise<ProgramResult> =>
      runProgram(args, { cwd: dir, env, ...options });
    // The emulator carries out requests at once, so there is no need to wait.
    const apply = ["sync", "--apply", "--max-wait", "3600", "--settle", "0"];

    const started = performance.now();
    const killed = await run(apply, { killAfterLines: { pattern: "created ", count: size.killAfter } });
    assert.equal(killed.signal, "SIGKILL", killed.stderr.slice(-2000));
    const resumed = await run(apply);
    const applySeconds = (performance.now() - started) / 1000;
    assert.equal(resumed.exit, 0, resumed.stderr.slice(-2000));
    assert.match(resumed.stderr, /interrupted while it created/);
    assert.match(killed.stderr + resumed.stderr, /waiting \d+ s: the API's rate limit is used up/);

    const again = performance.now();
    const planned = await run(["sync", "--plan", "--detailed-exitcode", "--max-wait", "3600"], { measured: true });
    const planSeconds = (performance.now() - again) / 1000;
    assert.equal(planned.exit, 0, planned.stdout.slice(-2000) + planned.stderr.slice(-2000));
    await assertOneEach(dir, env, integrations);
    return { planSeconds, applySeconds, planMib: planned.mib ?? 0 };
  } finally {
    emulator.kill("SIGKILL");
    await rm(dir, { recursive: true, force: true });
  }
}

async function assertOneEach(dir: string, env: Readonly<Record<string, string>>, count: number): Promise<void> {
  const lock = parseLockfile("lock", await readFile(join(dir, "integrations.lock.yaml"), "utf8"));
  const [section] = lock.ok ? lock.value.sections.values() : [];
  const locked = [...(section ?? [])].map(([key, { hashId }]) => `${key} ${hashId}`).toSorted();
  assert.equal(locked.length, count);
  const response = await fetch(`${env["BUDDY_BASE_URL"]}/_emulator/integrations`);
  const stored: unknown = await response.json();
  assert.ok(Array.isArray(stored));
  const live = stored.map((item: { identifier: string; hash_id: string }) => `${item.identifier} ${item.hash_id}`);
  assert.deepEqual(live.toSorted(), locked);
  assert.equal(await readFile(join(dir, "integrations.lock.yaml.journal"), "utf8").catch(() => ""), "");
}

/** The variables of the emulator's address, which it prints when it starts. */
function printedVariables(emulator: ChildProcess): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    let text = "";
    emulator.once("exit", () => reject(new Error("the emulator ended")));
    emulator.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const pairs = text
        .split("\n")
        .slice(0, -1)
        .map((line) => line.split("="));
      if (pairs.length >= 3) resolve(Object.fromEntries(pairs.map(([name = "", ...rest]) => [name, rest.join("=")])));
    });
  });
}
