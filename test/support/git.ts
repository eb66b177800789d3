import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { runGit } from "../../src/git.ts";
import type { Io } from "../../src/io.ts";

const run = promisify(execFile);

/** Runs the real git as the program does, for a workbench that needs it. */
export const REAL_GIT: Pick<Io, "git"> = { git: (folder, args) => runGit(folder, args, process.env) };

/** A machine without git. */
export const NO_GIT: Pick<Io, "git"> = {
  git: () => Promise.resolve({ kind: "missing", why: "git isn't installed" }),
};

const SETTINGS = [
  "user.name=T",
  "user.email=t@example.com",
  "commit.gpgsign=false",
  "init.defaultBranch=main",
  "maintenance.auto=false",
];

/** Runs git in a folder of the test, with only the settings above. @returns what it prints */
export async function gitIn(dir: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const all = [...SETTINGS.flatMap((setting) => ["-c", setting]), "-C", dir, ...args];
  return (await run("git", all, { env })).stdout.trim();
}

/** A repository in a folder of the test, owned by the current user, with its own settings only. */
export interface TestRepository {
  readonly git: (...args: readonly string[]) => Promise<string>;
  /** Commits everything that is there. @returns the commit */
  commit(message?: string): Promise<string>;
}

export async function gitRepository(dir: string): Promise<TestRepository> {
  const git = (...args: readonly string[]): Promise<string> => gitIn(dir, ...args);
  await git("init", "-q", "-b", "main", "--template=");
  return {
    git,
    commit: async (message = "x") => {
      await git("add", "-f", "-A");
      await git("commit", "-q", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
  };
}
