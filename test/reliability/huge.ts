import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { root } from "../support/root.ts";

/** A kind of input, for one reader or (alone) for all of them: `a merge bomb > the lockfile`, `a merge bomb`. */
type HugeCase = string;

/** Where time, stack or memory went in the past. For each reader what takes it longest, and the deepest for all. */
export const SLOWEST_CASES: readonly HugeCase[] = [
  "brackets, closed",
  "a plan with deep values",
  "references that nobody knows > the desired file",
  "a merge bomb > the lockfile",
  "empty lines > the journal",
  "empty lines > a report",
  "references that nobody knows > a pipeline",
  "empty lines > an answer of the API",
  "references that nobody knows > the server's words",
  "a merge bomb > a secrets file",
];

/** The same for memory. */
export const LARGEST_CASES: readonly HugeCase[] = [
  "brackets, closed",
  "a plan with deep values",
  "a merge bomb > the desired file",
  "references that nobody knows > the lockfile",
  "empty lines > the journal",
  "references that nobody knows > a pipeline",
  "references that nobody knows > the server's words",
];

/** What a case must stay within: 300 MiB, or 2 s of the reference machine. */
export type ResourceLimit = "memory" | "time";

const LONGEST_MS = 2_000;

/** What V8 may use for objects; with the program itself and the text the process stays below 300 MiB. */
const HEAP_MIB = 240;

interface ReadMeasurement {
  readonly what: string;
  readonly reader: string;
  /** In units of the reference machine. */
  readonly ms: number;
  readonly problem: string;
}

/**
 * Runs these cases (all, when none is named). For their memory, in a process that has little of it: one that needs more
 * ends it. For their time, in one that has enough, since collecting in little memory takes longest.
 */
export async function assertBounded(cases: readonly HugeCase[], bound: ResourceLimit): Promise<void> {
  const longestMs = bound === "time" ? LONGEST_MS : Infinity;
  const little = [`--max-old-space-size=${HEAP_MIB}`, "--max-semi-space-size=8"];
  const flags = ["--expose-gc", ...(bound === "memory" ? little : [])];
  const command = [...flags, await builtCases(), String(longestMs), ...cases];
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 64 * 1024 * 1024 });
  const measured = stdout.trimEnd().split("\n").map(parseMeasurement);
  assert.ok(measured.length >= cases.length);
  const bad = measured.filter(({ ms, problem }) => ms > longestMs || problem !== "");
  assert.deepEqual(bad, []);
}

let built: Promise<string> | undefined;

/** `huge-cases.ts` as a program, built once for all tests of a file. */
function builtCases(): Promise<string> {
  built ??= buildCases();
  return built;
}

async function buildCases(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-huge-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  const program = join(dir, "huge.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("test/reliability/huge-cases.ts", root))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  return program;
}

function parseMeasurement(line: string): ReadMeasurement {
  const value: unknown = JSON.parse(line);
  assert.ok(isMeasurement(value), line);
  return value;
}

function isMeasurement(value: unknown): value is ReadMeasurement {
  return (
    typeof value === "object" && value !== null && "problem" in value && "ms" in value && typeof value.ms === "number"
  );
}
