import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseLockfile } from "../../../src/checkout/lockfile/read.ts";
import { startEmulator, type Emulator, type Settings } from "../../../src/emulator/index.ts";
import { block, fileOf, JOURNAL, LOCKFILE } from "../desired-file.ts";
import { gitRepository } from "../git.ts";
import { inBody } from "../places.ts";
import { inParallel, seededRandom } from "../random.ts";
import { runCli } from "../workbench.ts";
import { runProgram, type ProgramResult } from "./program.ts";

// Random runs of the built program that are killed and interrupted. The server may delay creations, return old reads,
// and change identifiers. All times are in the program's clock, which runs faster than real time.

/** Factor of the program's clock. With a much larger factor, every delay would be over before a program has started. */
const SPEED = 5;
/** How long a loaded machine may take between a record in the journal and the arrival of its request. */
const MARGIN_MS = 5_000;
/** Storms wait more than they work, so many can run at once. */
const STORMS_AT_ONCE = 10;
/** At most so many final runs. Old reads and doubtful creations need a few runs each. */
const MOST_RUNS = 8;

const ENDINGS = ["SIGKILL at a boundary", "SIGKILL", "SIGTERM", "SIGTERM twice", "SIGINT"] as const;
type Ending = (typeof ENDINGS)[number];

/** What one checkout and one server go through before the final runs. */
export interface Storm {
  readonly list: "new" | "old";
  readonly commitDelayMs: number;
  readonly lagMs: number;
  readonly identifiers: Settings["identifiers"];
  /**
   * How and when each run before the final ones ends: `at` is a boundary, or milliseconds of real time after its
   * first request.
   */
  readonly endings: readonly { readonly how: Ending; readonly at: number }[];
  /** `lost`: each next run has a fresh checkout, without the journal and without the lockfile of a killed run. */
  readonly journal: "kept" | "lost";
}

/** Makes `count` random storms. */
export function randomStorms(count: number, seed: number, journal: Storm["journal"]): Storm[] {
  const random = seededRandom(seed);
  const oneOf = <T>(list: readonly [T, ...T[]]): T => list[Math.floor(random() * list.length)] ?? list[0];
  return Array.from({ length: count }, () => ({
    list: oneOf(["new", "old"]),
    commitDelayMs: oneOf([0, 1_000, 5_000, 12_000, 12_000]),
    lagMs: oneOf([0, 0, 1_000, 6_000]),
    // Without the journal, nothing shows what a server that changes identifiers has created: docs/reliability.md,
    // "limits".
    identifiers: journal === "lost" ? "as-sent" : oneOf(["as-sent", "as-sent", "as-sent", "lower", "suffixed"]),
    endings: Array.from({ length: oneOf([1, 1, 2, 3]) }, () => {
      const how = oneOf<Ending>(["SIGKILL", "SIGKILL", "SIGTERM twice", ...ENDINGS]);
      const [least, most] = how === "SIGKILL at a boundary" ? [1, 90] : [100, 1_000];
      return { how, at: Math.floor(least + random() * (most - least)) };
    }),
    journal,
  }));
}

/** What happened in all storms, so that a test can assert that the cases it is about occurred. */
interface StormTally {
  /** Runs that waited for a creation of an earlier run of which nothing was visible yet. */
  readonly waited: number;
}

/** Runs every storm. The message of a failure holds the storm. */
export async function assertStormsEndWell(storms: readonly Storm[]): Promise<StormTally> {
  let waited = 0;
  await inParallel(storms, STORMS_AT_ONCE, async (storm) => {
    const sea = await StormyCheckout.create(storm);
    try {
      await sea.play();
      waited += sea.waited();
    } catch (error) {
      throw new Error(`${JSON.stringify(storm)}\n${sea.story()}`, { cause: error });
    } finally {
      await sea.close();
    }
  });
  return { waited };
}

const PLACES = [{ scope: "WORKSPACE" }, { scope: "PROJECT", project: "company-website" }] as const;
const ENV = { BUDDY_INTEGRATIONS_KEY: "ab".repeat(32), TOKEN: "first-token" };
const ARGS = ["sync", "--apply", "--allow-replace", "--max-deletions", "100"];

/** Keys whose integrations exist at the start. A change of type replaces them. */
const REPLACED = ["Swap_1", "Swap_2"];
/** Each name occurs twice, so that a wrong match is possible. */
const CREATED = ["New_1", "New_2", "New_3", "New_4", "New_5", "New_6"];

function desiredFile(when: "before" | "after", replaces: boolean): string {
  const replaced = replaces
    ? REPLACED.map((key, index) => blockOf(key, index, when === "before" ? "VULTR" : "SENTRY"))
    : [];
  return fileOf(...replaced, ...(when === "before" ? [] : CREATED.map((key, index) => blockOf(key, index, "VULTR"))));
}

function blockOf(key: string, index: number, type: string): string {
  const name = key.startsWith("New") ? `named ${Math.floor(index / 4)}` : key;
  return block(key, { type, name, ...inBody(PLACES[index % 2] ?? PLACES[0]) });
}

class StormyCheckout {
  readonly #storm: Storm;
  readonly #dir: string;
  readonly #emulator: Emulator;
  #lockBefore = "";
  #onRequest: () => void = () => undefined;
  readonly #ran: {
    readonly from: number;
    readonly to: number;
    readonly what: string;
    readonly result: ProgramResult;
  }[] = [];

  private constructor(storm: Storm, dir: string, emulator: Emulator) {
    this.#storm = storm;
    this.#dir = dir;
    this.#emulator = emulator;
  }

  static async create(storm: Storm): Promise<StormyCheckout> {
    const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-storm-"));
    await gitRepository(dir);
    let sea: StormyCheckout | undefined;
    const emulator = await startEmulator({
      unique: "none",
      list: storm.list,
      identifiers: storm.identifiers,
      onRequest: () => sea?.requested(),
    });
    sea = new StormyCheckout(storm, dir, emulator);
    await sea.prepare();
    return sea;
  }

  requested(): void {
    this.#onRequest();
  }

  get #replaces(): boolean {
    // A replacement renames the old identifier, which needs a server that keeps identifiers as sent.
    return this.#storm.identifiers === "as-sent";
  }

  async prepare(): Promise<void> {
    await writeFile(join(this.#dir, "integrations.yaml"), desiredFile("before", this.#replaces));
    if (this.#replaces) {
      const ended = await runCli(["sync", "--apply"], this.#dir, { env: this.#env() });
      assert.equal(ended.exit, 0, ended.stderr);
      this.#lockBefore = await readFile(join(this.#dir, LOCKFILE), "utf8");
    }
    await writeFile(join(this.#dir, "integrations.yaml"), desiredFile("after", this.#replaces));
    const { commitDelayMs, lagMs } = this.#storm;
    this.#emulator.changeSettings({ commitDelayMs: commitDelayMs / SPEED, lagMs: Math.ceil(lagMs / SPEED) });
  }

  async play(): Promise<void> {
    for (const ending of this.#storm.endings) {
      await this.#disturbed(ending);
      if (this.#storm.journal === "lost") await this.#checkOutAfresh();
    }
    let last: ProgramResult | undefined;
    for (let run = 0; run < MOST_RUNS && last?.exit !== 0; run += 1) {
      last = await this.#run("undisturbed", ARGS);
      assert.ok([0, 5, 7].includes(last.exit ?? -1), `exit ${last.exit}`);
      if (last.exit !== 0) await this.#chooseDoubtful(last);
    }
    assert.equal(last?.exit, 0, "no final run succeeded");
    await wait((this.#storm.commitDelayMs + this.#storm.lagMs + MARGIN_MS) / SPEED);
    await this.#assertOneEach();
    this.#assertPosts();
  }

  /** Does what the message of a doubtful creation asks a person to do. */
  async #chooseDoubtful({ stdout, stderr }: ProgramResult): Promise<void> {
    const chosen = [
      ...new Set([...(stdout + stderr).matchAll(/import (\S+) (\w{20,})`/g)].map(([, ...it]) => it.join(" "))),
    ];
    if (chosen.length === 0) return;
    assert.notEqual(this.#storm.identifiers, "as-sent", "nothing is doubtful where identifiers are kept");
    await this.#run("import", ["import", ...(chosen[0] ?? "").split(" ")]);
  }

  async #disturbed({ how, at }: Storm["endings"][number]): Promise<void> {
    if (how === "SIGKILL at a boundary") {
      await this.#run(how, ARGS, { faults: { killAt: at } });
      return;
    }
    const timers: NodeJS.Timeout[] = [];
    await this.#run(how, ARGS, {
      onStart: (running) => {
        this.#onRequest = () => {
          this.#onRequest = () => undefined;
          const signal = how === "SIGKILL" || how === "SIGINT" ? how : "SIGTERM";
          timers.push(setTimeout(() => running.kill(signal), at));
          if (how === "SIGTERM twice") timers.push(setTimeout(() => running.kill(signal), at + 30));
        };
      },
    });
    this.#onRequest = () => undefined;
    for (const timer of timers) clearTimeout(timer);
  }

  /** Waits until the server has done everything that was sent, then makes a fresh checkout. */
  async #checkOutAfresh(): Promise<void> {
    await wait((this.#storm.commitDelayMs + this.#storm.lagMs + MARGIN_MS) / SPEED);
    await rm(join(this.#dir, JOURNAL), { force: true });
    await rm(join(this.#dir, `${LOCKFILE}.lock`), { force: true });
    if (this.#lockBefore === "") await rm(join(this.#dir, LOCKFILE), { force: true });
    else await writeFile(join(this.#dir, LOCKFILE), this.#lockBefore);
  }

  async #run(
    what: string,
    args: readonly string[],
    more: Partial<Parameters<typeof runProgram>[1]> = {},
  ): Promise<ProgramResult> {
    const { commitDelayMs, lagMs } = this.#storm;
    const settle = (commitDelayMs + lagMs + MARGIN_MS) / 1000;
    const from = Date.now();
    const result = await runProgram(args[0] === "sync" ? [...args, "--settle", String(settle)] : args, {
      cwd: this.#dir,
      ...more,
      clockSpeed: SPEED,
      env: this.#env(),
    });
    this.#ran.push({ from, to: Date.now(), what, result });
    return result;
  }

  /**
   * Asserts one live integration per key, each in the lockfile, and that each replaced one is renamed and in the
   * lockfile as a former one.
   */
  async #assertOneEach(): Promise<void> {
    const text = await readFile(join(this.#dir, LOCKFILE), "utf8");
    const lock = parseLockfile(LOCKFILE, text);
    assert.ok(lock.ok, text);
    const entries = [...lock.value.sections.values()].flatMap((section) => [...section]);
    const stored = this.#emulator.stored();
    const current = new Map(entries.map(([key, { hashId }]) => [hashId, key]));
    const former = new Set(entries.flatMap(([, { superseded }]) => superseded));
    const keys = this.#replaces ? [...REPLACED, ...CREATED] : CREATED;
    assert.deepEqual([...current.values()].toSorted(), keys.toSorted());
    for (const { hash_id: hash, identifier } of stored)
      assert.ok(current.has(hash) || former.has(hash), `${hash} (${identifier}) is not in the lockfile`);
    const live = stored.map(({ hash_id: hash }) => hash);
    assert.ok(
      [...current.keys()].every((hash) => live.includes(hash)),
      "a locked one isn't there",
    );
    assert.equal(stored.length, CREATED.length + (this.#replaces ? 2 * REPLACED.length : 0));
    assert.equal(await readFile(join(this.#dir, JOURNAL), "utf8").catch(() => undefined), undefined);
  }

  /** Asserts that no run sent two creations for one key. */
  #assertPosts(): void {
    for (const { from, to, what } of this.#ran) {
      const posts = this.#emulator.requests.filter(
        ({ method, at }) => method === "POST" && Date.parse(at) >= from && Date.parse(at) <= to,
      );
      const identifiers = posts.map(({ identifier }) => identifier);
      assert.deepEqual([...new Set(identifiers)], identifiers, `two for one key in one run (${what})`);
    }
  }

  waited(): number {
    return this.#ran.filter(({ result }) => result.stderr.includes("and the server may still do it")).length;
  }

  story(): string {
    const stored = this.#emulator.stored().map((it) => `${it.hash_id} ${it.type} ${it.name} ${it.identifier}`);
    const runs = this.#ran.map(({ what, result: { exit, signal, stderr, stdout } }) =>
      [`--- ${what}: ${exit ?? signal ?? ""}`, stdout.slice(-2500), stderr].join("\n"),
    );
    return [...runs, "--- stored", ...stored].join("\n");
  }

  async close(): Promise<void> {
    await this.#emulator.close();
    await rm(this.#dir, { recursive: true, force: true });
  }

  #env(): Record<string, string> {
    const { url, token, workspace } = this.#emulator;
    return { ...ENV, BUDDY_BASE_URL: url, BUDDY_TOKEN: token, BUDDY_WORKSPACE: workspace };
  }
}
