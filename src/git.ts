import { dirname } from "node:path";
import type { GitAnswer } from "./io.ts";

/** The largest output of git that is read, in bytes: more than any lockfile has. */
const LARGEST_ANSWER = 128 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

/**
 * Settings that keep git from running a program that the repository names, which a pull request might have brought.
 * They also refuse a repository that isn't in a `.git` folder.
 */
const SAFE_SETTINGS = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.alternateRefsCommand=",
  "safe.bareRepository=explicit",
].flatMap((setting) => ["-c", setting]);

/**
 * The variables that git needs to find its programs, its settings and the folders that it may trust. None of them
 * holds a token.
 */
const PASSED_ON =
  /^(?:PATH|PATHEXT|HOME|HOMEDRIVE|HOMEPATH|USERPROFILE|XDG_CONFIG_HOME|SYSTEMROOT|WINDIR|TEMP|TMP|TMPDIR|GIT_CONFIG_.*|GIT_CEILING_DIRECTORIES)$/i;

const SAFE_ENVIRONMENT = {
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_LITERAL_PATHSPECS: "0",
  GIT_NO_LAZY_FETCH: "1",
  // For versions of git that don't know the line above: no way of fetching is allowed.
  GIT_ALLOW_PROTOCOL: "none",
} as const;

/** Runs git once, and only reads. See `Io.git`. */
export async function runGit(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<GitAnswer> {
  // Load this only when needed: few runs use git.
  const { execFile } = await import("node:child_process");
  const passedOn = Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)));
  const options = {
    // On Windows, programs are searched in the current folder first, so that must not be the repository.
    cwd: dirname(process.execPath),
    env: { ...passedOn, ...SAFE_ENVIRONMENT },
    encoding: "buffer",
    maxBuffer: LARGEST_ANSWER,
    timeout: TIMEOUT_MS,
    windowsHide: true,
  } as const;
  return new Promise((resolve) => {
    execFile("git", ["--no-pager", ...SAFE_SETTINGS, "-C", folder, ...args], options, (error, stdout, stderr) => {
      const words = stderr.toString().trim();
      if (error === null) resolve({ kind: "ended", code: 0, stdout, stderr: words });
      else if (typeof error.code === "number") resolve({ kind: "ended", code: error.code, stdout, stderr: words });
      else resolve({ kind: "missing", why: error.code === "ENOENT" ? "git isn't installed" : error.message });
    });
  });
}
