import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { root } from "./root.ts";
import { parseScript } from "./behaviour-script.ts";
import { callByHand, playScript, withoutRunSpecifics, type ScriptStage } from "./play-script.ts";
import { runOnTerminal, workbench, type Workbench } from "./workbench.ts";

const FOLDERS = new URL("test/behaviours/", root);
const SCRIPT = "script";
const SCREEN = "output.txt";
/** Values of the variables in the scripts' files. A fingerprint key is set, so that a plan notices a rotated value. */
const VALUES = { TOKEN: "s3cret-token", PASSWORD: "s3cret-word", BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };

/** Names of the behaviour folders, sorted. */
export async function behaviourNames(): Promise<string[]> {
  const entries = await readdir(FOLDERS, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
}

/** Runs the script of a behaviour folder and compares what it shows with `output.txt`; UPDATE_GOLDEN=1 writes it instead. */
export async function assertBehaviour(test: TestContext, name: string): Promise<void> {
  const folder = fileURLToPath(new URL(`${name}/`, FOLDERS));
  const bench = await workbench(test, { seed: fileURLToPath(new URL("seed.yaml", FOLDERS)) });
  await cp(folder, bench.dir, {
    recursive: true,
    filter: (path) => ![SCRIPT, SCREEN].some((own) => path === join(folder, own)),
  });
  const shown = await playScript(behaviourStage(bench), parseScript(await readFile(join(folder, SCRIPT), "utf8")));
  const screen = withoutRunSpecifics(shown, [
    [bench.emulator.url, "http://127.0.0.1:8787"],
    [bench.dir, "DIR"],
  ]);
  assertScreen(join(folder, SCREEN), screen, `test/behaviours/${name}/${SCREEN}`);
}

/** Compares a screen with the file that holds it; UPDATE_GOLDEN=1 writes it instead. */
export function assertScreen(file: string, screen: string, name: string): void {
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, screen);
  const expected = existsSync(file) ? readFileSync(file, "utf8") : "";
  assert.equal(screen, expected, `${name} differs; UPDATE_GOLDEN=1 renews it`);
}

/** One emulator, and an environment with all the values. */
function behaviourStage(bench: Workbench): ScriptStage {
  const { emulator } = bench;
  const address = { BUDDY_BASE_URL: emulator.url, BUDDY_TOKEN: emulator.token, BUDDY_WORKSPACE: emulator.workspace };
  return {
    dir: bench.dir,
    run: async (args, env) => {
      bench.requests();
      const result = await runOnTerminal(args, bench.dir, { env: { ...address, ...VALUES, ...env } });
      const sent = bench.requests().filter((request) => !request.startsWith("GET "));
      return { ...result, effects: sent.toSorted().map((request) => `sent ${request}`) };
    },
    call: (method, path, body) => callByHand(emulator, method, path, body),
    special: ({ line }) => Promise.reject(new Error(`only attacks have this: ${line}`)),
  };
}
