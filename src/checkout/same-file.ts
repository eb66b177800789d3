import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { followLinks } from "./files.ts";

/** Whether two names stand for one file, by whatever links and spellings; a file that is not there yet counts too. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  if ((await placeOfName(a)) === (await placeOfName(b))) return true;
  const [one, other] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

/** What all names of one file have in common, as far as {@link isSameFile} can tell. */
export async function fileIdentity(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? placeOfName(path) : `${found.dev}:${found.ino}`;
}

/** The name in its folder, whose links are followed. */
async function placeOfName(path: string): Promise<string> {
  return join(await followLinks(dirname(path)), basename(path));
}
