import type { JournalRecord } from "../../apply/journal.ts";
import { failure, success, type Result } from "../../model/integration.ts";
import { kindOfFile, notRegularProblem } from "../file-kind.ts";
import { readBytes } from "../read-bytes.ts";
import { decodeJournal } from "./codec.ts";

/** A journal holds only what one run creates and sends, so a real one is far smaller. */
const LARGEST_JOURNAL = 64 * 1024 * 1024;

/** Why a journal can't be read: the line that is damaged, or what the system says. */
export type UnreadableJournal = { readonly line: number } | { readonly message: string };

/** The records of an interrupted run. Empty if there is no journal. */
export async function readJournal(path: string): Promise<Result<readonly JournalRecord[], UnreadableJournal>> {
  const kind = await kindOfFile(path);
  const refused = kind.ok ? notRegularProblem(kind.value) : kind.error;
  if (refused !== undefined) return failure({ message: refused.message });
  const bytes = await readBytes(path, { limit: LARGEST_JOURNAL });
  if (bytes.ok) return decodeJournal(new TextDecoder().decode(bytes.value));
  return bytes.error.code === "ENOENT" ? success([]) : failure({ message: bytes.error.message });
}
