import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inspect } from "node:util";
import type { Output } from "../../src/io.ts";
import { programArguments } from "../support/kill/program.ts";
import { leakSearchBench, type LeakSearchBench } from "../support/leaks/search.ts";
import { Secret } from "../../src/model/secret.ts";

const TYPES = [
  "VULTR",
  "AMAZON",
  "AZURE_CLOUD",
  "GOOGLE_SERVICE_ACCOUNT",
  "SHOPIFY",
  "CLOUDFLARE",
  "SLACK",
  "JIRA",
  "OKTA",
];

test("a run that is interrupted half-way leaves no secret behind, and neither does the next one", async (t) => {
  const interruption = new AbortController();
  let writes = 0;
  const bench = await leakSearchBench(t, {
    types: TYPES,
    onRequest: ({ method }) => {
      if (method === "POST" && ++writes === 3) interruption.abort("SIGTERM");
    },
  });
  const { exit } = await bench.run(["sync", "--apply", "--verbose", "--concurrency", "2"], {
    signal: interruption.signal,
  });
  assert.equal(exit, 143);
  assert.ok(bench.emulator.stored().length < TYPES.length);
  assert.equal((await bench.run(["sync", "--apply", "--verbose"])).exit, 0);
});

test("a killed run leaves no secret in its files, its output and its process title", async (t) => {
  const killed: { child?: ReturnType<typeof startRedirected> } = {};
  let writes = 0;
  let title = "";
  const kill = async (): Promise<void> => {
    title = await processTitle(killed.child?.process.pid);
    killed.child?.process.kill("SIGKILL");
  };
  const bench = await leakSearchBench(t, {
    types: TYPES,
    latencyMs: 5,
    onRequest: ({ method }) => {
      if (method !== "POST" || ++writes !== 4) return;
      void kill();
    },
  });
  const child = startRedirected(bench, ["sync", "--apply", "--verbose", "--concurrency", "1"]);
  killed.child = child;
  await child.closed;
  assert.equal(child.process.signalCode, "SIGKILL");
  assert.ok((await bench.read("integrations.lock.yaml.journal"))?.includes('"begin"'));
  if (process.platform === "linux") assert.match(title, /sync/);
  await bench.search({ stdout: child.output.stdout, stderr: child.output.stderr, title });
  assert.equal((await bench.run(["sync", "--apply", "--verbose"], { io: { isAlive: () => false } })).exit, 0);
  assert.equal(
    bench.emulator.stored().length,
    new Set(bench.emulator.stored().map(({ identifier }) => identifier)).size,
  );
});

test("the message of a bug shows its place in the source, and no value", async (t) => {
  const bench = await leakSearchBench(t, { types: TYPES });
  const secret = new Secret("HELD", bench.markers.value("pem"));
  const bug = (): never => {
    const payload = new Map([["token", secret]]);
    throw Object.assign(
      new Error(`bug with ${inspect({ payload, secret }, { depth: 9 })} ${JSON.stringify([secret])} ${String(secret)}`),
      {
        cause: new Error(String(secret)),
        secret,
      },
    );
  };
  for (const format of ["text", "json"]) {
    const { exit, stderr } = await bench.run(["sync", "--apply", "--format", format], {
      io: { isAlive: bug, now: bug },
    });
    assert.equal(exit, 1);
    assert.match(stderr, /bug in buddy-integrations[^]*\[secret \$HELD\][^]*leaks-interrupted\.test/);
  }
});

test("on request, every line of a value is registered as a mask, only in GitHub Actions and only on stderr", async (t) => {
  const bench = await leakSearchBench(t, { types: TYPES });
  const masked = async (
    isOwnPipe: boolean,
    env: Readonly<Record<string, string>>,
    ...flags: readonly string[]
  ): Promise<string[]> => {
    let stderr = "";
    const pipe: Output = { write: (text) => void (stderr += text), isTTY: false, isOwnPipe };
    const result = await bench.runUnsearched(["sync", "--plan", "--verbose", "--format", "json", ...flags], {
      env,
      io: { stderr: pipe },
    });
    const isMask = (line: string): boolean => line.startsWith("::add-mask::");
    await bench.search({
      stdout: result.stdout,
      stderr: stderr
        .split("\n")
        .filter((line) => !isMask(line))
        .join("\n"),
    });
    assert.ok(JSON.parse(result.stdout));
    return stderr
      .split("\n")
      .filter(isMask)
      .map((line) => line.slice("::add-mask::".length).replaceAll("%25", "%"));
  };
  const asked = { GITHUB_ACTIONS: "true", BUDDY_INTEGRATIONS_MASK: "true" };
  const masks = new Set(await masked(true, asked));
  assert.deepEqual(new Set(await masked(true, { GITHUB_ACTIONS: "true" }, "--mask")), masks);
  for (const [name, value] of Object.entries({ ...bench.env, BUDDY_TOKEN: bench.emulator.token })) {
    for (const line of value.split("\n").map((text) => text.trim())) {
      assert.equal(masks.has(line), line.length >= 4, `${name}: ${line}`);
    }
  }
  // A file, or a pipe that also gets stdout (`2>&1 | tee log`), keeps what is written.
  assert.deepEqual(await masked(false, asked), []);
  for (const env of [
    { GITHUB_ACTIONS: "true" },
    { ...asked, BUDDY_INTEGRATIONS_MASK: "1" },
    { ...asked, GITHUB_ACTIONS: "1" },
    { ...asked, GITHUB_ACTIONS: "True" },
    { ...asked, GITHUB_ACTIONS: "", BUDDY: "true" },
    { ...asked, GITHUB_ACTIONS: "", CI: "true", GITLAB_CI: "true" },
  ]) {
    assert.deepEqual(await masked(true, env), []);
  }
});

test("the program distinguishes a separate stderr pipe from a file and from a merged pipe", async (t) => {
  const bench = await leakSearchBench(t, { types: ["VULTR"] });
  const env = { GITHUB_ACTIONS: "true", BUDDY_INTEGRATIONS_MASK: "true" };
  const direct = startRedirected(bench, ["sync", "--plan"], env);
  const merged = startRedirected(bench, ["sync", "--plan"], env, "2>&1 | cat");
  const kept = startRedirected(bench, ["sync", "--plan"], env, "2>kept.log");
  await Promise.all([direct.closed, merged.closed, kept.closed]);
  assert.match(direct.output.stderr, /^::add-mask::/);
  assert.match(merged.output.stdout, /Plan: 1 to create/);
  // Search the file too.
  await bench.search({ merged: merged.output.stdout + merged.output.stderr, kept: kept.output.stdout });
});

interface StartedProgram {
  readonly process: ReturnType<typeof spawn>;
  readonly output: { stdout: string; stderr: string };
  readonly closed: Promise<unknown>;
}

/** Starts the built program in its own process. With a `redirection`, a shell starts it. */
function startRedirected(
  bench: LeakSearchBench,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  redirection = "",
): StartedProgram {
  const { url, token, workspace } = bench.emulator;
  const settings = { BUDDY_BASE_URL: url, BUDDY_TOKEN: token, BUDDY_WORKSPACE: workspace };
  const command = [process.execPath, ...programArguments(args)];
  const child = spawn("sh", ["-c", `exec "$0" "$@" ${redirection}`.replace(/^exec (?=.*\|)/, ""), ...command], {
    cwd: bench.dir,
    env: { PATH: process.env["PATH"], ...bench.env, ...settings, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  return { process: child, output, closed: once(child, "close") };
}

/** The title that `ps` shows. Empty on a system without `/proc`. */
async function processTitle(pid: number | undefined): Promise<string> {
  const parts = ["cmdline", "comm"].map((name) => readFile(`/proc/${pid}/${name}`, "latin1").catch(() => ""));
  return (await Promise.all(parts)).join("\n");
}
