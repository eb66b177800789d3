import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { matchesGlob } from "../model/glob.ts";
import { isThere } from "./files.ts";

/** Whether a name of `--file` stands for several files, unless a file has this very name. */
function isPattern(name: string): boolean {
  return /[*?]/.test(name);
}

/**
 * The files that a name stands for, sorted: itself, or what its pattern matches, where `*` and `?` stand for characters of a
 * name and `**` for any folders. A pattern never matches a lockfile, nor a name that begins with a dot where it doesn't.
 */
export async function expandFilePattern(cwd: string, pattern: string): Promise<readonly string[]> {
  if (!isPattern(pattern) || (await isThere(resolve(cwd, pattern)))) return [pattern];
  const parts = pattern.split("/");
  const absolute = parts[0] === "";
  const found = await matchParts(cwd, absolute ? "/" : "", absolute ? parts.slice(1) : parts);
  return [...new Set(found)].filter((name) => !/\.lock\.ya?ml$/i.test(name)).toSorted(compareNames);
}

/** By code units, as everything that is sorted here: the order must not depend on the machine. */
function compareNames(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

async function matchParts(cwd: string, folder: string, parts: readonly string[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  if (part === "**") {
    const below = (await entriesOf(cwd, folder)).filter((entry) => entry.isDirectory() && isVisible(entry.name, part));
    const deeper = await Promise.all(below.map(({ name }) => matchParts(cwd, join(folder, name), parts)));
    return [...(rest.length === 0 ? [] : await matchParts(cwd, folder, rest)), ...deeper.flat()];
  }
  if (!isPattern(part)) {
    const path = join(folder, part);
    if (rest.length > 0) return matchParts(cwd, path, rest);
    return (await isThere(resolve(cwd, path))) ? [path] : [];
  }
  const named = (await entriesOf(cwd, folder)).filter(({ name }) => matchesGlob(part, name) && isVisible(name, part));
  if (rest.length === 0) return named.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
  // A link may lead to a folder; what leads nowhere matches nothing.
  const folders = named.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return (await Promise.all(folders.map(({ name }) => matchParts(cwd, join(folder, name), rest)))).flat();
}

function isVisible(name: string, pattern: string): boolean {
  if (name === "node_modules") return false;
  return !name.startsWith(".") || pattern.startsWith(".");
}

function entriesOf(cwd: string, folder: string) {
  return readdir(resolve(cwd, folder), { withFileTypes: true }).catch(() => []);
}
