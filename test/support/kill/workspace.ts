import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator, type StoredIntegration } from "../../../src/emulator/index.ts";
import { parseLockfile } from "../../../src/checkout/lockfile/read.ts";
import type { LockEntry } from "../../../src/model/lockfile.ts";
import { gitRepository } from "../git.ts";
import { DELETED, HIDDEN, yamlOf, wantedAfter, wantedBefore, type Size } from "./wanted.ts";
import { assertBuilt, runProgram, type ProgramOptions, type ProgramResult } from "./program.ts";

/** How the server lists: `new` in parts, `old` (before August 2026) everything in each of them. */
export const LISTS = ["new", "old"] as const;
export type List = (typeof LISTS)[number];

/**
 * The apply that is killed. It creates, updates (plain and secret fields) and replaces in the workspace and in
 * projects. One project can't be seen and one is deleted: their keys are refused each time.
 */
export const APPLY_COMMAND = ["sync", "--apply", "--allow-replace", "--max-deletions", "1000"] as const;

/** The server never delays anything, so the program's waits can be short. */
const CLOCK_SPEED = 50;

const ENV = { BUDDY_INTEGRATIONS_KEY: "ab".repeat(32), TOKEN: "first-token", NEXT_TOKEN: "second-token" };
const LOCKFILE = "integrations.lock.yaml";

/** The workspace and the checkout before the apply. Each {@link WorkspaceCopy} begins as a copy of them. */
export class PreparedWorkspace {
  readonly size: Size;
  readonly #dir: string;
  #lock = "";
  #url = "";

  private constructor(size: Size, dir: string) {
    this.size = size;
    this.#dir = dir;
  }

  static async prepare(size: Size): Promise<PreparedWorkspace> {
    // Before the emulator starts, which would keep a failed test running.
    assertBuilt();
    const prepared = new PreparedWorkspace(size, await mkdtemp(join(tmpdir(), "buddy-integrations-kill-")));
    // A git repository, so that git can say that the journal isn't committed.
    await gitRepository(prepared.#dir);
    const emulator = await startEmulator({ data: join(prepared.#dir, "data"), unique: "none" });
    for (const name of [HIDDEN, DELETED]) await projects(emulator, "POST", "", { name, display_name: name });
    await writeFile(join(prepared.#dir, "integrations.yaml"), yamlOf(wantedBefore(size)));
    const ended = await runProgram(["sync", "--apply"], {
      cwd: prepared.#dir,
      env: { ...ENV, ...emulatorEnv(emulator) },
    });
    if (ended.exit !== 0) throw new Error(`the workspace can't be prepared: ${ended.stderr}`);
    await projects(emulator, "DELETE", `/${DELETED}`);
    prepared.#url = emulator.url;
    prepared.#lock = await readFile(join(prepared.#dir, LOCKFILE), "utf8");
    await emulator.close();
    return prepared;
  }

  async remove(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }

  async copy(list: List): Promise<WorkspaceCopy> {
    const dir = await mkdtemp(join(this.#dir, "copy-"));
    await copyFile(join(this.#dir, "data"), join(dir, "data"));
    const emulator = await startEmulator({ data: join(dir, "data"), unique: "none", list, hidden: [HIDDEN] });
    const checkout = join(dir, "checkout");
    await mkdir(checkout);
    const copy = new WorkspaceCopy(checkout, emulator, this.size, this.#lock.replaceAll(this.#url, emulator.url));
    await copy.checkOut();
    return copy;
  }
}

/** One workspace and one checkout: the apply runs and is killed there, and the tests look at the result. */
export class WorkspaceCopy {
  readonly emulator: Emulator;
  readonly dir: string;
  readonly #size: Size;
  readonly #lock: string;

  constructor(dir: string, emulator: Emulator, size: Size, lock: string) {
    this.dir = dir;
    this.emulator = emulator;
    this.#size = size;
    this.#lock = lock;
  }

  /** Makes a fresh checkout of the commit: the journal, and the lockfile of a killed run, are lost. */
  async checkOut(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
    await mkdir(this.dir);
    await writeFile(join(this.dir, "integrations.yaml"), yamlOf(wantedAfter(this.#size)));
    await writeFile(join(this.dir, LOCKFILE), this.#lock);
  }

  async deleteLockfile(): Promise<void> {
    await rm(join(this.dir, LOCKFILE), { force: true });
  }

  run(args: readonly string[], options: Partial<ProgramOptions> = {}): Promise<ProgramResult> {
    return runProgram(args, {
      cwd: this.dir,
      clockSpeed: CLOCK_SPEED,
      ...options,
      env: { ...ENV, ...emulatorEnv(this.emulator), ...options.env },
    });
  }

  async close(): Promise<void> {
    await this.emulator.close();
    await rm(join(this.dir, ".."), { recursive: true, force: true });
  }

  /** The workspace and the checkout after the apply, as one comparable text. */
  async result(): Promise<string> {
    const text = await readFile(join(this.dir, LOCKFILE), "utf8");
    const lock = parseLockfile(LOCKFILE, text);
    if (!lock.ok) throw new Error(`the lockfile can't be read: ${JSON.stringify(lock.error)}`);
    const stored = new Map(this.emulator.stored().map((item) => [item.hash_id, item]));
    const entries = [...lock.value.sections.values()].flatMap((section) => [...section]);
    const locked = entries.map(([key, entry]) => lockedLine(key, entry, stored));
    const known = new Set(entries.flatMap(([, { hashId, superseded }]) => [hashId, ...superseded]));
    const stray = [...stored.values()]
      .filter(({ hash_id }) => !known.has(hash_id))
      .map((item) => `stray ${describeStored(item)}`);
    const files = (await readdir(this.dir)).toSorted().map((name) => `file ${name}`);
    return [...locked, ...stray, ...files].join("\n");
  }
}

/** Hashes differ from run to run: each is replaced by a description of its integration. */
function lockedLine(key: string, entry: LockEntry, stored: ReadonlyMap<string, StoredIntegration>): string {
  const { hashId, superseded, lastSent, ...rest } = entry;
  const sent = JSON.stringify([...lastSent]).replaceAll(/hmac-sha256:\w+:[\w-]+/g, "FINGERPRINT");
  const former = superseded.map((hash) => describeStored(stored.get(hash)));
  return `${key} ${JSON.stringify(rest)} ${sent} is ${describeStored(stored.get(hashId))} supersedes [${former.join(", ")}]`;
}

function describeStored(item: StoredIntegration | undefined): string {
  if (item === undefined) return "nothing";
  const { type, name, identifier, scope, project_name, token, username } = item;
  return JSON.stringify([
    type,
    name,
    identifier.replace(item.hash_id, "HASH"),
    scope,
    project_name,
    token,
    username,
    item.all_pipelines_allowed,
    item.permissions,
  ]);
}

function emulatorEnv({ url, token, workspace }: Emulator): Record<string, string> {
  return { BUDDY_BASE_URL: url, BUDDY_TOKEN: token, BUDDY_WORKSPACE: workspace };
}

async function projects(emulator: Emulator, method: string, path: string, body?: object): Promise<void> {
  const answer = await fetch(`${emulator.url}/workspaces/${emulator.workspace}/projects${path}`, {
    method,
    headers: { authorization: `Bearer ${emulator.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`the workspace can't be prepared: ${method} ${path} returned ${answer.status}`);
}
