import { basename, dirname } from "node:path";
import { failure, success, type Result } from "../model/integration.ts";

/** What looking into a repository needs: see `Io.git`. */
export interface GitRunner {
  git(folder: string, args: readonly string[]): Promise<GitRun>;
}

type GitRun =
  | { readonly kind: "ended"; readonly code: number; readonly stdout: Uint8Array; readonly stderr: string }
  | { readonly kind: "missing"; readonly why: string };

/** Why git can't tell: it isn't installed, the folder is in no repository, or it refuses to look. */
export interface GitProblem {
  readonly why: string;
}

/** Which of these files of one folder git tracks, so that a pull request may have brought them. */
export async function trackedFiles(
  runner: GitRunner,
  paths: readonly [string, ...string[]],
): Promise<Result<readonly string[], GitProblem>> {
  // Where the file system takes both for one file, another spelling is read as well.
  const specs = paths.map((path) => `:(icase,literal)${basename(path)}`);
  const listed = await runGit(runner, dirname(paths[0]), ["ls-files", "-z", "--", ...specs]);
  if (!listed.ok) return listed;
  const names = new Set(listed.value.split("\0").map((name) => name.toLowerCase()));
  return success(paths.filter((path) => names.has(basename(path).toLowerCase())));
}

async function runGit(runner: GitRunner, folder: string, args: readonly string[]): Promise<Result<string, GitProblem>> {
  const run = await runner.git(folder, args);
  if (run.kind === "missing") return failure({ why: run.why });
  if (run.code === 0) return success(new TextDecoder().decode(run.stdout));
  const [line = ""] = run.stderr.split("\n");
  return failure({ why: line === "" ? `git ended with ${run.code}` : line.replace(/^fatal: /, "") });
}
