import { link, lstat, open, readdir, readlink, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { failure, success, type Result } from "../model/integration.ts";
import { fileProblem, type FileProblem } from "./file-problem.ts";
import { kindOfFile, notRegularProblem } from "./file-kind.ts";
import { isLeftover, temporaryName } from "./paths.ts";

/** Whether anything has this name, even a broken link. A path that can't be examined counts as existing. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    return fileProblem(error).code !== "ENOENT";
  }
}

/** Whether it is a symbolic link; false if nothing is there. */
export async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    fileProblem(error);
    return false;
  }
}

/**
 * Replaces a file as a whole: written beside it, flushed, renamed over it, and the folder flushed. A reader sees either
 * the old text or the new one. On failure the old file is untouched and nothing is left behind. Only a regular file is
 * replaced: never a link, a folder, a FIFO, a socket or a device. To replace a link's target, call {@link followLinks} first.
 *
 * @param mode for a new file; an existing one keeps its own.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<Result<void, FileProblem>> {
  let temporary: string | undefined;
  try {
    const found = await kindOfFile(path);
    if (!found.ok) return found;
    const refused = notRegularProblem(found.value);
    if (refused !== undefined) return failure(refused);
    temporary = temporaryName(path);
    const kept = found.value === "absent" ? undefined : (await lstat(path)).mode & 0o777;
    const file = await open(temporary, "wx", kept ?? mode);
    try {
      await file.writeFile(content);
      if (kept !== undefined) await file.chmod(kept);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    temporary = undefined;
    await syncFolder(dirname(path));
    return success(undefined);
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
    return failure(fileProblem(error));
  }
}

/**
 * Creates a file that must not exist yet, with its whole content or not at all. Fails with `EEXIST` if it exists.
 * @param mode the mode of the file
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

/** Removes temporary files that killed runs left beside a lockfile. */
export async function removeLeftovers(lockfile: string): Promise<void> {
  const names = await readdir(dirname(lockfile)).catch(() => []);
  const left = names.filter((name) => isLeftover(name, lockfile));
  for (const name of left) await rm(join(dirname(lockfile), name), { force: true }).catch(() => undefined);
}

/** The file that a path leads to after following links; it need not exist. */
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

/**
 * Flushes a folder, so that a created, renamed or removed name is durable. Some file systems can't do that; a rename
 * is atomic there too.
 */
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

/** Error codes of file systems without hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV"]);
