import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator, type StoredIntegration } from "../../../src/emulator/index.ts";
import { isProbeName } from "../../../src/model/probe-name.ts";
import { runProgram, type ProgramOptions, type ProgramResult } from "./program.ts";

/** A workspace with other people's integrations, and the built program that probes it. */
export interface ProbedWorkspace {
  readonly emulator: Emulator;
  /** `doctor --probe --yes` in a process. */
  probe(options?: Partial<ProgramOptions>): Promise<ProgramResult>;
  /** The boundaries where a probe can be killed, such as `12 before request POST integrations`. */
  boundaries(): Promise<readonly string[]>;
  /**
   * Asserts that every other integration has the name and the permissions of a probe, that other people's are
   * unchanged, and that the next probe removes the rest.
   */
  assertNextRemoves(after: string): Promise<void>;
  /** The integrations that are not other people's. */
  left(): readonly StoredIntegration[];
  close(): Promise<void>;
}

export async function probedWorkspace(): Promise<ProbedWorkspace> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-probe-"));
  const emulator = await startEmulator();
  const { url, token, workspace } = emulator;
  for (const name of ["Production", "buddy-integrations-probe-0123456789abcd"]) {
    await fetch(`${url}/workspaces/${workspace}/integrations`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ type: "VULTR", name, token: "theirs", scope: "WORKSPACE" }),
    });
  }
  const strangers = JSON.stringify(emulator.stored());
  const theirs = new Set(emulator.stored().map(({ hash_id: hash }) => hash));
  const left = (): readonly StoredIntegration[] => emulator.stored().filter(({ hash_id: hash }) => !theirs.has(hash));
  const probe: ProbedWorkspace["probe"] = (options = {}) =>
    runProgram(["doctor", "--probe", "--project", "my-project", "--yes", "--format", "json"], {
      cwd: dir,
      env: { BUDDY_BASE_URL: url, BUDDY_TOKEN: token, BUDDY_WORKSPACE: workspace },
      clockSpeed: 20,
      ...options,
    });
  return {
    emulator,
    probe,
    left,
    boundaries: async () => {
      const log = join(dir, "boundaries");
      const ended = await probe({ faults: { log } });
      assert.equal(ended.exit, 0, ended.stderr);
      return (await readFile(log, "utf8")).trimEnd().split("\n");
    },
    assertNextRemoves: async (after) => {
      for (const each of left()) {
        assert.ok(isProbeName(each.name), `${after}: ${each.name}`);
        assert.deepEqual([each.permissions.others, each.all_pipelines_allowed], ["DENIED", false], after);
      }
      if (left().length === 0) return assert.equal(JSON.stringify(emulator.stored()), strangers, after);
      const next = await probe();
      assert.equal(next.exit, 0, `${after}: ${next.stderr}`);
      assert.deepEqual(left(), [], after);
      assert.equal(JSON.stringify(emulator.stored()), strangers, after);
    },
    close: async () => {
      await emulator.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
