import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { parseLockfile } from "../src/checkout/lockfile/read.ts";
import { startBenchEmulator, type BenchEmulator } from "./emulator.ts";
import { measureProgram, type ProgramUsage } from "./measure.ts";

const BIN = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

/** How many integrations the files `nCOUNT.yaml` have. They are applied, and have lockfiles. */
const COUNTS = [20, 100, 1000, 10_000] as const;

/** The name of a file that isn't applied, with a hundred integrations. */
export const TO_CREATE = "created";

/** A folder with desired states, lockfiles and the programs to compare with, and two workspaces. */
export interface BenchWorld {
  readonly dir: string;
  /** The workspace to which the files are applied. */
  readonly many: BenchEmulator;
  /** A workspace that is almost empty. */
  readonly few: BenchEmulator;
  stop(): Promise<void>;
}

export async function startBenchWorld(): Promise<BenchWorld> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-bench-"));
  const [many, few] = await Promise.all([startBenchEmulator(BIN), startBenchEmulator(BIN)]);
  const scene: BenchWorld = {
    dir,
    many,
    few,
    stop: async () => {
      many.stop();
      few.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  try {
    await bundleFloors(dir);
    for (const count of COUNTS) {
      await writeFile(join(dir, `n${count}.yaml`), desiredFile(count));
      await measureCli(scene, many, ["apply", "--yes", "--concurrency", "50", "--file", `n${count}.yaml`]);
      await writeFile(join(dir, `n${count}.hashes`), (await lockedHashes(scene, `n${count}`)).join("\n"));
    }
    await writeFile(join(dir, `${TO_CREATE}.yaml`), desiredFile(100));
    return scene;
  } catch (error) {
    await scene.stop();
    throw error;
  }
}

/** One run of the built program. */
export function measureCli(scene: BenchWorld, emulator: BenchEmulator, args: readonly string[]): Promise<ProgramUsage> {
  return measureNode(scene, emulator, [BIN, ...args]);
}

export function measureBareLoop(scene: BenchWorld, count: number): Promise<ProgramUsage> {
  return measureNode(scene, scene.many, ["bare-loop.mjs", `n${count}.hashes`]);
}

export function measureYamlOnly(scene: BenchWorld, count: number): Promise<ProgramUsage> {
  return measureNode(scene, scene.many, ["yaml-only.mjs", `n${count}.yaml`]);
}

export function measureNode(
  scene: BenchWorld,
  emulator: BenchEmulator,
  args: readonly string[],
): Promise<ProgramUsage> {
  const own = { TOKEN: "a token", BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };
  return measureProgram(args, scene.dir, { ...process.env, ...emulator.env, ...own });
}

export function readLockfileText(scene: BenchWorld, name: string): Promise<string> {
  return readFile(join(scene.dir, `${name}.lock.yaml`), "utf8");
}

export async function lockedHashes(scene: BenchWorld, name: string): Promise<string[]> {
  const lock = parseLockfile("lock", await readLockfileText(scene, name));
  const [section] = lock.ok ? lock.value.sections.values() : [];
  return [...(section?.values() ?? [])].map(({ hashId }) => hashId);
}

/** Deletes what a run created for a file, so that the next run creates it again. */
export async function deleteCreated(scene: BenchWorld, emulator: BenchEmulator): Promise<void> {
  const hashes = await lockedHashes(scene, TO_CREATE);
  const replies = await Promise.all(
    hashes.map((hash) => emulator.client.inWorkspace("DELETE", `/integrations/${hash}`)),
  );
  if (replies.filter(({ status }) => status === 204).length !== 100) throw new Error("not all were created");
  await rm(join(scene.dir, `${TO_CREATE}.lock.yaml`));
}

function desiredFile(count: number): string {
  const one = (index: number): string =>
    `  n${count}_${index}:\n    type: DIGITAL_OCEAN\n    name: Number ${index}\n    scope: WORKSPACE\n    token: $TOKEN\n    all_pipelines_allowed: true\n`;
  return `version: 1\nintegrations:\n${Array.from({ length: count }, (_, index) => one(index)).join("")}`;
}

/** Bundles like `scripts/build.ts`, so that the programs differ only in what they do. */
async function bundleFloors(dir: string): Promise<void> {
  await build({
    entryPoints: ["bare-loop.ts", "yaml-only.ts"].map((name) => fileURLToPath(new URL(name, import.meta.url))),
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    outdir: dir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    minifySyntax: true,
    logLevel: "warning",
  });
}
