import { tmpdir } from "node:os";
import type { Io } from "../../src/io.ts";

const NO_OUTPUT = { write: () => undefined, isTTY: false };

/** An `Io` that does nothing, for tests that define commands and parse arguments without running them. */
export const NOWHERE: Io = {
  env: {},
  cwd: tmpdir(),
  stdout: NO_OUTPUT,
  stderr: NO_OUTPUT,
  interactive: false,
  ask: () => Promise.resolve(undefined),
  fetch: () => Promise.reject(new Error("no request is sent")),
  signal: new AbortController().signal,
  now: () => 0,
  sleep: () => Promise.resolve(),
  random: () => 0,
  pid: 1,
  hostname: "host",
  nodeVersion: "20.19.0",
  git: () => Promise.reject(new Error("git is not run")),
  every: () => () => undefined,
  isAlive: () => false,
  processStart: () => undefined,
};
