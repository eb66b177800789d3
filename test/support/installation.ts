import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gitRepository, type TestRepository } from "./git.ts";
import { root } from "./root.ts";

const start = promisify(execFile);
const project = fileURLToPath(root);
const NOT_SOURCES = new Set([".git", ".test", "coverage", "dist", "node_modules"]);
/** Environment variables that npm sets for the tests, and the user's settings that are needed to reach a registry. */
const OF_NPM = /^(?:npm_|INIT_CWD$)/i;
const SETTINGS_OF_NPM = /^npm_config_(?:registry|cache|userconfig|cafile|proxy|https_proxy|noproxy)$/i;
const UNREACHABLE = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|E40[34]|ENOTCACHED)\b/;

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without the environment of the npm that runs the tests. @throws with its whole output */
export async function runProgramIn(
  cwd: string,
  [command = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandOutput> {
  const outside = Object.entries(process.env).filter(([name]) => !OF_NPM.test(name) || SETTINGS_OF_NPM.test(name));
  const options = { cwd, env: { ...Object.fromEntries(outside), ...env }, maxBuffer: 2 ** 26 };
  const shell = process.platform === "win32" && command === "npm";
  try {
    return await start(command, [...args], { ...options, shell });
  } catch (error) {
    const printed = ["stdout", "stderr"].map((name) => (error instanceof Error ? Reflect.get(error, name) : undefined));
    throw new Error([[command, ...args].join(" "), String(error), ...printed].join("\n"), { cause: error });
  }
}

/**
 * Runs something that needs a package registry.
 * @returns undefined when the registry can't be reached; then the test is skipped
 */
export async function withRegistry<T>(t: TestContext, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    const reason = error instanceof Error ? UNREACHABLE.exec(error.message)?.[0] : undefined;
    if (reason === undefined) throw error;
    t.skip(`the registry can't be reached: ${reason}`);
    return undefined;
  }
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "buddy-integrations-install-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A repository with the current sources in one commit, and no build output. */
export async function repositoryOfProject(folder: string): Promise<TestRepository> {
  const filter = (path: string): boolean => !NOT_SOURCES.has(relative(project, path).split(sep)[0] ?? "");
  await cp(project, folder, { recursive: true, filter });
  const repository = await gitRepository(folder);
  await repository.git("add", "-A");
  await repository.git("commit", "-q", "-m", "sources");
  return repository;
}

/** Packs the project with its current `dist`. @returns the archive, and everything that was printed */
export async function packProject(folder: string): Promise<CommandOutput & { readonly archive: string }> {
  const output = await runProgramIn(project, ["npm", "pack", "--pack-destination", folder]);
  return { ...output, archive: join(folder, output.stdout.trim()) };
}
