import { resolve } from "node:path";
import { kindOfTarget } from "../../checkout/file-kind.ts";
import type { FileProblem } from "../../checkout/file-problem.ts";
import { readBytes } from "../../checkout/read-bytes.ts";
import type { Io } from "../../io.ts";
import type { Result } from "../../model/integration.ts";

type InputBytes = Result<Uint8Array, FileProblem>;

/** What this run read from FIFOs: a FIFO gives its content only once, and some inputs are read twice. */
const drained = new WeakMap<Pick<Io, "cwd" | "signal">, Map<string, InputBytes>>();

/**
 * Reads a file that the user or the desired state names, relative to the working directory. A read from a FIFO can be
 * ended with Ctrl-C.
 */
export async function readInput(io: Pick<Io, "cwd" | "signal">, name: string, limit?: number): Promise<InputBytes> {
  const path = resolve(io.cwd, name);
  const before = drained.get(io)?.get(path);
  if (before !== undefined) return before;
  const kind = await kindOfTarget(path);
  const bytes = await readBytes(path, { signal: io.signal, ...(limit !== undefined && { limit }) });
  if (kind.ok && kind.value === "FIFO") drained.set(io, new Map(drained.get(io)).set(path, bytes));
  return bytes;
}
