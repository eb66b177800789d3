import type { Emulator } from "./emulator.ts";
import { emulatorCreating, emulatorReading, fingerprinting, lockfileReading, type Sizes } from "./in-process.ts";
import { typical, type Usage } from "./measure.ts";
import { forget, runBareLoop, runCli, runNode, type Scene } from "./scene.ts";

/** How long an answer of the API takes, where more than loopback is measured. */
export const LATENCY = 50;

/** Everything that is measured, once. The numbers in the names are those of the integrations. */
export interface Round {
  /** `node -e 0`: what a program can't do without. */
  readonly empty: Usage;
  readonly version: Usage;
  readonly help: Usage;
  readonly validate100: Usage;
  readonly validate1000: Usage;
  readonly validate10000: Usage;
  /** Plans are those of a workspace in which nothing is to do. */
  readonly plan20: Usage;
  readonly plan1000: Usage;
  readonly plan10000: Usage;
  /** With the latency. */
  readonly farPlan1000: Usage;
  readonly offlinePlan1000: Usage;
  readonly offlinePlan10000: Usage;
  /** With the latency. */
  readonly farCreate100: Usage;
  readonly bareLoop1000: Usage;
  readonly bareLoop10000: Usage;
  /** Milliseconds, for 1,000 and 10,000. */
  readonly lockfile: Sizes;
  /** Milliseconds, beside next to none and beside more than 10,000. */
  readonly emulatorGet: Sizes;
  /** Milliseconds, beside next to none and beside more than 10,000. */
  readonly emulatorCreate: Sizes;
  /** Microseconds. */
  readonly fingerprint: number;
}

export async function measureRound(scene: Scene): Promise<Round> {
  const { many } = scene;
  const validate = (count: number): Promise<Usage> => runCli(scene, many, ["validate", `n${count}.yaml`]);
  // With the exit code that fails the bench if something is to do.
  const plan = (count: number, ...options: readonly string[]): Promise<Usage> =>
    runCli(scene, many, ["sync", "--plan", "--detailed-exitcode", ...options, "--file", `n${count}.yaml`]);
  // What is compared is run one right after the other.
  return {
    empty: await typical(() => runNode(scene, many, ["-e", "0"])),
    version: await typical(() => runCli(scene, many, ["--version"])),
    help: await typical(() => runCli(scene, many, ["--help"])),
    validate100: await typical(() => validate(100)),
    plan20: await typical(() => plan(20)),
    farCreate100: await farCreation(scene, 100),
    farPlan1000: await far(many, () => plan(1000)),
    plan1000: await plan(1000),
    bareLoop1000: await runBareLoop(scene, 1000),
    plan10000: await plan(10_000),
    bareLoop10000: await runBareLoop(scene, 10_000),
    validate1000: await validate(1000),
    validate10000: await validate(10_000),
    offlinePlan1000: await plan(1000, "--offline"),
    offlinePlan10000: await plan(10_000, "--offline"),
    lockfile: await lockfileReading(scene),
    emulatorGet: await emulatorReading(scene),
    emulatorCreate: await emulatorCreating(scene),
    fingerprint: fingerprinting(),
  };
}

async function farCreation(scene: Scene, count: number): Promise<Usage> {
  const { few } = scene;
  const usage = await far(few, () => runCli(scene, few, ["sync", "--apply", "--yes", "--file", `n${count}.yaml`]));
  await forget(scene, few, count);
  return usage;
}

async function far(emulator: Emulator, run: () => Promise<Usage>): Promise<Usage> {
  await emulator.wait(LATENCY);
  const usage = await run();
  await emulator.wait(0);
  return usage;
}
