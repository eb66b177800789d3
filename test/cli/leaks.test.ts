import assert from "node:assert/strict";
import { test } from "node:test";
import { leakSearchBench } from "../support/leaks/search.ts";

const FORMATS = ["text", "json", "markdown", "github"] as const;

test("no secret of any type is in the output of any command and format, from the first plan to the last deletion", async (t) => {
  const bench = await leakSearchBench(t);
  const ok = async (...args: string[]): Promise<void> => {
    const { exit, stdout, stderr } = await bench.run(args);
    assert.equal(exit, 0, `${args.join(" ")}\n${failureLines(stdout)}${failureLines(stderr)}`);
  };
  const everyPlan = async (): Promise<void> => {
    for (const format of FORMATS) await ok("sync", "--plan", "--format", format, "--verbose");
    for (const format of ["text", "json"]) await ok("sync", "--plan", "--offline", "--format", format);
  };
  for (const format of ["text", "json", "github"]) await ok("validate", "--format", format);
  await everyPlan();
  await ok("sync", "--plan", "--out", "plan.json");
  await ok("sync", "--apply", "--verbose", "--expect", "plan.json");
  assert.ok((await bench.read("integrations.lock.yaml"))?.includes("fingerprint: hmac-sha256:"));

  bench.rotate();
  await everyPlan();
  await ok("sync", "--apply", "--format", "json", "--verbose");
  assert.match((await bench.run(["sync", "--plan"])).stdout, /nothing to do/);
  await ok("sync", "--apply", "--format", "markdown", "--resend", "*");
  for (const format of ["table", "json", "yaml", "env"]) await ok("refs", "--format", format);

  const [first] = bench.emulator.stored();
  assert.equal((await bench.run(["import", "another_key", first?.hash_id ?? ""])).exit, 3);
  for (const format of ["text", "json"]) await ok("doctor", "--format", format, "--verbose");
  await ok("export", "--append");

  await bench.write("integrations.lock.yaml", "lockfile_version: 2\nworkspaces: {}\n");
  bench.rotate();
  // Export leaves out what the file will adopt again.
  await ok("export", "--append");
  const refused = await bench.run(["sync", "--plan", "--format", "json"]);
  assert.equal(refused.exit, 7, refused.stderr);
  await ok("sync", "--apply", "--adopt", "--format", "github");

  await bench.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  for (const format of FORMATS) await ok("sync", "--plan", "--format", format);
  await ok("sync", "--apply", "--prune", "--max-deletions", "1000", "--verbose");
  assert.equal(bench.emulator.stored().length, 0);
});

/** The lines of a long output that report a failure. */
function failureLines(output: string): string {
  return output
    .split("\n")
    .filter((line) => /error|fail|refuse|"message"/i.test(line))
    .slice(0, 20)
    .join("\n");
}
