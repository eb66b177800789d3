import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { parseLock } from "../src/checkout/lockfile/read.ts";
import { startEmulator, type Emulator } from "./emulator.ts";
import { measure, type Usage } from "./measure.ts";

const BIN = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

/** What the files `nCOUNT.yaml` hold. All but the first hundred are applied, and their lockfiles are there. */
const COUNTS = [20, 100, 1000, 10_000] as const;

/** A folder with desired states, lockfiles and the bare loop; and two workspaces. */
export interface Scene {
  readonly dir: string;
  /** The workspace of what is applied. */
  readonly many: Emulator;
  /** One that has next to nothing. */
  readonly few: Emulator;
  end(): Promise<void>;
}

export async function setUp(): Promise<Scene> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-bench-"));
  const [many, few] = await Promise.all([startEmulator(BIN), startEmulator(BIN)]);
  const scene: Scene = {
    dir,
    many,
    few,
    end: async () => {
      many.end();
      few.end();
      await rm(dir, { recursive: true, force: true });
    },
  };
  try {
    await bundleBareLoop(dir);
    for (const count of COUNTS) {
      await writeFile(join(dir, `n${count}.yaml`), desired(count));
      if (count === 100) continue;
      await runCli(scene, many, ["sync", "--apply", "--yes", "--concurrency", "50", "--file", `n${count}.yaml`]);
      await writeFile(join(dir, `n${count}.hashes`), (await lockedHashes(scene, count)).join("\n"));
    }
    return scene;
  } catch (error) {
    await scene.end();
    throw error;
  }
}

/** One run of the built program. */
export function runCli(scene: Scene, emulator: Emulator, args: readonly string[]): Promise<Usage> {
  return runNode(scene, emulator, [BIN, ...args]);
}

export function runBareLoop(scene: Scene, count: number): Promise<Usage> {
  return runNode(scene, scene.many, ["bare-loop.mjs", `n${count}.hashes`]);
}

export function runNode(scene: Scene, emulator: Emulator, args: readonly string[]): Promise<Usage> {
  const own = { TOKEN: "a token", BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };
  return measure(args, scene.dir, { ...process.env, ...emulator.env, ...own });
}

export function readLockfile(scene: Scene, count: number): Promise<string> {
  return readFile(join(scene.dir, `n${count}.lock.yaml`), "utf8");
}

export async function lockedHashes(scene: Scene, count: number): Promise<string[]> {
  const [section] = parseLock("lock", await readLockfile(scene, count)).lock?.sections.values() ?? [];
  return [...(section?.values() ?? [])].map(({ hashId }) => hashId);
}

/** Takes away what a run created of a file, so that the next one creates it again. */
export async function forget(scene: Scene, emulator: Emulator, count: number): Promise<void> {
  const hashes = await lockedHashes(scene, count);
  const replies = await Promise.all(hashes.map((hash) => emulator.client.at("DELETE", `/integrations/${hash}`)));
  if (replies.filter(({ status }) => status === 204).length !== count) throw new Error("not all were created");
  await rm(join(scene.dir, `n${count}.lock.yaml`));
}

function desired(count: number): string {
  const one = (index: number): string =>
    `  n${count}_${index}:\n    type: DIGITAL_OCEAN\n    name: Number ${index}\n    scope: WORKSPACE\n    token: $TOKEN\n    all_pipelines_allowed: true\n`;
  return `version: 1\nintegrations:\n${Array.from({ length: count }, (_, index) => one(index)).join("")}`;
}

/** Like `scripts/build.ts` does it with the program, so that they differ in what they do only. */
async function bundleBareLoop(dir: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("bare-loop.ts", import.meta.url))],
    outdir: dir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    minifySyntax: true,
    logLevel: "warning",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
}
