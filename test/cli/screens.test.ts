import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { displayWidth } from "../../src/render/width.ts";
import { block, fileOf } from "../support/desired-file.ts";
import { assertGolden } from "../support/golden.ts";
import { noTerminal, runInTerminal, type TerminalOptions, type TerminalResult } from "../support/terminal.ts";
import { workbench, type Workbench } from "../support/workbench.ts";

/** The terminals of these tests: narrow without colours, and wide with colours. */
const TERMINALS = [
  { columns: 80, color: false },
  { columns: 120, color: true },
] as const;
type Terminal = (typeof TERMINALS)[number];

const VALUES = { TOKEN: "s3cret-token", BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };
const skip = noTerminal();

for (const terminal of TERMINALS) {
  const { columns, color } = terminal;
  const title = (what: string): string => `${what}, at ${columns} columns ${color ? "in colours" : "without colours"}`;

  test(title("a plan with changes of most kinds"), { skip }, async (t) => {
    const bench = await seededBench(t, 8);
    await bench.write("integrations.yaml", fileOf(named("kept"), named("old"), named("before"), named("changed")));
    await bench.run(["apply", "--yes", "--concurrency", "1"], { env: VALUES });
    await bench.write(
      "integrations.yaml",
      fileOf(
        named("kept"),
        named("after", { lifecycle: "{ moved_from: [before] }" }),
        block("changed", { name: '"A name that is changed to a much longer one, so that its line is broken"' }),
        named("new"),
      ),
    );
    const shown = await play(bench, ["plan"], terminal);
    assert.equal(shown.exit, 0, shown.screen);
    assertFits("plan", shown, terminal, bench);
  });

  test(title("an apply of 200 that are alike"), { skip }, async (t) => {
    const bench = await seededBench(t, 200);
    await bench.write("integrations.yaml", fileOf(...keys("integration_", 200).map((key) => named(key))));
    const shown = await play(bench, ["apply", "--yes", "--concurrency", "1"], terminal);
    assert.equal(shown.exit, 0, shown.screen);
    assertFits("apply-200", shown, terminal, bench);
  });

  test(title("an apply that Ctrl-C interrupts"), { skip }, async (t) => {
    const bench = await seededBench(t, 10);
    await bench.write("integrations.yaml", fileOf(...keys("key_", 6).map((key) => named(key))));
    bench.emulator.addFault({ kind: "latency", ms: 2500, match: { method: "POST" }, after: 2 });
    const args = ["apply", "--yes", "--concurrency", "1"];
    const shown = await play(bench, args, terminal, "applying: 2 of 6");
    assert.equal(shown.exit, 130, shown.screen);
    assertFits("interrupted", shown, terminal, bench);
  });

  test(title("a token that is refused while 40 are read"), { skip }, async (t) => {
    const bench = await seededBench(t, 40);
    await bench.write("integrations.yaml", fileOf(...keys("key_", 40).map((key) => named(key))));
    await bench.run(["apply", "--yes", "--concurrency", "1"], { env: VALUES });
    const shown = await play(bench, ["plan"], terminal, undefined, { BUDDY_TOKEN: "not-a-token-of-this-server" });
    assert.equal(shown.exit, 4, shown.screen);
    assertFits("wrong-token", shown, terminal, bench);
  });

  test(title("a server that is stopped"), { skip }, async (t) => {
    const bench = await seededBench(t, 5);
    await bench.write("integrations.yaml", fileOf(named("web")));
    await bench.emulator.close();
    const shown = await play(bench, ["plan"], terminal);
    assert.equal(shown.exit, 5, shown.screen);
    assertFits("stopped-server", shown, terminal, bench);
  });

  test(title("progress while the API paces an apply"), { skip }, async (t) => {
    const bench = await seededBench(t, 12);
    await bench.write("integrations.yaml", fileOf(...keys("key_", 12).map((key) => named(key))));
    bench.emulator.addFault({ kind: "rate-limit", resetSeconds: 3, match: { method: "POST" }, nth: 9 });
    const shown = await play(bench, ["apply", "--yes", "--concurrency", "1"], terminal);
    assert.equal(shown.exit, 0, shown.screen);
    assertFits("paced", shown, terminal, bench);
    const paced = /^applying: 8 of 12; about \d+ s left; waiting [1-4] s for the API's rate limit$/;
    assert.ok(
      shown.erased.some((line) => paced.test(line)),
      JSON.stringify(shown.erased),
    );
    for (const line of shown.erased) assert.ok(displayWidth(line) < columns, line);
  });
}

test("a wrong line that is too long is shown around its mark", { skip }, async (t) => {
  const bench = await seededBench(t, 1);
  await bench.write(
    "integrations.yaml",
    fileOf(named("a_key_that_is_rather_long", { permissions: "{ others: USE_ONLY }" })),
  );
  const shown = await play(bench, ["plan"], TERMINALS[0]);
  assert.equal(shown.exit, 3, shown.screen);
  assertFits("wrong-file", shown, TERMINALS[0], bench);
});

test(
  "in CI, and with --quiet, a terminal shows no progress; a wait is a line that says what for",
  { skip },
  async (t) => {
    for (const [args, env, waits] of [
      [[], { CI: "true" }, /^waiting [23] s: the API's rate limit is used up$/m],
      [["--quiet"], {}, /^(?![^]*waiting)/],
    ] as const) {
      const bench = await seededBench(t, 1);
      await bench.write("integrations.yaml", fileOf(named("web")));
      bench.emulator.addFault({ kind: "rate-limit", resetSeconds: 2, match: { method: "POST" }, nth: 1 });
      const shown = await play(bench, ["apply", "--yes", ...args], TERMINALS[0], undefined, env);
      assert.deepEqual([shown.exit, shown.erased], [0, []]);
      assert.match(shown.screen, waits);
    }
  },
);

function named(key: string, fields: Readonly<Record<string, string>> = {}): string {
  return block(key, {
    name: key,
    permissions: "{ admins: MANAGE, others: USE_ONLY }",
    all_pipelines_allowed: "false",
    ...fields,
  });
}

function keys(start: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${start}${String(index).padStart(3, "0")}`);
}

/** A workbench whose next hashes are fixed, so that screens can show them. */
async function seededBench(t: TestContext, hashes: number): Promise<Workbench> {
  const files = await workbench(t);
  const seed = {
    users: [{ id: 1, name: "Owner", email: "owner@example.com" }],
    tokens: [{ name: "full", token: "emulator-full-access", user: 1, scopes: "all" }],
    workspaces: {
      "my-company": { id: 1, members: [{ id: 1, name: "Owner", email: "owner@example.com", owner: true }] },
    },
    hashes: keys("5e391f5aae784b7208de0", hashes).map((hash) => ({ hash_id: hash })),
  };
  await files.write("seed.yaml", JSON.stringify(seed));
  return workbench(t, { seed: join(files.dir, "seed.yaml") });
}

function play(
  bench: Workbench,
  args: readonly string[],
  { columns, color }: Terminal,
  interruptAt?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TerminalResult> {
  const { emulator, dir } = bench;
  const options: TerminalOptions = {
    cwd: dir,
    columns,
    env: {
      BUDDY_BASE_URL: emulator.url,
      BUDDY_TOKEN: emulator.token,
      BUDDY_WORKSPACE: emulator.workspace,
      ...VALUES,
      ...(color ? {} : { NO_COLOR: "1" }),
      ...env,
    },
    ...(interruptAt === undefined ? {} : { interruptAt }),
  };
  return runInTerminal(args, options);
}

/** Asserts that the screen equals the golden file, and that no line is wider than the terminal. */
function assertFits(name: string, { screen }: TerminalResult, { columns, color }: Terminal, bench: Workbench): void {
  for (const line of screen.split("\n")) assert.ok(displayWidth(line) <= columns, line);
  assert.doesNotMatch(screen, /\(node:\d+\)/, "no warning of Node.js");
  assertGolden(`screens/${name}.${columns}${color ? ".ansi" : ".txt"}`, withFixedPort(screen, bench));
}

/** Replaces what differs from run to run by text of the same width. */
function withFixedPort(screen: string, { emulator }: Workbench): string {
  const port = new URL(emulator.url).port;
  return screen
    .replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${"8".repeat(port.length)}`)
    .replaceAll(/sha256:[0-9a-f]{64}/g, `sha256:${"0".repeat(64)}`);
}
