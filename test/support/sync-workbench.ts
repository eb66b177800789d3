import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import type { TestContext } from "node:test";
import type { EmulatorOptions, StoredIntegration } from "../../src/emulator/index.ts";
import { parseLockfile } from "../../src/checkout/lockfile/read.ts";
import type { LockEntry } from "../../src/model/lockfile.ts";
import type { Change } from "../../src/plan/change.ts";
import { fileOf } from "./desired-file.ts";
import { workbench, type CliOptions, type CliResult, type Workbench } from "./workbench.ts";
import { parseReport, type OneFileReport } from "./report.ts";

/** The result of a run with `--format json`. The report was checked against the schema. */
export interface SyncRun {
  readonly exit: number;
  readonly stderr: string;
  readonly report: OneFileReport;
  /** The changes except `keep`, in a few words each: `update web name:edited`, `delete old REFUSED protected`. */
  readonly changes: readonly string[];
  /** `done create web`, `failed update db`… */
  readonly outcomes: readonly string[];
  /** Codes of the diagnostics. */
  readonly codes: readonly string[];
}

/** A workbench for tests that plan and apply several times. */
export interface SyncWorkbench extends Workbench {
  /**
   * Writes integrations.yaml with these lines below `integrations:`. One string may hold one integration or several.
   */
  writeIntegrations(...integrations: readonly string[]): Promise<void>;
  /** Runs `sync --plan`, and asserts that it sends only GET requests and changes no file. */
  plan(args?: readonly string[], options?: CliOptions): Promise<SyncRun>;
  /** Runs `sync --apply`. */
  apply(args?: readonly string[], options?: CliOptions): Promise<SyncRun>;
  /** The lock entry of a key, in the section of the emulator's workspace or of another. */
  lockedEntry(key: string, section?: string): Promise<LockEntry | undefined>;
  /** The stored integration with this identifier; there must be one. */
  stored(identifier: string): StoredIntegration;
  /** Calls the API with the emulator's own token, like a person in the web page or another tool. */
  byHand(method: string, path: string, body?: object): Promise<unknown>;
}

/** Values of the variables in the tests' files. */
export const TEST_VALUES = {
  TOKEN: "token-1f9d",
  OTHER: "other-77aa",
  BUDDY_INTEGRATIONS_KEY: "ab".repeat(32),
} as const;

export async function syncWorkbench(test: TestContext, options: EmulatorOptions = {}): Promise<SyncWorkbench> {
  const bench = await workbench(test, options);
  const { emulator } = bench;
  const run = (args: readonly string[], given: CliOptions = {}): Promise<CliResult> =>
    bench.run(args, { ...given, env: { ...TEST_VALUES, ...given.env } });
  const json = async (args: readonly string[], given?: CliOptions): Promise<SyncRun> =>
    parsedRun(await run(["sync", ...args, "--format", "json"], given));
  return {
    ...bench,
    run,
    writeIntegrations: (...integrations) => bench.write("integrations.yaml", fileOf(...integrations)),
    plan: async (args = [], given) => {
      bench.requests();
      const before = await filesOf(bench);
      const ran = await json(["--plan", ...args], given);
      assert.deepEqual(
        bench.requests().filter((request) => !request.startsWith("GET ")),
        [],
      );
      const out = args[args.indexOf("--out") + 1] ?? "";
      assert.deepEqual(
        (await filesOf(bench)).filter(([name]) => name !== out),
        before.filter(([name]) => name !== out),
      );
      return ran;
    },
    apply: (args = [], given) => json(["--apply", ...args], given),
    lockedEntry: async (key, section = `${emulator.url}/workspaces/${emulator.workspace}`) => {
      const lock = parseLockfile("lock", (await bench.read("integrations.lock.yaml")) ?? "");
      return lock.ok ? lock.value.sections.get(section)?.get(key) : undefined;
    },
    stored: (identifier) => {
      const [found, ...others] = emulator.stored().filter((item) => item.identifier === identifier);
      assert.ok(found !== undefined && others.length === 0, `${others.length + 1} or no ${identifier}`);
      return found;
    },
    byHand: async (method, path, body) => {
      const answer = await fetch(`${emulator.url}/workspaces/${emulator.workspace}${path}`, {
        method,
        headers: { authorization: `Bearer ${emulator.token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
      return answer.status === 204 ? undefined : answer.json();
    },
  };
}

/** A change in a few words. */
function changeInWords(change: Change): string {
  const fields = "fields" in change && change.action === "update" ? change.fields : [];
  return [
    change.action,
    change.key,
    ...fields.map(({ path, reason }) => `${path}:${reason}`),
    ...(change.refused === undefined ? [] : ["REFUSED", change.refused.code]),
  ].join(" ");
}

/** The change of this key. Fails when the plan has none. */
export function changeOf<A extends Change["action"]>(
  { report }: SyncRun,
  action: A,
  key: string,
): Extract<Change, { readonly action: A }> {
  const found = report.plan?.changes.find(
    (change): change is Extract<Change, { readonly action: A }> => change.action === action && change.key === key,
  );
  assert.ok(found !== undefined, `no ${action} of ${key}`);
  return found;
}

function parsedRun({ exit, stdout, stderr }: CliResult): SyncRun {
  const report = parseReport(stdout);
  assert.equal(report.exit_code, exit);
  return {
    exit,
    stderr,
    report,
    changes: (report.plan?.changes ?? []).filter(({ action }) => action !== "keep").map(changeInWords),
    outcomes: (report.outcomes ?? []).map(({ outcome, action, key }) => `${outcome} ${action} ${key}`),
    codes: report.diagnostics.map(({ code }) => code),
  };
}

/** Every file with its text. */
async function filesOf(bench: Workbench): Promise<[string, string | undefined][]> {
  const names = (await readdir(bench.dir)).toSorted();
  return Promise.all(names.map(async (name): Promise<[string, string | undefined]> => [name, await bench.read(name)]));
}
