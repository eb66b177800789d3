import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import { makeFifo, writerOf } from "../support/fifo.ts";
import { workbench, type CliOptions, type CliResult, type Workbench } from "../support/workbench.ts";

/** Every input that may be a FIFO, with a run that reads it. `name` is the file of the input. */
const INPUTS: Readonly<Record<string, (bench: Workbench, name: string, given: CliOptions) => Promise<CliResult>>> = {
  "integrations.yaml": (bench, name, given) =>
    bench.run(["sync", "--plan", "--file", name, "--lockfile", "integrations.lock.yaml"], given),
  "integrations.yaml of validate": (bench, name, given) => bench.run(["validate", name], given),
  "integrations.yaml of refs": (bench, name, given) =>
    bench.run(["refs", "--check", "--file", name, "--lockfile", "integrations.lock.yaml", "pipeline.yml"], given),
  "secrets.env": (bench, name, given) => bench.run(["sync", "--plan", "--secrets-file", name], given),
  "value.txt": (bench, name, given) => bench.run(["sync", "--plan"], { ...given, env: { TOKEN_FILE: name } }),
  "token.txt": (bench, name, given) =>
    bench.run(["sync", "--plan"], { ...given, env: { BUDDY_TOKEN: undefined, BUDDY_TOKEN_FILE: name } }),
  "plan.json": (bench, name, given) => bench.run(["sync", "--plan", "--expect", name], given),
  "pipeline.yml": (bench, name, given) => bench.run(["refs", "--check", name], given),
};

async function prepared(t: TestContext): Promise<Workbench> {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", fileOf(block("a", { name: "A" })));
  await bench.write("secrets.env", "TOKEN=some value\n");
  await bench.write("value.txt", "some value");
  await bench.write("token.txt", bench.emulator.token);
  await bench.write("pipeline.yml", "- pipeline: P\n  actions:\n    - action: A\n      integration_hash: a\n");
  await bench.run(["sync", "--plan", "--out", "plan.json"]);
  return bench;
}

for (const [input, run] of Object.entries(INPUTS)) {
  const [name = ""] = input.split(" ");

  test(`an input may be a FIFO: ${input}`, async (t) => {
    const bench = await prepared(t);
    const expected = await run(bench, name, {});
    const text = await readFile(join(bench.dir, name));
    await rm(join(bench.dir, name));
    makeFifo(join(bench.dir, name));
    const writing = writeFile(join(bench.dir, name), text);
    assert.deepEqual(await run(bench, name, {}), expected);
    await writing;
  });

  test(`Ctrl-C ends the wait for a FIFO: ${input}`, async (t) => {
    const bench = await prepared(t);
    const path = join(bench.dir, name);
    await rm(path);
    makeFifo(path);
    const interruption = new AbortController();
    const running = run(bench, name, { signal: interruption.signal });
    const writer = await writerOf(path);
    interruption.abort("SIGINT");
    const { exit, stderr } = await running;
    await writer.close();
    assert.equal(exit, 130, stderr);
  });
}
