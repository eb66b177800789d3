import { randomBytes } from "node:crypto";
import { readFileSync, utimesSync, type Stats } from "node:fs";
import { link, lstat, readFile, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileProblem, type FileProblem } from "./file-problem.ts";
import { createExclusively } from "./files.ts";
import { temporaryName } from "./paths.ts";
import { failure, success, type Result } from "../model/integration.ts";

/** Held by one run on a checkout at a time. */
export interface RunLock {
  /**
   * Aborted when the lock is no longer ours. This run was suspended, or couldn't touch the lock, for so long that another
   * run has taken it or is about to.
   */
  readonly lost: AbortSignal;
  /** Checks that the lock is still ours. Call it right before a write: `lost` may be a heartbeat late. */
  isHeld(): boolean;
  release(): Promise<void>;
}

export type RunLockProblem =
  | { readonly kind: "held"; readonly by: string; readonly sinceSeconds: number }
  | { readonly kind: "unwritable"; readonly problem: FileProblem };

export interface RunLockOwner {
  readonly pid: number;
  readonly hostname: string;
  /** Whether a process of this machine is running. A zombie isn't. */
  isAlive(pid: number): boolean;
  /** When a process began, to distinguish it from a later one with the same number; undefined if the system doesn't say. */
  processStart(pid: number): string | undefined;
  now(): number;
  /** Resolves after this many milliseconds; at once when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Ends the waiting for another run. */
  readonly signal: AbortSignal;
  /** Written to before a wait begins. */
  readonly stderr: { write(text: string): void };
}

/** After this time without a heartbeat, the run that left the lock counts as dead. */
const STALE_MS = 30_000;
const HEARTBEAT_MS = 5_000;
/** How long to wait, after taking a stale lock, before relying on it. */
const SETTLE_MS = 50;
/** How often a lock is checked during a wait for it. */
const LOOK_MS = 1_000;
/** How many heartbeats in a row may fail. The run then stops well before another run considers the lock stale. */
const MOST_MISSED = 4;
const MOST_ATTEMPTS = 20;

/**
 * Takes the lock: a file that is created exclusively, and touched while it is held. A lock that a dead run of this
 * machine left is replaced at once. Any other lock is replaced after 30 s without a heartbeat.
 * @param heartbeatMs how often the lock is touched and checked to be still ours
 */
export async function takeRunLock(
  path: string,
  owner: RunLockOwner,
  heartbeatMs = HEARTBEAT_MS,
): Promise<Result<RunLock, RunLockProblem>> {
  const mark = markOf(owner);
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const made = await createExclusively(path, mark, 0o600);
    if (made.ok) {
      // When several runs replace a stale lock, a slow one may have moved ours away, and another run's lock may be in its place.
      if (attempt > 1) await pause(SETTLE_MS);
      if (attempt === 1 || (await readContent(path)) === mark)
        return success(startHeartbeat(path, mark, owner, heartbeatMs));
      continue;
    }
    // ENOENT: either the run that got the lock has just removed our temporary file, or the folder is missing.
    const contended = made.error.code === "EEXIST" || (made.error.code === "ENOENT" && attempt < 3);
    if (!contended) return failure({ kind: "unwritable", problem: made.error });
    const found = await readTrace(path);
    if (found === "gone") continue;
    if (found === "no file") return failure({ kind: "unwritable", problem: blockedLockProblem(path) });
    const seen = await lastSeen(path, found, owner);
    if (seen === "changed") continue;
    if (seen !== "stale") return failure({ kind: "held", by: describeHolder(found), sinceSeconds: seen });
    const stuck = await removeStaleLock(path, found);
    if (stuck !== undefined) return failure({ kind: "unwritable", problem: stuck });
  }
  return failure({ kind: "held", by: "another run", sinceSeconds: 0 });
}

function markOf(owner: RunLockOwner): string {
  const { pid, hostname } = owner;
  const started = owner.processStart(pid);
  const run = randomBytes(8).toString("hex");
  return `${JSON.stringify({ pid, hostname, run, ...(started === undefined ? {} : { started }) })}\n`;
}

/**
 * Takes the lock, and waits for the run that holds it, if there is one.
 *
 * @param timeoutMs how long to wait
 * @param announce called before the wait begins
 */
export async function waitForRunLock(
  path: string,
  owner: RunLockOwner,
  { timeoutMs, announce }: { readonly timeoutMs: number; readonly announce: (holder: string) => void },
): Promise<Result<RunLock, RunLockProblem>> {
  for (let waited = 0; ; waited += LOOK_MS) {
    const taken = await takeRunLock(path, owner);
    if (taken.ok || taken.error.kind !== "held" || waited >= timeoutMs || owner.signal.aborted) return taken;
    if (waited === 0) announce(taken.error.by);
    await owner.sleep(Math.min(LOOK_MS, timeoutMs - waited), owner.signal);
  }
}

/** Who holds the lock now, from a single look; undefined if nobody does. */
export async function runLockHolder(path: string, owner: RunLockOwner): Promise<string | undefined> {
  const found = await readTrace(path);
  if (typeof found === "string" || isEnded(found, owner)) return undefined;
  const age = owner.now() - found.touchedMs;
  const isHere = parseHolder(found.text)?.hostname === owner.hostname;
  return isHere || Math.abs(age) <= STALE_MS ? describeHolder(found) : undefined;
}

/** What has the lock's name, from a single look. `left`: the run that made it has ended, or shows no sign of life. */
export type RunLockState =
  | { readonly kind: "free" | "blocked" }
  | { readonly kind: "held" | "left"; readonly by: string };

export async function runLockState(path: string, owner: RunLockOwner): Promise<RunLockState> {
  const found = await readTrace(path);
  if (typeof found === "string") return { kind: found === "gone" ? "free" : "blocked" };
  const by = await runLockHolder(path, owner);
  return by === undefined ? { kind: "left", by: describeHolder(found) } : { kind: "held", by };
}

/** The state of a lock at one moment. A heartbeat changes its time, and another run changes its text. */
interface LockTrace {
  readonly text: string;
  readonly touchedMs: number;
}

async function readTrace(path: string): Promise<LockTrace | "gone" | "no file"> {
  const info = await readStatus(path);
  if (info === undefined) return "gone";
  if (!info.isFile()) return "no file";
  const text = await readContent(path);
  // Read the status again after opening the file: only that makes a network file system refresh the times.
  const touched = await readStatus(path);
  return text === undefined || touched === undefined ? "gone" : { text, touchedMs: touched.mtimeMs };
}

/** The problem that something other than a file has the lock's name. It is never removed. */
function blockedLockProblem(path: string): FileProblem {
  return { code: "EEXIST", message: `${basename(path)} isn't a file, so the lock can't be created: move it away` };
}

/** How many seconds ago the run of the lock showed a sign of life. `changed`: another lock is there now, or none. */
type LastSeen = number | "stale" | "changed";

async function lastSeen(path: string, found: LockTrace, owner: RunLockOwner): Promise<LastSeen> {
  if (isEnded(found, owner)) return "stale";
  const age = owner.now() - found.touchedMs;
  if (age >= -HEARTBEAT_MS && age <= STALE_MS) return Math.max(0, Math.round(age / 1000));
  return watchForHeartbeat(path, found, owner);
}

/** Whether the run that left the lock was on this machine, and has ended. */
function isEnded(found: LockTrace, owner: RunLockOwner): boolean {
  const holder = parseHolder(found.text);
  if (holder?.hostname !== owner.hostname) return false;
  // The lock has our own process number, so its process is gone. This happens in containers, which use few numbers.
  if (holder.pid === owner.pid || !owner.isAlive(holder.pid)) return true;
  const started = owner.processStart(holder.pid);
  return holder.started !== undefined && started !== undefined && holder.started !== started;
}

/**
 * Waits until the lock is touched, or has been untouched for 30 s and so is stale. The time stamp alone doesn't show
 * that, since the clocks of two machines differ, and a clock can be set.
 */
async function watchForHeartbeat(path: string, found: LockTrace, owner: RunLockOwner): Promise<LastSeen> {
  const seconds = STALE_MS / 1000;
  owner.stderr.write(`waiting up to ${seconds} s for ${basename(path)}: the run that left it may still be active\n`);
  for (let waited = 0; waited < STALE_MS; waited += LOOK_MS) {
    await owner.sleep(LOOK_MS, owner.signal);
    if (owner.signal.aborted) return waited / 1000;
    const now = await readTrace(path);
    if (typeof now === "string" || now.text !== found.text) return "changed";
    if (now.touchedMs !== found.touchedMs) return 0;
  }
  return "stale";
}

/**
 * Removes a stale lock, and no other. Between the look and the rename, another run may have put its own lock there,
 * or the run that seemed dead may have touched its lock. Such a lock is put back. If a third run took the lock in
 * between, the heartbeat of the second run notices that.
 * @returns why the lock can't be removed
 */
async function removeStaleLock(path: string, stale: LockTrace): Promise<FileProblem | undefined> {
  const aside = temporaryName(path);
  try {
    const now = await readTrace(path);
    if (typeof now === "string" || now.text !== stale.text || now.touchedMs !== stale.touchedMs) return undefined;
    await rename(path, aside);
    const taken = await readTrace(aside);
    if (taken === "no file") await rename(aside, path);
    else {
      const isOther = taken !== "gone" && (taken.text !== stale.text || taken.touchedMs !== stale.touchedMs);
      if (isOther) await link(aside, path).catch(() => undefined);
      await rm(aside, { force: true });
    }
    return undefined;
  } catch (error) {
    const problem = fileProblem(error);
    // Another run was faster.
    return problem.code === "ENOENT" ? undefined : problem;
  }
}

function startHeartbeat(path: string, mark: string, owner: RunLockOwner, heartbeatMs: number): RunLock {
  const lost = new AbortController();
  let missed = 0;
  // Synchronous, so that after a suspension nothing continues before it is known who holds the lock.
  const beat = (): void => {
    try {
      if (readFileSync(path, "utf8") !== mark) return lost.abort("another run");
      const now = owner.now() / 1000;
      utimesSync(path, now, now);
      missed = 0;
    } catch (error) {
      missed += 1;
      if (fileProblem(error).code === "ENOENT" || missed >= MOST_MISSED) lost.abort("another run");
    }
  };
  const timer = setInterval(beat, heartbeatMs);
  timer.unref();
  return {
    lost: lost.signal,
    isHeld() {
      beat();
      return !lost.signal.aborted;
    },
    async release() {
      clearInterval(timer);
      if ((await readContent(path)) === mark) await rm(path, { force: true });
    },
  };
}

async function readContent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    return fileProblem(error).code === "ENOENT" ? undefined : "unreadable";
  }
}

async function readStatus(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    // If the folder can't be searched, the lock can't be created there either.
    fileProblem(error);
    return undefined;
  }
}

function describeHolder({ text }: LockTrace): string {
  const holder = parseHolder(text);
  return holder === undefined ? "another run" : `process ${holder.pid} on ${holder.hostname}`;
}

interface LockHolder {
  readonly pid: number;
  readonly hostname: string;
  /** When the process began, where the system said so. */
  readonly started: string | undefined;
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("pid" in value) || !("hostname" in value)) return undefined;
    const { pid, hostname } = value;
    if (!Number.isInteger(pid) || typeof pid !== "number" || typeof hostname !== "string") return undefined;
    return {
      pid,
      hostname,
      started: "started" in value && typeof value.started === "string" ? value.started : undefined,
    };
  } catch {
    return undefined;
  }
}
