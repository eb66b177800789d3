import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Times and memory of the built program, as ratios to `node -e 0` in the same round, since machines differ and are
 * noisy. Medians of interleaved runs. `npm run bench [ROUNDS]`
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "dist", "bin.js");
const rounds = Number(process.argv[2] ?? 7);
const LATENCY = 50;

interface Run {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What it may take: a ratio to `node -e 0`, or milliseconds on top of it. */
  readonly target: { readonly ratio: number } | { readonly ms: number };
  /** Before each run. */
  readonly prepare?: () => Promise<void>;
}

const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-bench-"));
const started: ChildProcess[] = [];
try {
  await writeFile(
    join(dir, "memory.cjs"),
    'process.on("exit", () => require("node:fs").writeSync(3, String(process.resourceUsage().maxRSS)));',
  );
  const quick = await emulator([]);
  const far = await emulator(["--latency", String(LATENCY)]);
  for (const [name, count] of [
    ["n20", 20],
    ["n100", 100],
    ["n1000", 1000],
  ] as const) {
    await writeFile(join(dir, `${name}.yaml`), desired(count));
  }
  apply("n20", quick);
  apply("n1000", far);

  const ideal = (count: number): number => (count * LATENCY) / 10;
  const plan = (name: string): string[] => ["sync", "--plan", "--file", `${name}.yaml`];
  const runs: Run[] = [
    { name: "--version", args: ["--version"], env: quick, target: { ratio: 1.4 } },
    { name: "--help", args: ["--help"], env: quick, target: { ratio: 1.4 } },
    { name: "validate, 100", args: ["validate", "n100.yaml"], env: quick, target: { ratio: 2.5 } },
    { name: "no-op plan, 20", args: plan("n20"), env: quick, target: { ratio: 4 } },
    { name: `no-op plan, 1,000 at ${LATENCY} ms`, args: plan("n1000"), env: far, target: { ms: 1.15 * ideal(1000) } },
    {
      name: `create 100 at ${LATENCY} ms`,
      args: ["sync", "--apply", "--yes", "--file", "n100.yaml"],
      env: far,
      target: { ms: 1.25 * ideal(100) },
      prepare: () => forget("n100", far),
    },
  ];
  const times = new Map<string, number[]>(runs.map(({ name }) => [name, []]));
  const memory = new Map<string, number[]>(runs.map(({ name }) => [name, []]));
  const empty: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    empty.push(measure(["-e", "0"], process.env).ms);
    for (const run of runs) {
      await run.prepare?.();
      const { ms, mib } = measure([bin, ...run.args], run.env);
      times.get(run.name)?.push(ms);
      memory.get(run.name)?.push(mib);
    }
  }
  const base = median(empty);
  console.log(`node -e 0: ${base.toFixed(0)} ms; ${rounds} rounds\n`);
  for (const { name, target } of runs) {
    const ms = median(times.get(name) ?? []);
    const limit = "ratio" in target ? target.ratio * base : target.ms + 4 * base;
    const mark = ms <= limit ? "  " : "! ";
    const words = "ratio" in target ? `target ${target.ratio} ×` : `target ${limit.toFixed(0)} ms`;
    const mib = median(memory.get(name) ?? []).toFixed(0);
    console.log(
      `${mark}${name.padEnd(30)} ${ms.toFixed(0).padStart(6)} ms  ${(ms / base).toFixed(2).padStart(6)} ×  ${mib.padStart(4)} MiB  ${words}`,
    );
  }
} finally {
  for (const child of started) child.kill();
  await rm(dir, { recursive: true, force: true });
}

function desired(count: number): string {
  const one = (index: number): string =>
    `  key_${index}:\n    type: DIGITAL_OCEAN\n    name: Number ${index}\n    scope: WORKSPACE\n    token: $TOKEN\n    all_pipelines_allowed: true\n`;
  return `version: 1\nintegrations:\n${Array.from({ length: count }, (_, index) => one(index)).join("")}`;
}

function apply(name: string, env: NodeJS.ProcessEnv): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    [bin, "sync", "--apply", "--yes", "--concurrency", "50", "--file", `${name}.yaml`],
    {
      cwd: dir,
      env,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
}

/** Takes away what a run created, so that the next one creates it again. */
async function forget(name: string, env: NodeJS.ProcessEnv): Promise<void> {
  const base = env["BUDDY_BASE_URL"] ?? "";
  const headers = { authorization: `Bearer ${env["BUDDY_TOKEN"]}` };
  const url = `${base}/workspaces/${env["BUDDY_WORKSPACE"]}/integrations`;
  const list: unknown = await (await fetch(url, { headers })).json();
  const created = [...JSON.stringify(list).matchAll(/"hash_id":"(\w+)"/g)].slice(1000).map(([, hash]) => hash);
  await Promise.all(created.map((hash) => fetch(`${url}/${hash}`, { method: "DELETE", headers })));
  await rm(join(dir, `${name}.lock.yaml`), { force: true });
}

function measure(args: readonly string[], env: NodeJS.ProcessEnv): { readonly ms: number; readonly mib: number } {
  const start = performance.now();
  const command = ["--require", join(dir, "memory.cjs"), ...args];
  const { status, stderr, output } = spawnSync(process.execPath, command, {
    cwd: dir,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const ms = performance.now() - start;
  if (status === 0) return { ms, mib: Number(output[3]) / 1024 };
  throw new Error(`${args.join(" ")}: ${stderr}`);
}

async function emulator(options: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const child = spawn(process.execPath, [bin, "emulate", "--port", "0", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const text = await new Promise<string>((resolve) => {
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      said += part;
      if (said.includes("BUDDY_WORKSPACE=")) resolve(said);
    });
  });
  const variables = Object.fromEntries(
    text
      .trim()
      .split("\n")
      .map((line) => line.split("=", 2)),
  );
  return { ...process.env, ...variables, TOKEN: "a token", BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
