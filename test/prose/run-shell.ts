import assert from "node:assert/strict";
import { execFile } from "node:child_process";

/** A folder in which commands of a document run, and their environment. */
export interface DocFolder {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a script of a document, without a terminal. The script must exit with 0. */
export function runShell(script: string, { dir, env }: DocFolder): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile("sh", ["-e", "-c", script], { cwd: dir, env }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new assert.AssertionError({ message: `exit ${error.code}:\n${script}\n${stdout}${stderr}` }));
    });
    child.stdin?.end();
  });
}
