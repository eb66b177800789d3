import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { matchesGlob } from "../model/glob.ts";
import { failure, success, type Result } from "../model/integration.ts";
import { compareTexts } from "../model/text.ts";
import { fileProblem } from "./file-problem.ts";
import { isThere } from "./files.ts";

/** Whether a name of `--file` stands for several files, unless a file has exactly this name. */
function isPattern(name: string): boolean {
  return /[*?]/.test(name);
}

/**
 * The files that a name stands for, sorted: the file itself, or those that its pattern matches, where `*` and `?`
 * stand for characters of a name and `**` for any folders. A pattern never matches a lockfile. It matches a name that
 * begins with a dot only if its own part begins with a dot. Fails with the folders that can't be read, since a file
 * in one of them would be missed.
 */
export async function expandFilePattern(cwd: string, pattern: string): Promise<Result<readonly string[], string>> {
  if (!isPattern(pattern) || (await isThere(resolve(cwd, pattern)))) return success([pattern]);
  const parts = pattern.split("/");
  const absolute = parts[0] === "";
  const search: Search = { cwd, unread: new Set() };
  const found = await matchParts(search, absolute ? "/" : "", absolute ? parts.slice(1) : parts);
  if (search.unread.size > 0) return failure([...search.unread].toSorted(compareTexts).join("; "));
  return success([...new Set(found)].filter((name) => !/\.lock\.ya?ml$/i.test(name)).toSorted(compareTexts));
}

interface Search {
  readonly cwd: string;
  /** Folders that can't be read, and why. */
  readonly unread: Set<string>;
}

async function matchParts(search: Search, folder: string, parts: readonly string[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  if (part === "**") {
    const below = (await entriesOf(search, folder)).filter(
      (entry) => entry.isDirectory() && isVisible(entry.name, part),
    );
    const deeper = await Promise.all(below.map(({ name }) => matchParts(search, join(folder, name), parts)));
    return [...(rest.length === 0 ? [] : await matchParts(search, folder, rest)), ...deeper.flat()];
  }
  if (!isPattern(part)) {
    const path = join(folder, part);
    if (rest.length > 0) return matchParts(search, path, rest);
    return (await isThere(resolve(search.cwd, path))) ? [path] : [];
  }
  const named = (await entriesOf(search, folder)).filter(
    ({ name }) => matchesGlob(part, name) && isVisible(name, part),
  );
  if (rest.length === 0) return named.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
  // A link may lead to a folder. A link that leads nowhere matches nothing.
  const folders = named.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return (await Promise.all(folders.map(({ name }) => matchParts(search, join(folder, name), rest)))).flat();
}

function isVisible(name: string, pattern: string): boolean {
  if (name === "node_modules") return false;
  return !name.startsWith(".") || pattern.startsWith(".");
}

async function entriesOf({ cwd, unread }: Search, folder: string): Promise<Dirent[]> {
  try {
    return await readdir(resolve(cwd, folder), { withFileTypes: true });
  } catch (error) {
    const { code, message } = fileProblem(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") unread.add(`${folder === "" ? "." : folder}: ${message}`);
    return [];
  }
}
