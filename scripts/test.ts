import { spawn } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import { ALONE, TEST_GROUPS, WAITING, testFiles, type TestGroup } from "./test-files.ts";
import type { TestSummary } from "./test-summary.ts";

/**
 * Runs tests: `scripts/test.ts [core|all|full|more] [FILES] [OPTIONS of node --test]`. `more` are the files
 * that `all` leaves out, and those of `all` whose size is a question of time, with more cases. They are compiled once, all together,
 * since loading TypeScript again in each of more than a hundred processes takes longer than many of the tests.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const SUMMARY = "scripts/test-summary.ts";
/** What no test of the core may import, directly or not. */
const NOT_IN_CORE = ["src/main.ts", "node:child_process"];
/** Who imports this has a size that can grow. */
const EFFORT_MODULE = "test/support/effort.ts";
/** How many times as many cases `more` has. */
const MORE_EFFORT = "4";
/** Files whose times are printed at the end. */
const SLOWEST = 10;
/**
 * How many processes the small files share. Starting Node, loading the program and compiling what is hot take longer than
 * most files' tests do.
 */
const SHARED_PROCESSES = 4;
/** Linux has it. Containers may give it little room. */
const MEMORY_FOLDER = "/dev/shm";
const MEMORY_NEEDED = 1024 ** 3;

const { group, files, options, isMore } = parseArguments(process.argv.slice(2));
const all = testFiles(root, "full");
const unknown = files.filter((file) => !all.includes(file));
if (unknown.length > 0) throw new Error(`no such test file: ${unknown.join(", ")}`);
const candidates = files.length > 0 ? all.filter((file) => files.includes(file)) : testFiles(root, group);

// In the checkout, so that packages are found. Each run has its own folder, so that two runs don't disturb each other.
await mkdir(join(root, ".test"), { recursive: true });
const out = mkdtempSync(join(root, ".test", "run-"));
const temporary = mkdtempSync(join(temporaryParent(), "buddy-integrations-tests-"));
// Some tests run the program as another user, who has to get to its folder.
chmodSync(temporary, 0o711);
process.on("exit", () => {
  for (const folder of [out, temporary]) rmSync(folder, { recursive: true, force: true });
});
// Ctrl-C reaches the tests too, and ends them; this process waits for that.
process.on("SIGINT", () => undefined);

const modules = await compile([...candidates, SUMMARY], out);
const isInAll = new Set(testFiles(root, "all"));
const isOfMore = (file: string): boolean => !isInAll.has(file) || reachedFrom(file, modules.inputs).has(EFFORT_MODULE);
const chosen = isMore ? candidates.filter(isOfMore) : candidates;
assertCoreIsFast(modules);
const summaryFile = join(out, "summary.json");
// c8 can't map bundled chunks back to their sources, so it gets the sources themselves.
const isCovered = process.env["NODE_V8_COVERAGE"] !== undefined;
const code = await (isCovered
  ? runTests(["--import", "tsx"], chosen)
  : runTests(["--enable-source-maps", "--single-threaded-gc"], writePrograms()));
const summary = await readSummary();
printSlowest(summary.files);
if (code === 0 && summary.ran === 0) console.error("no test ran");
process.exitCode = summary.ran === 0 ? 1 : code;

function parseArguments(args: readonly string[]): {
  readonly group: TestGroup;
  readonly files: readonly string[];
  readonly options: readonly string[];
  readonly isMore: boolean;
} {
  const [first = "", ...others] = args;
  const named = TEST_GROUPS.find((name) => name === first);
  const rest = named === undefined ? args : others;
  const isFile = (arg: string): boolean => !arg.startsWith("-") && arg.endsWith(".test.ts");
  return {
    group: named ?? "all",
    files: rest.filter(isFile).map((file) => relative(root, resolve(file)).replaceAll(sep, "/")),
    options: rest.filter((arg) => !isFile(arg)),
    isMore: named === "more",
  };
}

/** @returns which file imports which */
async function compile(sources: readonly string[], outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...sources],
    outdir,
    outbase: ".",
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20.19",
    sourcemap: "linked",
    sourcesContent: false,
    logLevel: "warning",
    define: { "import.meta.url": "__sourceUrl" },
    plugins: [sourceUrls()],
    metafile: true,
  });
  return metafile;
}

/** @throws when a test of the core could start a process or runs the whole program */
function assertCoreIsFast({ inputs }: Metafile): void {
  const core = testFiles(root, "core").filter((file) => file in inputs);
  for (const file of core) {
    const reached = reachedFrom(file, inputs);
    const slow = NOT_IN_CORE.find((path) => reached.has(path));
    if (slow !== undefined) throw new Error(`${file} imports ${slow}, so it belongs to test/cli/`);
  }
}

/** What a file imports, directly or not, and itself. */
function reachedFrom(file: string, inputs: Metafile["inputs"]): ReadonlySet<string> {
  const reached = new Set([file]);
  // A set visits what is added to it on the way.
  for (const each of reached) for (const { path } of inputs[each]?.imports ?? []) reached.add(path);
  return reached;
}

/**
 * What to run: the small files together, in a few processes; each of the others, and each that was asked for, alone.
 * `node --test` sorts files by name, so numbers keep the order: those that wait most, so that others run meanwhile; the
 * shared ones, which take longest; and at the end what is short enough that no core is idle for long.
 */
function writePrograms(): readonly string[] {
  const small = files.length > 0 ? [] : chosen.filter(isSmall);
  const shared = Array.from({ length: SHARED_PROCESSES }, (_, number) =>
    small.filter((__, index) => index % SHARED_PROCESSES === number),
  ).filter((members) => members.length > 0);
  const alone = chosen.filter((file) => !small.includes(file)).map((file) => [file]);
  const first = alone.filter(([file = ""]) => WAITING.includes(file));
  const last = alone.filter(([file = ""]) => !WAITING.includes(file));
  return [...first, ...shared, ...last].map((members, index) => {
    const program = join(out, `${String(index).padStart(3, "0")}.js`);
    writeFileSync(program, members.map((file) => `import ${JSON.stringify(compiledName(file))};\n`).join(""));
    return program;
  });
}

/** Whether a file can share a process: it prepares nothing for all tests of its process. What a suite prepares is its own. */
function isSmall(file: string): boolean {
  return !ALONE.includes(file) && !/^(?:before|after)(?:Each)?\(/m.test(readFileSync(join(root, file), "utf8"));
}

/** Lets `import.meta.url` stay the URL of the source, so that fixtures, documents and other sources are found beside it. */
function sourceUrls(): Plugin {
  return {
    name: "source-urls",
    setup: (bundler) => {
      bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        if (!text.includes("import.meta.url")) return undefined;
        return { contents: `const __sourceUrl = ${JSON.stringify(pathToFileURL(path).href)}; ${text}`, loader: "ts" };
      });
    },
  };
}

function compiledName(source: string): string {
  return join(out, source.replace(/\.ts$/, ".js"));
}

/**
 * Where the tests make their folders: in memory where the system has such a place, since each apply waits several times
 * for a disk. A TMPDIR of the environment wins.
 */
function temporaryParent(): string {
  if (process.env["TMPDIR"] !== undefined) return tmpdir();
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    return bavail * bsize < MEMORY_NEEDED ? tmpdir() : MEMORY_FOLDER;
  } catch {
    return tmpdir();
  }
}

function runTests(loading: readonly string[], tests: readonly string[]): Promise<number> {
  const reporters = [
    ["spec", "stdout"],
    [pathToFileURL(compiledName(SUMMARY)).href, summaryFile],
  ].flatMap(([name, destination]) => [`--test-reporter=${name}`, `--test-reporter-destination=${destination}`]);
  // One more than there are cores, since some tests wait for a process or for time to pass.
  const concurrency = `--test-concurrency=${availableParallelism() + 1}`;
  const args = [...loading, "--test", concurrency, ...reporters, ...options, ...tests];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      TMPDIR: temporary,
      ...(isMore ? { TEST_EFFORT: process.env["TEST_EFFORT"] ?? MORE_EFFORT } : {}),
    },
  });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (exit) => done(exit ?? 1));
  });
}

async function readSummary(): Promise<TestSummary> {
  const text = await readFile(summaryFile, "utf8").catch(() => "");
  const value: TestSummary = text === "" ? { ran: 0, files: {} } : JSON.parse(text);
  return value;
}

function printSlowest(times: TestSummary["files"]): void {
  const slowest = Object.entries(times).toSorted(([, one], [, other]) => other - one);
  const lines = slowest.slice(0, SLOWEST).map(([file, ms]) => {
    const source = file.startsWith(out) ? relative(out, file).replace(/\.js$/, ".ts") : relative(root, file);
    return `  ${(ms / 1000).toFixed(1).padStart(6)} s  ${source.replaceAll(sep, "/")}`;
  });
  console.log(["slowest files:", ...lines].join("\n"));
}
