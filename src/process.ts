import { fstatSync, type Stats } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import packageJson from "../package.json" with { type: "json" };
import { exitCode } from "./exit.ts";
import { runGit } from "./git.ts";
import type { Io, Output } from "./io.ts";
import { main } from "./main.ts";
import { isAlive, processStart } from "./process-table.ts";
import { askLine } from "./prompt.ts";

const interruption = new AbortController();

/** The first signal lets the run finish what it has begun; the second one ends it now, and the journal protects. */
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) {
      // A terminal has shown `^C` on this line.
      const start = process.stderr.isTTY ? "\n" : "";
      process.stderr.write(`${start}stopped at once: the next run looks up what this one had under way\n`);
      process.exit(exitCode([signal]));
    }
    interruption.abort(signal);
  });
}

// Warnings of Node.js are for whoever writes a program, except those that tell of this machine: its certificates, say.
process.removeAllListeners("warning");
process.on("warning", ({ name, message }) => {
  if (name === "Warning" && process.stderr.writable) process.stderr.write(`warning: ${message}\n`);
});

// Whoever reads our output may go; the work, and the lockfile, must not suffer from it.
process.stderr.on("error", () => undefined);
let isResultLost = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || isResultLost) return;
  // A full disk, say: whoever looks for the result there has to hear of it.
  isResultLost = true;
  if (process.stderr.writable) process.stderr.write(`error: the result can't be written: ${error.message}\n`);
});
process.on("exit", () => {
  if (isResultLost && process.exitCode === exitCode([])) process.exitCode = exitCode(["invalid"]);
});

const io: Io = {
  env: process.env,
  cwd: process.cwd(),
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  ask: (question, answer) =>
    askLine(question, {
      answer: answer ?? "shown",
      input: process.stdin,
      output: process.stderr,
      signal: interruption.signal,
      interrupt: () => interruption.abort("SIGINT"),
    }),
  signal: interruption.signal,
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, { signal }).catch(() => undefined);
  },
  every: (ms, action) => {
    const timer = setInterval(action, ms).unref();
    return () => clearInterval(timer);
  },
  random: () => Math.random(),
  pid: process.pid,
  hostname: hostname(),
  nodeVersion: process.versions.node,
  git: (folder, args) => runGit(folder, args, process.env),
  isAlive,
  processStart,
};

process.exitCode = await main(process.argv.slice(2), io, packageJson.version);

function output(stream: NodeJS.WriteStream & { readonly fd: number }): Output {
  return {
    write: (text) => {
      if (stream.writable) stream.write(text);
    },
    isTTY: stream.isTTY,
    isOwnPipe: isOwnPipe(stream.fd),
    columns: stream.columns,
  };
}

function isOwnPipe(descriptor: number): boolean {
  const [own, out, err] = [descriptor, 1, 2].map(status);
  if (own === undefined || !(own.isFIFO() || own.isSocket())) return false;
  return out === undefined || err === undefined || out.dev !== err.dev || out.ino !== err.ino;
}

function status(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    // Closed.
    return undefined;
  }
}
