import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The main job with the built program and the emulator: a plan with creations, the apply, the lockfile, a plan that has
 * nothing to do, and the hashes for pipelines. It fails if a step fails.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "dist", "bin.js");

// `npm ci` has built it, unless it ran with `--ignore-scripts`.
if (!existsSync(bin))
  spawnSync("npm run build --silent", { cwd: root, shell: true, stdio: ["ignore", "inherit", "inherit"] });

const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-demo-"));
const emulator = spawn(process.execPath, [bin, "emulate", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
try {
  const env = { ...process.env, ...(await announcedVariables(emulator)), BUDDY_INTEGRATIONS_KEY: "00".repeat(32) };
  await copyFile(join(root, "integrations.example.yaml"), join(dir, "integrations.yaml"));
  await writeFile(join(dir, "secrets.env"), placeholders(await readFile(join(dir, "integrations.yaml"), "utf8")));
  await writeFile(join(dir, "buddy.yml"), pipelineText());

  await runStep("What would be done? (a pull request would show this; it needs no secret)", ["plan"], env);
  await runStep("Do it.", ["apply", "--yes", "--secrets-file", "secrets.env"], env);
  heading("The lockfile, which is committed (its beginning):", "head -n 24 integrations.lock.yaml");
  const lock = await readFile(join(dir, "integrations.lock.yaml"), "utf8");
  console.log(`${lock.split("\n").slice(0, 24).join("\n")}\n…`);
  const again = await runStep("Is anything left to do?", ["plan", "--secrets-file", "secrets.env"], env);
  if (!again.includes("nothing to do")) throw new Error("the second plan should have nothing to do");
  await runStep("Fill the hash into the pipeline.", ["refs", "--write"], env);
  heading("The pipeline:", "cat buddy.yml");
  console.log(await readFile(join(dir, "buddy.yml"), "utf8"));
} finally {
  emulator.kill();
  await rm(dir, { recursive: true, force: true });
}

function pipelineText(): string {
  return `- pipeline: "Deploy"
  actions:
    - action: "Upload"
      type: "AMAZON_S3"
      integration_hash: aws_token_integration # our key: refs --write fills the hash in
`;
}

/** Runs a command as a user would, and shows it. */
async function runStep(title: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  heading(title, `buddy-integrations ${args.join(" ")}`);
  const child = spawn(process.execPath, [bin, ...args], { cwd: dir, env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`${args.join(" ")} ended with exit code ${code}`);
  return output;
}

/** The variables that the emulator prints once it listens. */
function announcedVariables(child: ChildProcess): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`the emulator ended with exit code ${code}`)));
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const pairs = text.split("\n").flatMap((line) => {
        const [name, value] = line.split("=", 2);
        return name !== undefined && value !== undefined && !name.startsWith("export ") ? [[name, value] as const] : [];
      });
      if (pairs.length >= 3) resolve(Object.fromEntries(pairs));
    });
  });
}

/** A made-up value for every variable of the file. */
function placeholders(file: string): string {
  const code = file.replaceAll(/#.*$/gm, "");
  const names = new Set([...code.matchAll(/\$\{?([A-Z][A-Z0-9_]*)/g)].map(([, name]) => name));
  return [...names].map((name) => `${name}=made-up-for-the-demo\n`).join("");
}

function heading(title: string, command: string): void {
  console.log(`\n── ${title}\n$ ${command}\n`);
}
