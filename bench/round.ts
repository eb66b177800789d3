import type { BenchEmulator } from "./emulator.ts";
import { emulatorCreating, emulatorReading, fingerprinting, lockfileReading, type FewAndMany } from "./in-process.ts";
import { medianUsage, type ProgramUsage } from "./measure.ts";
import {
  deleteCreated,
  measureBareLoop,
  measureCli,
  measureNode,
  measureYamlOnly,
  TO_CREATE,
  type BenchWorld,
} from "./world.ts";

/** How long a response of the API takes, if more than loopback is measured. */
export const LATENCY = 50;

/** All measurements of one round. The numbers in the names are numbers of integrations. */
export interface BenchRound {
  /** `node -e 0`: the least that a program needs. */
  readonly empty: ProgramUsage;
  readonly version: ProgramUsage;
  readonly help: ProgramUsage;
  readonly validate100: ProgramUsage;
  readonly validate1000: ProgramUsage;
  readonly validate10000: ProgramUsage;
  /** Plans of a workspace without anything to do. */
  readonly plan20: ProgramUsage;
  readonly plan100: ProgramUsage;
  readonly plan1000: ProgramUsage;
  readonly plan10000: ProgramUsage;
  /** With {@link LATENCY}. */
  readonly farPlan1000: ProgramUsage;
  readonly offlinePlan1000: ProgramUsage;
  readonly offlinePlan10000: ProgramUsage;
  readonly refs1000: ProgramUsage;
  readonly refs10000: ProgramUsage;
  /** With {@link LATENCY}. */
  readonly farCreate100: ProgramUsage;
  readonly yamlOnly20: ProgramUsage;
  readonly yamlOnly100: ProgramUsage;
  readonly yamlOnly1000: ProgramUsage;
  readonly yamlOnly10000: ProgramUsage;
  readonly bareLoop20: ProgramUsage;
  readonly bareLoop100: ProgramUsage;
  readonly bareLoop1000: ProgramUsage;
  readonly bareLoop10000: ProgramUsage;
  /** Milliseconds, for 1,000 and 10,000. */
  readonly lockfile: FewAndMany;
  /** Milliseconds, in a workspace with almost no integrations and in one with more than 10,000. */
  readonly emulatorGet: FewAndMany;
  /** Milliseconds, in a workspace with almost no integrations and in one with more than 10,000. */
  readonly emulatorCreate: FewAndMany;
  /** Microseconds. */
  readonly fingerprint: number;
}

export async function measureRound(scene: BenchWorld): Promise<BenchRound> {
  const { many } = scene;
  const validate = (count: number): Promise<ProgramUsage> => measureCli(scene, many, ["validate", `n${count}.yaml`]);
  // --detailed-exitcode makes the bench fail if there is something to do.
  const plan = (count: number, ...options: readonly string[]): Promise<ProgramUsage> =>
    measureCli(scene, many, ["plan", "--detailed-exitcode", ...options, "--file", `n${count}.yaml`]);
  const refs = (count: number): Promise<ProgramUsage> => measureCli(scene, many, ["refs", "--file", `n${count}.yaml`]);
  // Runs that are compared follow each other directly.
  return {
    empty: await medianUsage(() => measureNode(scene, many, ["-e", "0"])),
    version: await medianUsage(() => measureCli(scene, many, ["--version"])),
    help: await medianUsage(() => measureCli(scene, many, ["--help"])),
    validate100: await medianUsage(() => validate(100)),
    yamlOnly20: await medianUsage(() => measureYamlOnly(scene, 20)),
    yamlOnly100: await medianUsage(() => measureYamlOnly(scene, 100)),
    plan20: await medianUsage(() => plan(20)),
    bareLoop20: await medianUsage(() => measureBareLoop(scene, 20)),
    plan100: await medianUsage(() => plan(100)),
    bareLoop100: await medianUsage(() => measureBareLoop(scene, 100)),
    farCreate100: await measureFarCreation(scene),
    farPlan1000: await withLatency(many, () => plan(1000)),
    plan1000: await plan(1000),
    bareLoop1000: await measureBareLoop(scene, 1000),
    yamlOnly1000: await measureYamlOnly(scene, 1000),
    plan10000: await plan(10_000),
    bareLoop10000: await measureBareLoop(scene, 10_000),
    yamlOnly10000: await measureYamlOnly(scene, 10_000),
    validate1000: await validate(1000),
    validate10000: await validate(10_000),
    offlinePlan1000: await plan(1000, "--offline"),
    offlinePlan10000: await plan(10_000, "--offline"),
    refs1000: await refs(1000),
    refs10000: await refs(10_000),
    lockfile: await lockfileReading(scene),
    emulatorGet: await emulatorReading(scene),
    emulatorCreate: await emulatorCreating(scene),
    fingerprint: fingerprinting(),
  };
}

async function measureFarCreation(scene: BenchWorld): Promise<ProgramUsage> {
  const { few } = scene;
  const usage = await withLatency(few, () => measureCli(scene, few, ["apply", "--yes", "--file", `${TO_CREATE}.yaml`]));
  await deleteCreated(scene, few);
  return usage;
}

async function withLatency(emulator: BenchEmulator, run: () => Promise<ProgramUsage>): Promise<ProgramUsage> {
  await emulator.setLatency(LATENCY);
  const usage = await run();
  await emulator.setLatency(0);
  return usage;
}
