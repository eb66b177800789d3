import assert from "node:assert/strict";
import { execFile } from "node:child_process";

/** A folder in which the commands of a document can be typed, and what is in the environment. */
export interface DocFolder {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a script as a document shows it, where nobody can be asked. It must end with 0. */
export function runShell(script: string, { dir, env }: DocFolder): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile("sh", ["-e", "-c", script], { cwd: dir, env }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new assert.AssertionError({ message: `exit ${error.code}:\n${script}\n${stdout}${stderr}` }));
    });
    child.stdin?.end();
  });
}
