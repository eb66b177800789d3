import { dirname, join } from "node:path";
import { kindOfFile } from "./file-kind.ts";

/** The folder of git's checkout around this folder: the nearest one that holds a `.git`; undefined outside of a checkout. */
export async function gitTopLevel(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await kindOfFile(join(at, ".git"));
    if (found.ok && found.value !== "absent") return at;
    if (dirname(at) === at) return undefined;
  }
}
