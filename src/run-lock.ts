import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import { fileProblem, type FileProblem } from "./fs.ts";
import { failure, success, type Result } from "./model.ts";

/** Held by one run on a checkout at a time. */
export interface RunLock {
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

/**
 * Takes the lock, a file that is made exclusively and touched while it is held. One that a run of this machine left when
 * it died is taken over at once; one of another machine after 30 s without a heartbeat.
 */
export async function takeRunLock(path: string, owner: RunLockOwner): Promise<Result<RunLock, RunLockProblem>> {
  const mark = `${JSON.stringify({ pid: owner.pid, hostname: owner.hostname })}\n`;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(mark);
      await file.close();
      return success(held(path, mark, owner));
    } catch (error) {
      const problem = fileProblem(error);
      if (problem.code !== "EEXIST") return failure({ kind: "unwritable", problem });
    }
    const other = await inspect(path, owner);
    if (other === undefined) continue;
    if (!other.stale || attempt >= 3) return failure({ kind: "held", by: other.by, sinceSeconds: other.ageSeconds });
    await rm(path, { force: true });
  }
}

function held(path: string, mark: string, owner: RunLockOwner): RunLock {
  const beat = setInterval(() => {
    const now = owner.now() / 1000;
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      const current = await readFile(path, "utf8").catch(() => "");
      if (current === mark) await rm(path, { force: true });
    },
  };
}

async function inspect(
  path: string,
  owner: RunLockOwner,
): Promise<{ readonly stale: boolean; readonly by: string; readonly ageSeconds: number } | undefined> {
  const info = await stat(path).catch(() => undefined);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (info === undefined || text === undefined) return undefined;
  const age = owner.now() - info.mtimeMs;
  const holder = parseHolder(text);
  const dead = holder?.hostname === owner.hostname && !owner.isAlive(holder.pid);
  return {
    stale: dead || age > STALE_MS,
    by: holder === undefined ? "another run" : `process ${holder.pid} on ${holder.hostname}`,
    ageSeconds: Math.max(0, Math.round(age / 1000)),
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
