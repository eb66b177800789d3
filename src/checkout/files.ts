import { link, lstat, open, readdir, readlink, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { failure, success, type Result } from "../model/integration.ts";
import { isLeftover, temporaryName } from "./paths.ts";

/** Why a file could not be read or written. */
export interface FileProblem {
  /** The system's code: `ENOENT`, `EACCES`, `ENOSPC`, `EISDIR`… */
  readonly code: string;
  /** In words, without the path. */
  readonly message: string;
}

/** Largest file that is read, in bytes, and one more, so that the reader can tell that it is too large. */
export const READ_LIMIT = 10 * 1024 * 1024 + 1;

/**
 * Reads a file, a FIFO too. Of a file larger than `limit` bytes only the first `limit` are read, so that neither a
 * mistyped name nor an endless device fills the memory.
 */
export async function readBytes(path: string, limit = READ_LIMIT): Promise<Result<Uint8Array, FileProblem>> {
  try {
    const file = await open(path, "r");
    try {
      const chunks: Uint8Array[] = [];
      let size = 0;
      while (size < limit) {
        const chunk = new Uint8Array(Math.min(limit - size, 256 * 1024));
        const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
        if (bytesRead === 0) break;
        chunks.push(chunk.subarray(0, bytesRead));
        size += bytesRead;
      }
      return success(Buffer.concat(chunks));
    } finally {
      await file.close();
    }
  } catch (error) {
    return failure(fileProblem(error));
  }
}

/** Whether anything has this name, a link that leads nowhere too. What can't be looked at counts as there. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    return fileProblem(error).code !== "ENOENT";
  }
}

/** Whether it is a symbolic link. What isn't there is none. */
export async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    fileProblem(error);
    return false;
  }
}

/**
 * Replaces a file as a whole: written beside it, flushed, renamed over it, and the folder flushed. Whoever reads sees
 * the old text or the new one; a symbolic link stays, its target is replaced. On failure the old file is untouched and
 * nothing is left behind.
 *
 * @param mode for a new file; an existing one keeps its own.
 */
export async function writeFileAtomic(path: string, text: string, mode = 0o644): Promise<Result<void, FileProblem>> {
  let temporary: string | undefined;
  try {
    const target = await followLinks(path);
    temporary = temporaryName(target);
    const kept = await currentMode(target);
    const file = await open(temporary, "wx", kept ?? mode);
    try {
      await file.writeFile(text);
      if (kept !== undefined) await file.chmod(kept);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
    temporary = undefined;
    await syncFolder(dirname(target));
    return success(undefined);
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
    return failure(fileProblem(error));
  }
}

/**
 * Makes a file that must not be there yet: with its whole content, or not at all. `EEXIST`: it is there. @param mode of
 * the file.
 */
export async function createExclusively(path: string, text: string, mode: number): Promise<Result<void, FileProblem>> {
  const temporary = temporaryName(path);
  try {
    await writeFile(temporary, text, { flag: "wx", mode });
    try {
      await link(temporary, path);
    } catch (error) {
      if (!NO_LINKS.has(fileProblem(error).code)) throw error;
      await writeFile(path, text, { flag: "wx", mode });
    } finally {
      await rm(temporary, { force: true });
    }
    return success(undefined);
  } catch (error) {
    return failure(fileProblem(error));
  }
}

/** Removes what killed runs left beside a lockfile. */
export async function removeLeftovers(lockfile: string): Promise<void> {
  const names = await readdir(dirname(lockfile)).catch(() => []);
  const left = names.filter((name) => isLeftover(name, lockfile));
  for (const name of left) await rm(join(dirname(lockfile), name), { force: true }).catch(() => undefined);
}

/** The file that a path stands for in the end, which need not be there. */
export async function followLinks(path: string): Promise<string> {
  let target = path;
  for (let hops = 0; hops < 40; hops += 1) {
    const found = await realpath(target).catch(() => undefined);
    if (found !== undefined) return found;
    const next = await readlink(target).catch(() => undefined);
    if (next === undefined) return target;
    target = resolve(dirname(target), next);
  }
  return path;
}

/** Makes a created, renamed or removed name durable. Some file systems can't; the rename is atomic there too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  try {
    await folder?.sync();
  } catch {
    // Not every file system can flush a folder.
  } finally {
    await folder?.close();
  }
}

/** The system's code and words of an error that `node:fs` threw. Anything else is a bug and thrown on. */
export function fileProblem(error: unknown): FileProblem {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    const words = /^\w+: ([^,]+)/.exec(error.message)?.[1];
    return { code: error.code, message: words ?? error.code };
  }
  throw error;
}

/** What file systems without hard links answer. */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV"]);

async function currentMode(path: string): Promise<number | undefined> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (fileProblem(error).code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    return (await file.stat()).mode & 0o777;
  } finally {
    await file.close();
  }
}
