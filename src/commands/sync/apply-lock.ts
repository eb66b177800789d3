import type { JournalRecord, JournalTrust } from "../../apply/journal.ts";
import { removeLeftovers } from "../../checkout/files.ts";
import { JournalFile } from "../../checkout/journal/journal-file.ts";
import { journalOf, runLockOf } from "../../checkout/paths.ts";
import { waitForRunLock, type RunLock } from "../../checkout/run-lock.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { failure, success, type Result } from "../../model/integration.ts";
import type { CommandInputs } from "../inputs/inputs.ts";
import { recoverJournal } from "./journal.ts";
import { loadLockfile } from "../inputs/load-lockfile.ts";
import { refuseTrackedFiles } from "./tracked-files.ts";
import { withSignal, type Session, type WorkspaceOptions } from "../session.ts";
import { runLockStop, stop, type CommandStop } from "../stop.ts";

export interface ApplyLockOptions extends WorkspaceOptions {
  /** How long to wait for another run on this checkout. */
  readonly lockTimeoutSeconds: number;
}

/** A file whose run lock this run holds, with its lockfile and journal as they were read under the lock. */
export interface LockedFile<Options extends ApplyLockOptions> {
  /** Ends when the run lock is lost. */
  readonly session: Session<Options>;
  readonly inputs: CommandInputs;
  readonly runLock: RunLock;
  readonly journalFile: JournalFile;
  readonly records: readonly JournalRecord[];
  readonly trust: JournalTrust;
  readonly notes: readonly Diagnostic[];
}

/** Takes the run lock of a file. The caller must release it. */
export async function lockForApply<Options extends ApplyLockOptions>(
  session: Session<Options>,
  inputs: CommandInputs,
): Promise<Result<LockedFile<Options>, CommandStop>> {
  const { io, console, options } = session;
  const checked = await refuseTrackedFiles(session, inputs.lock);
  if (!checked.ok) return checked;
  const runLock = await waitForRunLock(runLockOf(inputs.lock.path), io, {
    timeoutMs: options.lockTimeoutSeconds * 1000,
    announce: (holder) => console.note(`waiting for the run that is active on this checkout (${holder})`),
  });
  if (!runLock.ok) return runLockStop(runLock.error, inputs.lock.name);
  let isKept = false;
  try {
    // Read the lockfile again: another run may have written it while this run waited for the lock.
    const lock = await loadLockfile(session, inputs.target);
    if (!lock.ok) return stop("invalid", ...lock.error);
    await removeLeftovers(lock.value.path);
    const now = { ...inputs, lock: lock.value };
    const journalFile = new JournalFile(journalOf(now.lock.path));
    const { trust } = checked.value;
    const recovered = await recoverJournal(now, journalFile, io.now(), trust);
    if (!recovered.ok) return failure(withNotes(recovered.error, checked.value.notes));
    isKept = true;
    return success({
      session: withSignal(session, runLock.value.lost),
      inputs: now,
      runLock: runLock.value,
      journalFile,
      records: recovered.value.records,
      trust,
      notes: [...checked.value.notes, ...recovered.value.notes],
    });
  } finally {
    if (!isKept) await runLock.value.release();
  }
}

export function withNotes(error: CommandStop, notes: readonly Diagnostic[]): CommandStop {
  return { ...error, diagnostics: [...notes, ...error.diagnostics] };
}
