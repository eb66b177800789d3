import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { startEmulator, type Emulator } from "../../src/emulator/index.ts";
import { effort } from "../support/effort.ts";
import { parseReport } from "../support/report.ts";
import { runCli, type CliResult } from "../support/workbench.ts";
import {
  FULL_TOKEN,
  MINIMAL_TOKEN,
  seededWorkspace,
  seedText,
  type SeededWorkspace,
} from "../support/seeded-workspace.ts";

/** A random workspace and environment for an export. */
const situation = fc.record({
  token: fc.constantFrom(FULL_TOKEN, MINIMAL_TOKEN),
  style: fc.constantFrom([], ["--names"]),
  credentials: fc.constantFrom([], [], ["--credentials", "managed"], ["--credentials", "unmanaged"]),
  key: fc.constantFrom(undefined, "ab".repeat(32)),
  /** Every nth variable has a value; 0: none has. */
  each: fc.integer({ min: 0, max: 3 }),
});
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

interface ExportRun {
  readonly emulator: Emulator;
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliResult>;
  readonly remove: (name: string) => Promise<void>;
}

async function inWorkspace(
  workspace: SeededWorkspace,
  { token, key }: Situation,
  play: (run: ExportRun) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-"));
  const seed = join(dir, "seed.json");
  await writeFile(seed, seedText(workspace));
  const emulator = await startEmulator({ seed, list: workspace.list });
  try {
    const base = { BUDDY_BASE_URL: emulator.url, BUDDY_TOKEN: token, BUDDY_WORKSPACE: "my-company" };
    const run: ExportRun["run"] = (args, env = {}) =>
      runCli(args, dir, { env: { ...base, ...(key !== undefined && { BUDDY_INTEGRATIONS_KEY: key }), ...env } });
    await play({ emulator, run, remove: (name) => rm(join(dir, name)) });
  } finally {
    await emulator.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Asserts that every change is `keep` or `record`. */
async function assertPassive({ run }: ExportRun, args: readonly string[], env: Readonly<Record<string, string>>) {
  const { stdout, exit } = await run([...args, "--format", "json"], env);
  const { plan, diagnostics } = parseReport(stdout);
  const active = plan?.changes.filter(({ action }) => action !== "keep" && action !== "record");
  assert.deepEqual(active, [], `${args.join(" ")}\n${JSON.stringify(diagnostics)}`);
  assert.equal(exit, 0, JSON.stringify(diagnostics));
}

test("after an export, validate reports nothing, every plan has only keep and record, and an apply sends no write", async () => {
  await fc.assert(
    fc.asyncProperty(seededWorkspace, situation, async (workspace, chosen) => {
      await inWorkspace(workspace, chosen, async (it) => {
        const all = await it.run(["export", "--out", "all.yaml", "--credentials", "managed"]);
        assert.equal(all.exit, 0, all.stderr);
        if (/nothing was written/.test(all.stderr)) return;
        const { stdout } = await it.run(["validate", "all.yaml", "--variables"]);
        const names = stdout.trimEnd().split("\n").filter(Boolean);
        // The API returns an `app_id`, so only its live value would change nothing.
        const hidden = names.filter((name) => !name.endsWith("_APP_ID"));
        const known = hidden.filter((_, index) => chosen.each > 0 && index % chosen.each === 0);
        const env = Object.fromEntries(known.map((name) => [name, `value-of-${name}`]));
        const exported = await it.run(["export", ...chosen.style, ...chosen.credentials], env);
        assert.equal(exported.exit, 0, exported.stderr);
        const valid = await it.run(["validate", "--format", "json"]);
        assert.equal(valid.exit, 0, valid.stdout);
        assert.deepEqual(
          [...valid.stdout.matchAll(/"code": "([^"]*)"/g)]
            .map(([, code]) => code)
            .filter((code) => code !== "environment-scope" && code !== "unknown-type"),
          [],
          valid.stdout,
        );
        await assertPassive(it, ["plan"], {});
        await assertPassive(it, ["plan", "--assume-sent"], env);
        const before = it.emulator.requests.length;
        const assumed = await it.run(["apply", "--assume-sent", "--yes"], env);
        assert.equal(assumed.exit, 0, assumed.stderr);
        await assertPassive(it, ["plan"], {});
        await assertPassive(it, ["plan"], env);
        const applied = await it.run(["apply", "--yes"], env);
        assert.equal(applied.exit, 0, applied.stderr);
        assert.deepEqual(
          it.emulator.requests.slice(before).filter(({ method }) => method !== "GET"),
          [],
        );
      });
    }),
    { numRuns: effort(20) },
  );
});

test("without its lockfile, an exported file adopts everything again, and nothing is sent", async () => {
  await fc.assert(
    fc.asyncProperty(seededWorkspace, situation, async (workspace, chosen) => {
      await inWorkspace(workspace, chosen, async (it) => {
        const exported = await it.run(["export", ...chosen.style, ...chosen.credentials]);
        if (/nothing was written/.test(exported.stderr)) return;
        await it.remove("integrations.lock.yaml");
        const { plan, diagnostics } = parseReport((await it.run(["plan", "--format", "json"])).stdout);
        assert.deepEqual(
          plan?.changes.filter(({ action, refused }) => action !== "adopt" || refused !== undefined),
          [],
          JSON.stringify(diagnostics),
        );
        const before = it.emulator.requests.length;
        const applied = await it.run(["apply", "--yes"]);
        assert.equal(applied.exit, 0, applied.stderr);
        assert.deepEqual(
          it.emulator.requests.slice(before).filter(({ method }) => method !== "GET"),
          [],
        );
      });
    }),
    { numRuns: effort(8) },
  );
});

test("after an export nothing is left to export, and --append adds what a first export left out", async () => {
  await fc.assert(
    fc.asyncProperty(seededWorkspace, situation, async (workspace, chosen) => {
      await inWorkspace(workspace, { ...chosen, token: FULL_TOKEN }, async (it) => {
        const first = await it.run(["export", "--project", "website"]);
        if (first.exit === 3 || /nothing was written/.test(first.stderr)) return;
        const more = await it.run(["export", "--append", ...chosen.style]);
        assert.equal(more.exit, 0, more.stderr);
        await assertPassive(it, ["plan"], {});
        const rest = await it.run(["export", "--append"]);
        assert.equal(rest.exit, 0, rest.stderr);
        assert.equal(rest.stdout.includes("integrations.lock.yaml"), false);
      });
    }),
    { numRuns: effort(8) },
  );
});
