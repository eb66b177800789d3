import { randomBytes } from "node:crypto";
import { link, lstat, readFile, rename, rm, utimes } from "node:fs/promises";
import { basename } from "node:path";
import { createExclusively, fileProblem, temporaryName, type FileProblem } from "./fs.ts";
import { failure, success, type Result } from "./model.ts";

/** Held by one run on a checkout at a time. */
export interface RunLock {
  /** Aborted when the lock is no longer ours: this run was suspended for so long that another one took it over. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export type RunLockProblem =
  | { readonly kind: "held"; readonly by: string; readonly sinceSeconds: number }
  | { readonly kind: "unwritable"; readonly problem: FileProblem };

export interface RunLockOwner {
  readonly pid: number;
  readonly hostname: string;
  /** Whether a process of this machine is there. */
  isAlive(pid: number): boolean;
  now(): number;
}

/** A lock whose heartbeat is older was left by a run that died. */
const STALE_MS = 30_000;
const HEARTBEAT_MS = 5_000;
const MOST_ATTEMPTS = 20;

/**
 * Takes the lock, a file that is made exclusively and touched while it is held. One that a run of this machine left when
 * it died is taken over at once; one of another machine after 30 s without a heartbeat.
 *
 * @param heartbeatMs how often it is touched, and looked whether it is still ours.
 */
export async function takeRunLock(
  path: string,
  owner: RunLockOwner,
  heartbeatMs = HEARTBEAT_MS,
): Promise<Result<RunLock, RunLockProblem>> {
  const mark = `${JSON.stringify({ pid: owner.pid, hostname: owner.hostname, run: randomBytes(8).toString("hex") })}\n`;
  let holder: Holder = { stale: false, by: "another run", ageSeconds: 0, text: "" };
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const made = await createExclusively(path, mark, 0o600);
    if (made.ok) return success(held(path, mark, owner, heartbeatMs));
    // ENOENT: whoever got the lock has just swept our half-made one away, unless the folder is missing.
    const contended = made.error.code === "EEXIST" || (made.error.code === "ENOENT" && attempt < 3);
    if (!contended) return failure({ kind: "unwritable", problem: made.error });
    const other = await inspect(path, owner);
    if (other === undefined) continue;
    if (other === "no file") return failure({ kind: "unwritable", problem: inTheWay(path) });
    holder = other;
    if (!other.stale) break;
    await takeAway(path, other.text);
  }
  return failure({ kind: "held", by: holder.by, sinceSeconds: holder.ageSeconds });
}

/** Somebody else's: it isn't taken away, whatever it is. */
function inTheWay(path: string): FileProblem {
  return { code: "EEXIST", message: `${basename(path)} is in the way and is no file: move it away` };
}

/**
 * Removes a stale lock, and no other: between looking and taking another run may have put its own there. That one is put
 * back; should a third run have come in between, the heartbeat of the second tells it.
 */
async function takeAway(path: string, stale: string): Promise<void> {
  const aside = temporaryName(path);
  try {
    await rename(path, aside);
    if ((await contentOf(aside)) !== stale) await link(aside, path).catch(() => undefined);
  } catch (error) {
    // Another run was faster.
    fileProblem(error);
  }
  await rm(aside, { force: true });
}

function held(path: string, mark: string, owner: RunLockOwner, heartbeatMs: number): RunLock {
  const lost = new AbortController();
  const beat = async (): Promise<void> => {
    const current = await contentOf(path);
    if (current === "unreadable") return;
    if (current !== mark) {
      lost.abort("another run");
      return;
    }
    const now = owner.now() / 1000;
    await utimes(path, now, now).catch(() => undefined);
  };
  const timer = setInterval(() => void beat(), heartbeatMs);
  timer.unref();
  return {
    lost: lost.signal,
    async release() {
      clearInterval(timer);
      if ((await contentOf(path)) === mark) await rm(path, { force: true });
    },
  };
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    return fileProblem(error).code === "ENOENT" ? undefined : "unreadable";
  }
}

interface Holder {
  readonly stale: boolean;
  readonly by: string;
  readonly ageSeconds: number;
  readonly text: string;
}

async function inspect(path: string, owner: RunLockOwner): Promise<Holder | "no file" | undefined> {
  const info = await lstat(path).catch(() => undefined);
  if (info !== undefined && !info.isFile()) return "no file";
  const text = await contentOf(path);
  if (info === undefined || text === undefined) return undefined;
  const age = owner.now() - info.mtimeMs;
  const holder = parseHolder(text);
  // Our own number: that of an earlier process which is gone, as in containers, where numbers are few.
  const isHere = holder?.hostname === owner.hostname;
  const dead = isHere && (holder.pid === owner.pid || !owner.isAlive(holder.pid));
  return {
    stale: dead || age > STALE_MS,
    by: holder === undefined ? "another run" : `process ${holder.pid} on ${holder.hostname}`,
    ageSeconds: Math.max(0, Math.round(age / 1000)),
    text,
  };
}

function parseHolder(text: string): { readonly pid: number; readonly hostname: string } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("pid" in value) || !("hostname" in value)) return undefined;
    const { pid, hostname } = value;
    return Number.isInteger(pid) && typeof pid === "number" && typeof hostname === "string"
      ? { pid, hostname }
      : undefined;
  } catch {
    return undefined;
  }
}
