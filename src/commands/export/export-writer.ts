import { dirname, join, resolve } from "node:path";
import { createExclusively, writeFileAtomic } from "../../checkout/files.ts";
import { runLockOf } from "../../checkout/paths.ts";
import { takeRunLock } from "../../checkout/run-lock.ts";
import type { Result } from "../../model/integration.ts";
import { success } from "../../model/integration.ts";
import { errorDiagnostic } from "../../model/diagnostic.ts";
import { hasLockfileChanged } from "../inputs/lockfile-change.ts";
import type { ExportOptions } from "./export-options.ts";
import type { LookUpInputs } from "../inputs/look-up-inputs.ts";
import { readInput } from "../inputs/read-input.ts";
import type { Session } from "../session.ts";
import { runLockStop, stop, stopUnwritten, type CommandStop } from "../stop.ts";

/** What will be written, as text. */
export interface ExportedFiles {
  readonly file: string;
  readonly lock: string;
  /** `whole` is for a new `secrets.env.example`; `more` is appended to an existing one. */
  readonly example: { readonly whole: string; readonly more: string } | undefined;
}

const EXAMPLE = "secrets.env.example";

/**
 * Writes the file before the lockfile: if the lockfile is missing, the next apply adopts by identifier, which is
 * safe.
 * @returns the name of the example file, if it was written
 */
export async function writeExport(
  { io, options }: Session<ExportOptions>,
  { lock }: LookUpInputs,
  files: ExportedFiles,
): Promise<Result<string | undefined, CommandStop>> {
  const runLock = await takeRunLock(runLockOf(lock.path), io);
  if (!runLock.ok) return runLockStop(runLock.error, lock.name);
  try {
    if (await hasLockfileChanged({ io }, lock)) {
      const message = `${lock.name} was changed by somebody else while the workspace was read, so nothing was written`;
      return stop("stale", errorDiagnostic("lock-unwritten", message, "run the command again"));
    }
    const path = resolve(io.cwd, options.file);
    const file = options.append
      ? await writeFileAtomic(path, files.file)
      : await createExclusively(path, files.file, 0o644);
    if (!file.ok) return stopUnwritten(options.file, file.error.message);
    const locked = await writeFileAtomic(lock.path, files.lock);
    if (!locked.ok) return stopUnwritten(lock.name, locked.error.message);
  } finally {
    await runLock.value.release();
  }
  if (files.example === undefined) return success(undefined);
  const name = join(dirname(options.file), EXAMPLE);
  const path = resolve(io.cwd, name);
  if (!options.append) {
    const made = await createExclusively(path, files.example.whole, 0o644);
    if (made.ok) return success(name);
    return made.error.code === "EEXIST" ? success(undefined) : stopUnwritten(name, made.error.message);
  }
  const before = await readInput(io, name);
  if (!before.ok && before.error.code !== "ENOENT") return stopUnwritten(name, before.error.message);
  const made = await writeFileAtomic(
    path,
    before.ok ? Buffer.concat([before.value, Buffer.from(files.example.more)]) : files.example.whole,
  );
  return made.ok ? success(name) : stopUnwritten(name, made.error.message);
}
