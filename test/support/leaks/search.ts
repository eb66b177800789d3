import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { EmulatorOptions } from "../../../src/emulator/index.ts";
import { allSecrets } from "./all-secrets.ts";
import { SecretMarkers } from "./markers.ts";
import { workbench, type CliOptions, type CliResult, type Workbench } from "../workbench.ts";

/** A workbench that searches the output of every run for the secret values of the test. */
export interface LeakSearchBench extends Workbench {
  readonly markers: SecretMarkers;
  /** A value for every variable, the token and the key for fingerprints. */
  readonly env: Readonly<Record<string, string>>;
  /** Gives all variables new values, like a rotation. */
  rotate(): void;
  /** Writes a file that holds values on purpose. It isn't searched. */
  writeSecret(name: string, text: string): Promise<void>;
  /** A run whose output isn't searched; the caller calls `search`. */
  runUnsearched(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Throws if a stream or a file holds a value. */
  search(streams: Readonly<Record<string, string>>): Promise<void>;
}

interface LeakSearchOptions extends EmulatorOptions {
  readonly types?: readonly string[];
}

/**
 * Writes `integrations.yaml` with these types (default: all of the catalog). Every field that may be a reference is
 * one.
 */
export async function leakSearchBench(
  test: TestContext,
  { types, ...options }: LeakSearchOptions = {},
): Promise<LeakSearchBench> {
  const bench = await workbench(test, options);
  const { text, variables } = allSecrets(types);
  await bench.write("integrations.yaml", text);
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64");
  const canaries = new SecretMarkers([bench.emulator.token, key]);
  const values = (): Record<string, string> => Object.fromEntries(variables.map((name) => [name, canaries.value()]));
  let env: Readonly<Record<string, string>> = { ...values(), BUDDY_INTEGRATIONS_KEY: key };
  const intended = new Set<string>();

  const search = async (streams: Readonly<Record<string, string>>): Promise<void> => {
    const files = (await filesIn(bench.dir)).filter((name) => !intended.has(name));
    const read = await Promise.all(
      files.map(async (name): Promise<[string, string]> => [name, await readFile(join(bench.dir, name), "latin1")]),
    );
    for (const [where, written] of [...Object.entries(streams), ...read]) {
      const found = canaries.leaksIn(written).map(({ form, around }) => `${form}: …${around}…`);
      assert.deepEqual(found, [], `a secret is in ${where}`);
    }
  };
  return {
    ...bench,
    markers: canaries,
    get env() {
      return env;
    },
    rotate: () => (env = { ...env, ...values() }),
    writeSecret: async (name, content) => {
      intended.add(name);
      await bench.write(name, content);
    },
    search,
    runUnsearched: (args, given = {}) => bench.run(args, { ...given, env: { ...env, ...given.env } }),
    run: async (args: readonly string[], given: CliOptions = {}): Promise<CliResult> => {
      const result = await bench.run(args, { ...given, env: { ...env, ...given.env } });
      await search({ stdout: result.stdout, stderr: result.stderr, "the arguments": args.join(" ") });
      return result;
    },
  };
}

/** Every file below a folder, including hidden ones. */
async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
}
