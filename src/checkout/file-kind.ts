import type { Stats } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { success, type Result } from "../model/integration.ts";
import { fileProblem, type FileProblem } from "./file-problem.ts";

/** What is at a path. Only a regular file is ever replaced. */
export type FileKind = "absent" | "regular file" | "folder" | "link" | "FIFO" | "socket" | "device";

/** The kind of what is at this path. A link isn't followed. */
export async function kindOfFile(path: string): Promise<Result<FileKind, FileProblem>> {
  return kindFrom(() => lstat(path));
}

/** The kind of what is at this path, after every link was followed. */
export async function kindOfTarget(path: string): Promise<Result<FileKind, FileProblem>> {
  return kindFrom(() => stat(path));
}

/** Why this can't be written: replacing it would destroy something that isn't an ordinary file. */
export function notRegularProblem(kind: FileKind): FileProblem | undefined {
  if (kind === "absent" || kind === "regular file") return undefined;
  return { code: "NOT_A_FILE", message: `it is a ${kind}; only a new or a regular file is written` };
}

async function kindFrom(look: () => Promise<Stats>): Promise<Result<FileKind, FileProblem>> {
  try {
    return success(kindOfStats(await look()));
  } catch (error) {
    const problem = fileProblem(error);
    return problem.code === "ENOENT" ? success("absent") : { ok: false, error: problem };
  }
}

function kindOfStats(stats: Stats): FileKind {
  if (stats.isFile()) return "regular file";
  if (stats.isDirectory()) return "folder";
  if (stats.isSymbolicLink()) return "link";
  if (stats.isFIFO()) return "FIFO";
  return stats.isSocket() ? "socket" : "device";
}
