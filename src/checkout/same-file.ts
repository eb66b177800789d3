import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { followLinks } from "./files.ts";

/** Whether two paths lead to the same file, whatever links and spellings they use. The file need not exist yet. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  if ((await placeOfName(a)) === (await placeOfName(b))) return true;
  const [one, other] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

/** A text that is equal for all paths of one file; the same test as {@link isSameFile}. */
export async function fileIdentity(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? placeOfName(path) : `${found.dev}:${found.ino}`;
}

/** The path with the links of its folder followed, but not a link at the file itself. */
async function placeOfName(path: string): Promise<string> {
  return join(await followLinks(dirname(path)), basename(path));
}
