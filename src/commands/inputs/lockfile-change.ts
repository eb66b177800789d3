import { decodeText } from "../../config/yaml/decode-text.ts";
import type { LockfileInput } from "./load-lockfile.ts";
import { LARGEST_LOCKFILE } from "./load-lockfile.ts";
import { readInput } from "./read-input.ts";
import type { Session } from "../session.ts";

/**
 * Whether the lockfile is another one than this run has read: somebody pulled or edited it meanwhile, for example while
 * the run waited for an answer. Writing it would drop hashes that this run doesn't know.
 */
export async function hasLockfileChanged(
  { io }: Pick<Session, "io">,
  { path, text }: Pick<LockfileInput, "path" | "text">,
): Promise<boolean> {
  const bytes = await readInput(io, path, LARGEST_LOCKFILE);
  // Writing it then says what is wrong.
  if (!bytes.ok) return bytes.error.code === "ENOENT" && text !== undefined;
  const now = decodeText(bytes.value, LARGEST_LOCKFILE);
  return !now.ok || now.value !== text;
}
