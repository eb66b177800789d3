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

/** A kind of input, for one reader (`a merge bomb > the lockfile`) or for all of them (`a merge bomb`). */
type HugeCase = string;

/** Cases that once took too much time, stack or memory: the slowest one for each reader, and the deepest for all readers. */
export const SLOWEST_CASES: readonly HugeCase[] = [
  "brackets, closed",
  "a plan with deep values",
  "references that nobody knows > the desired file",
  "a merge bomb > the lockfile",
  "empty lines > the journal",
  "empty lines > a report",
  "references that nobody knows > a pipeline",
  "empty lines > a response of the API",
  "references that nobody knows > the server's message",
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
  "references that nobody knows > the server's message",
];

/** What a case must stay within: 300 MiB, or 2 s of the reference machine. */
export type ResourceLimit = "memory" | "time";

const LONGEST_MS = 2_000;

/** The heap of V8. Together with the program and the input, the process stays below 300 MiB. */
const HEAP_MIB = 240;

interface ReadMeasurement {
  readonly what: string;
  readonly reader: string;
  /** In units of the reference machine. */
  readonly ms: number;
  readonly problem: string;
}

/**
 * Runs these cases, or all if none is named. To check memory, the process has a small heap, and a case that needs more ends
 * the process. To check time, it has a normal heap, since collecting garbage in a small heap is slow.
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
