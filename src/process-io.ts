import { fstatSync, type Stats } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { runGit } from "./git.ts";
import type { Io, Output } from "./io.ts";
import { isAlive, processStart } from "./process-table.ts";

/** The world outside this process. @param interruption aborted by a signal, or by Ctrl-C at a question */
export function createProcessIo(env: Readonly<Record<string, string | undefined>>, interruption: AbortController): Io {
  return {
    env: env,
    cwd: process.cwd(),
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    // A getter, since it takes time to examine stdin, and most commands never ask.
    get interactive() {
      return process.stderr.isTTY && process.stdin.isTTY;
    },
    ask: async (question, answer) => {
      const { askLine } = await import("./prompt.ts");
      return askLine(question, {
        answer: answer ?? "shown",
        input: process.stdin,
        output: process.stderr,
        signal: interruption.signal,
        interrupt: () => interruption.abort("SIGINT"),
      });
    },
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
    git: (folder, args) => runGit(folder, args, env),
    isAlive,
    processStart,
  };
}

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
    // The descriptor is closed.
    return undefined;
  }
}
