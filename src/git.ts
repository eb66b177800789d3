import { dirname } from "node:path";
import type { GitAnswer } from "./io.ts";

/** A lockfile, with room to spare. */
const LARGEST_ANSWER = 128 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

/**
 * Settings that keep a repository from running a program, which a pull request might have brought, and from being one that is
 * not in a `.git` folder.
 */
const SAFE_SETTINGS = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.alternateRefsCommand=",
  "safe.bareRepository=explicit",
].flatMap((setting) => ["-c", setting]);

/** Where git finds itself, its own settings, and which folders it may trust. No token is among them. */
const PASSED_ON =
  /^(?:PATH|PATHEXT|HOME|HOMEDRIVE|HOMEPATH|USERPROFILE|XDG_CONFIG_HOME|SYSTEMROOT|WINDIR|TEMP|TMP|TMPDIR|GIT_CONFIG_.*|GIT_CEILING_DIRECTORIES)$/i;

const SAFE_ENVIRONMENT = {
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_LITERAL_PATHSPECS: "0",
  GIT_NO_LAZY_FETCH: "1",
  // Older ones than know the line above: no way of fetching is allowed.
  GIT_ALLOW_PROTOCOL: "none",
} as const;

/** Runs git once, and only reads. See `Io.git`. */
export async function runGit(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<GitAnswer> {
  // Few runs need it.
  const { execFile } = await import("node:child_process");
  const passedOn = Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)));
  const options = {
    // On Windows, a program is looked for in the current folder first.
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
