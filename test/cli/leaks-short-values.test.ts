import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { echoingFetch } from "../support/leaks/echoes.ts";
import { allSecrets } from "../support/leaks/all-secrets.ts";
import { workbench, type CliResult, type Workbench } from "../support/workbench.ts";

const { text, variables } = allSecrets(["VULTR", "AMAZON", "AZURE_CLOUD", "SLACK", "CUSTOM"]);

/** Values too short to search for in an output. Instead, the output must not depend on them. */
const SHORT = ["a", "1", "é", "🔑", "$", "no", "\\n", '"', "true", "0", "the"];
/** Values of other content and length. */
const OTHERS = ["name", "b", "x y", "%", "👪", "400", "ok", "'", "id", "{}", "of"];

test("outputs and files don't depend on the content of short values", async (t) => {
  assert.deepEqual(await outputsWith(t, SHORT), await outputsWith(t, OTHERS));
});

/** Everything that a series of commands writes, without what the server and the clock choose. */
async function outputsWith(t: TestContext, values: readonly string[]): Promise<string[]> {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", text);
  const envFrom = (first: number): Record<string, string> =>
    Object.fromEntries(variables.map((name, index) => [name, values[(index + first) % values.length] ?? ""]));
  const written: string[] = [];
  const run = async (args: readonly string[], env: Record<string, string>, method?: string): Promise<void> => {
    const io = { now: () => 0, ...(method === undefined ? {} : { fetch: echoingFetch({ method, status: 400 }) }) };
    const { exit, stdout, stderr }: CliResult = await bench.run([...args, "--concurrency", "1"], { env, io });
    const files = [await bench.read("integrations.lock.yaml"), await bench.read("plan.json")];
    written.push(withoutChoices(bench, [args.join(" "), exit, stdout, stderr, ...files].join("\n---\n")));
  };
  await run(["sync", "--plan", "--out", "plan.json", "--verbose"], envFrom(0));
  await run(["sync", "--apply", "--verbose"], envFrom(0), "POST");
  await run(["sync", "--apply", "--verbose"], envFrom(0));
  await run(["sync", "--plan", "--format", "json"], envFrom(0));
  await run(["sync", "--plan", "--resend", "*"], envFrom(1));
  await run(["sync", "--apply", "--resend", "*"], envFrom(1), "PATCH");
  await run(["sync", "--apply", "--resend", "*", "--format", "markdown"], envFrom(1));
  return written;
}

function withoutChoices({ emulator }: Workbench, output: string): string {
  const hashes = emulator.stored().toSorted((a, b) => (a.identifier < b.identifier ? -1 : 1));
  const plain = output.replaceAll(emulator.url, "URL").replaceAll(/sha256:[0-9a-f]{64}/g, "sha256:HASH");
  // YAML quotes hashes that begin like a number.
  return hashes.reduce(
    (known, { hash_id }, index) => known.replaceAll(new RegExp(`"?${hash_id}"?`, "g"), `HASH${index}`),
    plain,
  );
}
