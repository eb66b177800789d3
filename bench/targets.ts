import { LATENCY, type BenchRound } from "./round.ts";

type Quantity = (round: BenchRound) => number;

/** A quantity that may be at most this many times another one of the same round. */
interface RatioTarget {
  readonly name: string;
  readonly unit: "ms" | "MiB";
  readonly measured: Quantity;
  readonly times: number;
  readonly of: Quantity;
  /** What the parts take that the program can't do without: Node, the YAML parser on the file, and the bare loop. */
  readonly floor?: Quantity;
}

/** A quantity that may be at most this. */
interface AbsoluteTarget {
  readonly name: string;
  readonly unit: "µs";
  readonly measured: Quantity;
  readonly atMost: number;
}

export type BenchTarget = RatioTarget | AbsoluteTarget;

const empty: Quantity = (round) => round.empty.ms;
/** The least time for the requests at `--concurrency 10`. */
const ideal = (count: number): number => (count * LATENCY) / 10;
/** The time before the first requests and after the last ones. */
const startup: Quantity = (round) => round.plan20.ms;

/** Node, the YAML parser and the bare loop, one after the other. */
const parseAndRead =
  (field: "ms" | "cpu", count: 20 | 100 | 1000): Quantity =>
  (round) =>
    round[`yamlOnly${count}`][field] + round[`bareLoop${count}`][field] - round.empty[field];

export const TARGETS: readonly BenchTarget[] = [
  { name: "--version", unit: "ms", measured: (round) => round.version.ms, times: 1.4, of: empty },
  { name: "--help", unit: "ms", measured: (round) => round.help.ms, times: 1.4, of: empty },
  {
    name: "validate, 100",
    unit: "ms",
    measured: (round) => round.validate100.ms,
    times: 2.1,
    of: empty,
    floor: (round) => round.yamlOnly100.ms,
  },
  {
    name: "no-op plan, 20",
    unit: "ms",
    measured: (round) => round.plan20.ms,
    times: 2.8,
    of: empty,
    floor: parseAndRead("ms", 20),
  },
  {
    name: "no-op plan, 100",
    unit: "ms",
    measured: (round) => round.plan100.ms,
    times: 4,
    of: empty,
    floor: parseAndRead("ms", 100),
  },
  {
    name: "no-op plan, 100, processor",
    unit: "ms",
    measured: (round) => round.plan100.cpu,
    times: 4,
    of: (round) => round.empty.cpu,
    floor: parseAndRead("cpu", 100),
  },
  {
    name: `no-op plan, 1,000 at ${LATENCY} ms`,
    unit: "ms",
    measured: (round) => round.farPlan1000.ms - startup(round),
    times: 1.08,
    of: () => ideal(1000),
  },
  {
    name: `create 100 at ${LATENCY} ms`,
    unit: "ms",
    measured: (round) => round.farCreate100.ms - startup(round),
    times: 1.2,
    of: () => ideal(100),
  },
  {
    name: "no-op plan, 1,000, processor",
    unit: "ms",
    measured: (round) => round.plan1000.cpu,
    times: 2,
    of: (round) => round.bareLoop1000.cpu,
    floor: parseAndRead("cpu", 1000),
  },
  {
    name: "no-op plan, 1,000, memory",
    unit: "MiB",
    measured: (round) => round.plan1000.mib,
    times: 1.4,
    of: (round) => round.bareLoop1000.mib,
    floor: (round) => round.yamlOnly1000.mib,
  },
  {
    name: "no-op plan, 10,000, memory",
    unit: "MiB",
    measured: (round) => round.plan10000.mib,
    times: 1.8,
    of: (round) => round.bareLoop10000.mib,
    floor: (round) => round.yamlOnly10000.mib,
  },
  // The growth of the work alone, without the start of Node.
  {
    name: "validate, 1,000 to 10,000",
    unit: "ms",
    measured: (round) => round.validate10000.ms - empty(round),
    times: 11,
    of: (round) => round.validate1000.ms - empty(round),
  },
  {
    name: "offline plan, 1,000 to 10,000",
    unit: "ms",
    measured: (round) => round.offlinePlan10000.ms - empty(round),
    times: 11,
    of: (round) => round.offlinePlan1000.ms - empty(round),
  },
  {
    name: "refs, 1,000 to 10,000",
    unit: "ms",
    measured: (round) => round.refs10000.ms - empty(round),
    times: 11,
    of: (round) => round.refs1000.ms - empty(round),
  },
  {
    name: "lockfile, 1,000 to 10,000",
    unit: "ms",
    measured: ({ lockfile }) => lockfile.many,
    times: 11,
    of: ({ lockfile }) => lockfile.few,
  },
  {
    name: "emulator's GET, few to 10,000",
    unit: "ms",
    measured: ({ emulatorGet }) => emulatorGet.many,
    times: 2,
    of: ({ emulatorGet }) => emulatorGet.few,
  },
  {
    name: "emulator's POST, few to 10,000",
    unit: "ms",
    measured: ({ emulatorCreate }) => emulatorCreate.many,
    times: 2,
    of: ({ emulatorCreate }) => emulatorCreate.few,
  },
  { name: "a fingerprint, with a key", unit: "µs", measured: (round) => round.fingerprint, atMost: 20 },
];
