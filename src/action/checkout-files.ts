import { lstat, readFile, realpath, rm } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { writeFileAtomic } from "../checkout/files.ts";
import { lockfileOf } from "../checkout/paths.ts";
import { repositoryTop } from "../checkout/repository-top.ts";
import { failure, success, type Result } from "../model/integration.ts";
import type { ActionJob } from "./job.ts";

/** A file of the checkout. */
export interface CheckoutFile {
  readonly absolute: string;
  /** From the top of the repository, with `/`. */
  readonly path: string;
}

/** The lockfiles of these files of desired state. A symbolic link in a path must not lead out of the checkout. */
export async function lockfilesOf(
  { io }: Pick<ActionJob, "io">,
  files: readonly string[],
): Promise<Result<readonly CheckoutFile[], string>> {
  const found: CheckoutFile[] = [];
  for (const file of files) {
    const absolute = resolve(io.cwd, lockfileOf(file));
    const folder = await realpath(dirname(absolute)).catch(() => undefined);
    const top = await repositoryTop(io.cwd);
    if (top === undefined)
      return failure("this isn't a checkout of a repository: use actions/checkout before this action");
    if (folder === undefined) return failure(`the folder of ${file} doesn't exist`);
    const path = relative(top, resolve(folder, relative(dirname(absolute), absolute)));
    if (path.startsWith("..") || isAbsolute(path)) return failure(`${file} is not in this checkout`);
    const isLink = (await lstat(absolute).catch(() => undefined))?.isSymbolicLink() ?? false;
    if (isLink) return failure(`${path} is a symbolic link: the action needs the file itself, since it commits it`);
    found.push({ absolute, path: path.split(sep).join("/") });
  }
  return success(found);
}

/** The text of a file; undefined if there is no such file. */
export async function readCheckoutFile(absolute: string): Promise<string | undefined> {
  return readFile(absolute, "utf8").catch(() => undefined);
}

/** @param text undefined: the file is removed. @returns why it can't be written */
export async function writeCheckoutFile(absolute: string, text: string | undefined): Promise<string | undefined> {
  if (text === undefined) {
    await rm(absolute, { force: true });
    return undefined;
  }
  const written = await writeFileAtomic(absolute, text);
  return written.ok ? undefined : written.error.message;
}
