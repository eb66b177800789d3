import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../src/emulator/index.ts";
import { block } from "../test/support/desired-file.ts";
import { runProgram } from "../test/support/kill/program.ts";

/**
 * `node --import tsx bench/fleet.ts`: many files in one process, and the same files spread over several processes, like the
 * matrix of a CI. The API limits the rate of its one token. The ideal is the time that the rate limit alone takes for the sent
 * requests.
 */
const [WORKSPACES, FILES_EACH, INTEGRATIONS_EACH] = [20, 2, 15];
const RATE = { limit: 200, windowSeconds: 5 };
const names = Array.from({ length: WORKSPACES }, (_, index) => `team-${String(index).padStart(2, "0")}`);
const dir = await mkdtemp(join(tmpdir(), "buddy-fleet-"));
const seed = join(dir, "seed.yml");
await writeFile(seed, seedOf(names));
const emulator = await startEmulator({ seed, latencyMs: 20 });
const env = {
  BUDDY_BASE_URL: emulator.url,
  BUDDY_TOKEN: "full",
  TOKEN: "token-1f9d",
  BUDDY_INTEGRATIONS_KEY: "ab".repeat(32),
};
try {
  for (const name of names) {
    for (let file = 0; file < FILES_EACH; file += 1)
      await writeFile(join(dir, `${name}-${file}.yaml`), textOf(name, file));
  }
  await timed("apply", [names]);
  emulator.changeSettings({ rateLimit: RATE });
  console.log(
    `${WORKSPACES * FILES_EACH} files, ${WORKSPACES} workspaces, ${RATE.limit} requests in ${RATE.windowSeconds} s`,
  );
  for (const jobs of [1, 2, 4]) {
    await new Promise((resolve) => setTimeout(resolve, RATE.windowSeconds * 1000));
    const size = Math.ceil(WORKSPACES / jobs);
    const groups = Array.from({ length: jobs }, (_, index) => names.slice(index * size, (index + 1) * size));
    const { ms, requests } = await timed("plan", groups);
    const ideal = (Math.ceil(requests / RATE.limit) - 1) * RATE.windowSeconds * 1000;
    const text = `${jobs} ${jobs === 1 ? "process" : "processes"}: ${requests} requests in ${(ms / 1000).toFixed(1)} s`;
    console.log(`${text}; the limit alone takes ${(ideal / 1000).toFixed(1)} s`);
  }
} finally {
  await emulator.close();
  await rm(dir, { recursive: true, force: true });
}

async function timed(command: "plan" | "apply", groups: readonly (readonly string[])[]) {
  const before = emulator.requests.length;
  const started = performance.now();
  const ends = await Promise.all(
    groups.map((group) => {
      const files = group.flatMap((name) => ["--file", `${name}-*.yaml`]);
      const args = [command, ...files, "--quiet", ...(command === "apply" ? ["--yes"] : [])];
      return runProgram(args, { cwd: dir, env });
    }),
  );
  for (const { exit, stderr } of ends)
    if (exit !== 0 || stderr.includes("Warning")) throw new Error(`${command} ended with ${exit}:\n${stderr}`);
  return { ms: performance.now() - started, requests: emulator.requests.length - before };
}

function textOf(workspace: string, file: number): string {
  const blocks = Array.from({ length: INTEGRATIONS_EACH }, (_, index) => `  ${block(`web_${file}_${index}`)}\n`);
  return `version: 1\nworkspace: ${workspace}\nintegrations:\n${blocks.join("")}`;
}

function seedOf(workspaces: readonly string[]): string {
  const member = "{ id: 1, name: Owner, email: owner@example.com, owner: true }";
  return [
    "users: [{ id: 1, name: Owner, email: owner@example.com }]",
    "tokens: [{ name: full, token: full, user: 1, scopes: all }]",
    "workspaces:",
    ...workspaces.map((name, index) => `  ${name}: { id: ${index + 1}, members: [${member}] }`),
    "",
  ].join("\n");
}
