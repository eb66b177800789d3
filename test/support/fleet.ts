import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { parseLockfile } from "../../src/checkout/lockfile/read.ts";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/index.ts";
import type { LockSection } from "../../src/model/lockfile.ts";
import { parseRuns, type ReportDocument } from "./report.ts";
import { TEST_VALUES } from "./sync-workbench.ts";
import { workbench, type CliOptions, type CliResult } from "./workbench.ts";

/** Many files for many workspaces, and one emulator that serves them all. */
export interface Fleet {
  readonly dir: string;
  readonly emulator: Emulator;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a file of desired state for a workspace, below the folder. */
  file(name: string, workspace: string, ...blocks: readonly string[]): Promise<void>;
  write(name: string, text: string): Promise<void>;
  read(name: string): Promise<string | undefined>;
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Like `run`, with `--format json`; the report is checked against its schema. */
  report(args: readonly string[], options?: CliOptions): Promise<ReportDocument>;
  /** The section of a workspace in a lockfile. */
  section(lockfile: string, workspace: string): Promise<LockSection>;
  /** The requests since the last call. */
  requests(): string[];
}

/** Names of workspaces: `team-01`, … */
export function workspaceNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `team-${String(index + 1).padStart(2, "0")}`);
}

export async function fleet(
  t: TestContext,
  workspaces: readonly string[],
  options: EmulatorOptions = {},
): Promise<Fleet> {
  const bench = await workbench(t);
  const seed = join(bench.dir, "seed.yml");
  await writeFile(seed, seedOf(workspaces));
  const emulator = await startEmulator({ seed, ...options });
  t.after(() => emulator.close());
  const env = { ...TEST_VALUES, BUDDY_BASE_URL: emulator.url, BUDDY_TOKEN: "full", BUDDY_WORKSPACE: undefined };
  const run: Fleet["run"] = (args, given = {}) => bench.run(args, { ...given, env: { ...env, ...given.env } });
  const write: Fleet["write"] = async (name, text) => {
    await mkdir(dirname(join(bench.dir, name)), { recursive: true });
    await writeFile(join(bench.dir, name), text);
  };
  let seen = 0;
  return {
    dir: bench.dir,
    emulator,
    env,
    write,
    file: (name, workspace, ...blocks) =>
      write(
        name,
        `version: 1\nworkspace: ${workspace}\nintegrations:\n${blocks.map((text) => `  ${text}\n`).join("")}`,
      ),
    read: (name) => readFile(join(bench.dir, name), "utf8").catch(() => undefined),
    run,
    report: async (args, given) => parseRuns((await run([...args, "--format", "json"], given)).stdout),
    section: async (lockfile, workspace) => {
      const text = await readFile(join(bench.dir, lockfile), "utf8").catch(
        () => "lockfile_version: 2\nworkspaces: {}\n",
      );
      const lock = parseLockfile(lockfile, text);
      if (!lock.ok) throw new Error(`${lockfile} can't be read:\n${text}`);
      return lock.value.sections.get(`${emulator.url}/workspaces/${workspace}`) ?? new Map();
    },
    requests: () => {
      const all = emulator.requests.slice(seen);
      seen = emulator.requests.length;
      return all.map(({ method, path }) => `${method} ${path}`);
    },
  };
}

function seedOf(workspaces: readonly string[]): string {
  const owner = "{ id: 1, name: Owner, email: owner@example.com, owner: true }";
  return [
    "users: [{ id: 1, name: Owner, email: owner@example.com }]",
    "tokens: [{ name: full, token: full, user: 1, scopes: all }]",
    "workspaces:",
    ...workspaces.map((name, index) => `  ${name}: { id: ${index + 1}, members: [${owner}] }`),
    "",
  ].join("\n");
}

/** The changes of each file, in a few words each. */
export function changesByFile({ runs = [] }: ReportDocument): Record<string, readonly string[]> {
  return Object.fromEntries(
    runs.map(({ file, plan }) => [
      file,
      (plan?.changes ?? []).flatMap((change) => {
        if (change.action === "keep") return [];
        const why = change.action === "forget" ? ` ${change.why}` : "";
        return [`${change.action} ${change.key}${why}${change.refused ? ` REFUSED ${change.refused.code}` : ""}`];
      }),
    ]),
  );
}

/** The exit code and the codes of the problems of each file. */
export function endsByFile({ runs = [] }: ReportDocument): Record<string, readonly (string | number)[]> {
  return Object.fromEntries(
    runs.map(({ file, exit_code, diagnostics }) => [file, [exit_code, ...diagnostics.map(({ code }) => code)]]),
  );
}
