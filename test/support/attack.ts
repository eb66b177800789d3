import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { startEmulator, type Emulator } from "../../src/emulator/index.ts";
import type { Io } from "../../src/io.ts";
import { assertScreen } from "./behaviour.ts";
import { parseScript, type SpecialStep } from "./behaviour-script.ts";
import { BUDDY, mappedFetch } from "./attack-network.ts";
import { JOBS, PLAN_JOB, SECRETS, type Job } from "./attack-jobs.ts";
import { applyEdits, ATTACKS, type AttackStart } from "./attack-start.ts";
import { isReviewedRequest, reviewedPlans } from "./reviewed-requests.ts";
import { gitIn, NO_GIT, REAL_GIT } from "./git.ts";
import { SecretMarkers } from "./leaks/markers.ts";
import { callByHand, playScript, readAll, withoutRunSpecifics, type ScriptStage } from "./play-script.ts";
import { runOnTerminal, type CliResult } from "./workbench.ts";

const [LOCKFILE_EDITS, SCRIPT, SCREEN] = ["lockfile.diff", "script", "output.txt"];
/** The script of every attack without its own. */
const STANDARD_SCRIPT = join(ATTACKS, SCRIPT);
/** The only folder where the reviewed plan is applied. */
const HONEST = "no-attack";
/** The exit codes for an invalid file, missing access, an outdated plan and a refused change. */
const REFUSED: readonly number[] = [3, 4, 6, 7];

/** Names of the attack folders, sorted. */
export async function attackNames(): Promise<string[]> {
  const entries = await readdir(ATTACKS, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() && entry.name !== "main" ? [entry.name] : [])).toSorted();
}

/**
 * Runs an attack, compares what it prints with `output.txt`, and asserts that no secret leaks and no unreviewed
 * request is sent.
 */
export async function assertAttack(test: TestContext, start: AttackStart, name: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-attack-"));
  await cp(start.dir, dir, { recursive: true });
  const emulator = await startEmulator({ data: join(dir, "workspace.json") });
  test.after(async () => {
    await emulator.close();
    await rm(dir, { recursive: true, force: true });
  });
  const own = await readFile(join(ATTACKS, name, SCRIPT), "utf8").catch(() => undefined);
  const script = own ?? (await readFile(STANDARD_SCRIPT, "utf8"));
  const stage = new AttackStage(emulator, { dir, name, commits: start.commits });
  const before = JSON.stringify(emulator.stored());
  const shown = await playScript(stage, parseScript(script));
  if (name !== HONEST) {
    assert.ok(stage.refusals > 0, `${name}: nothing was refused`);
    assert.ok(
      stage.hasCalled || stage.hasSentReviewed || JSON.stringify(emulator.stored()) === before,
      `${name}: something was sent`,
    );
  }
  assert.ok(own !== undefined || stage.hasLockfileEdits, `${name} needs ${LOCKFILE_EDITS}, or its own script`);
  const screen = withoutRunSpecifics(shown, [
    [dir, "DIR"],
    [start.base, "BASE"],
  ]);
  assertScreen(join(ATTACKS, name, SCREEN), screen, `test/attacks/${name}/${SCREEN}`);
}

/** Texts that were already searched for secret values. Most files are the same in every attack. */
const searched = new Set<string>();

/** These may hold secret values: the state of the emulated workspace, and files outside the repository. */
const MAY_HOLD_VALUES = /^(?:workspace\.json|outside\b)/;

class AttackStage implements ScriptStage {
  readonly dir: string;
  refusals = 0;
  hasCalled = false;
  hasSentReviewed = false;
  hasLockfileEdits = false;
  readonly #emulator: Emulator;
  readonly #outside: string;
  readonly #name: string;
  readonly #markers = new SecretMarkers(Object.values(SECRETS));
  readonly #commits: Pick<Io, "git">;
  #hasCommitted = false;
  #job: Job = PLAN_JOB;

  constructor(emulator: Emulator, { dir, name, commits }: { dir: string; name: string; commits: Pick<Io, "git"> }) {
    this.#commits = commits;
    this.dir = join(dir, "repository");
    this.#emulator = emulator;
    this.#outside = dir;
    this.#name = name;
  }

  async run(args: readonly string[], env: Readonly<Record<string, string>>) {
    const job = this.#job;
    const { fetch, requests } = mappedFetch(this.#emulator);
    const git: Partial<Io> = job.git === "missing" ? NO_GIT : this.#hasCommitted ? REAL_GIT : this.#commits;
    const options = { env: { ...job.env(this.#outside), ...env }, io: { fetch, ...git } };
    const plans = await reviewedPlans(args, this.dir);
    const basis = { plans, values: SECRETS, before: this.#emulator.stored() };
    const result = await runOnTerminal(args, this.dir, options);
    const changes = requests.filter(({ method, host }) => method !== "GET" && host === BUDDY);
    const elsewhere = [...new Set(requests.filter(({ host }) => host !== BUDDY).map(({ host }) => host))];
    await this.#assertNothingLeaks(result, requests.map(({ url }) => url).join("\n"));
    if (REFUSED.includes(result.exit)) {
      this.refusals += 1;
      const unreviewed = changes.filter((change) => !isReviewedRequest(change, basis));
      assert.deepEqual(unreviewed, [], "only reviewed requests are sent");
      this.hasSentReviewed ||= changes.length > 0;
      await this.#assertOtherHash(args, result);
    } else if (args.includes("--expect") && this.#name !== HONEST) {
      assert.fail(`an attack was applied as reviewed: ${result.stdout}`);
    }
    return {
      ...result,
      effects: [
        ...changes.map(({ method, path }) => `sent ${method} ${path}`).toSorted(),
        ...elsewhere.map((host) => `asked ${host}`),
      ],
    };
  }

  call(method: string, path: string, body: string | undefined): Promise<void> {
    this.hasCalled = true;
    return callByHand(this.#emulator, method, path, body);
  }

  async special(step: SpecialStep): Promise<string> {
    switch (step.kind) {
      case "job": {
        const job = JOBS.get(step.name);
        assert.ok(job !== undefined, `there is no job ${step.name}`);
        this.#job = job;
        return "";
      }
      case "patch":
        this.hasLockfileEdits ||= step.file === LOCKFILE_EDITS;
        return `${await applyEdits(this.dir, join(ATTACKS, this.#name, step.file))}\n`;
      case "git":
        this.#hasCommitted = true;
        await gitIn(this.dir, ...step.args);
        return "";
      default:
        return step satisfies never;
    }
  }

  /** An apply that expects the hash of the reviewed plan, instead of its file, must refuse too. */
  async #assertOtherHash(args: readonly string[], { exit, stdout }: CliResult): Promise<void> {
    const reviewed = args[args.indexOf("--expect") + 1];
    // A plan that leaves out changes has no hash.
    if (stdout.includes("This plan leaves out changes, so it has no hash")) return;
    if (exit !== 6 || !args.includes("--expect") || reviewed === undefined) return;
    const hash = /^Plan hash:\s+(\S+)$/m.exec(stdout)?.[1];
    assert.ok(
      hash !== undefined && !(await readFile(join(this.dir, reviewed), "utf8")).includes(hash),
      "the same hash",
    );
  }

  /** Nothing that the run printed, wrote or requested holds a value of a job's environment. */
  async #assertNothingLeaks({ stdout, stderr }: CliResult, addresses: string): Promise<void> {
    const files = [...(await readAll(this.#outside))].flatMap(([name, text]) =>
      MAY_HOLD_VALUES.test(name) ? [] : [text],
    );
    for (const text of [stdout, stderr, addresses, ...files]) {
      if (searched.has(text)) continue;
      searched.add(text);
      const found = this.#markers.leaksIn(text).map(({ form, around }) => `${form}: …${around}…`);
      assert.deepEqual(found, [], "a secret leaks");
    }
  }
}
