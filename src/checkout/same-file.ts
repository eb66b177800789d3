import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { followLinks } from "./files.ts";

/** Whether two paths lead to the same file, whatever links and spellings they use. The file need not exist yet. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  if ((await placeOfName(a)) === (await placeOfName(b))) return true;
  const [one, other] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

/** The name in its folder, whose links are followed. */
async function placeOfName(path: string): Promise<string> {
  return join(await followLinks(dirname(path)), basename(path));
}
