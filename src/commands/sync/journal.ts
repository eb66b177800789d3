import { interruptedCreates, interruptedUpdates, type JournalRecord, type JournalTrust } from "../../apply/journal.ts";
import { recordsToKeep, type FinishedApply } from "../../apply/records-to-keep.ts";
import type { JournalFile } from "../../checkout/journal/journal-file.ts";
import { readJournal } from "../../checkout/journal/read.ts";
import { journalOf } from "../../checkout/paths.ts";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import { success, type Result } from "../../model/integration.ts";
import { workspaceSection } from "../../model/lockfile.ts";
import { withInterruptedUpdates } from "../../plan/match/interrupted-updates.ts";
import { commandText } from "../command-text.ts";
import type { CommandInputs } from "../inputs/inputs.ts";
import { stop, stopUnwritten, type CommandStop } from "../stop.ts";

export interface RecoveredJournal {
  readonly records: readonly JournalRecord[];
  /** Warnings about what was found, and about what the run does with it. */
  readonly notes: readonly Diagnostic[];
}

/** Reads the journal of an interrupted run. A journal that can't be read is set aside, so that it never stops a run. */
export async function recoverJournal(
  inputs: CommandInputs,
  journalFile: JournalFile,
  now: number,
  trust: JournalTrust,
): Promise<Result<RecoveredJournal, CommandStop>> {
  const { lock } = inputs;
  const name = journalOf(lock.name);
  const journal = await readJournal(journalOf(lock.path));
  if (!journal.ok) {
    const aside = await journalFile.setAside(now);
    const what = "line" in journal.error ? `is damaged in line ${journal.error.line}` : "can't be read";
    if (!aside.ok) {
      const message = `${name} ${what}, and can't be moved away: ${aside.error.message}`;
      return stop("invalid", errorDiagnostic("journal-damaged", message, "move it away, then apply again"));
    }
    const message = `${name} ${what}; it was set aside as ${aside.value}`;
    const hint = "nothing is created twice: what the interrupted run made is found by its identifier";
    return success({ records: [], notes: [warningDiagnostic("journal-damaged", message, hint)] });
  }
  // Write the file again, or remove it: a killed run may have left half a line, and nothing may be appended to that.
  const kept = await journalFile.keep(journal.value);
  if (!kept.ok) return stopUnwritten(name, kept.error.message);
  return success({ records: journal.value, notes: interruptedRunWarnings(journal.value, inputs, trust) });
}

/**
 * Reads the journal for a plan, and leaves it unchanged.
 * @param running the holder of the run lock, if an apply is running on this checkout: then nothing was interrupted
 */
export async function inspectJournal(
  inputs: CommandInputs,
  trust: JournalTrust,
  running: string | undefined,
): Promise<RecoveredJournal> {
  const { lock, given } = inputs;
  const journal = await readJournal(journalOf(lock.path));
  if (running !== undefined) {
    const message = `an apply is running on this checkout (${running}): this plan may have some of its changes and miss others`;
    const notes = [warningDiagnostic("apply-running", message, "plan again when it has ended")];
    return { records: journal.ok ? journal.value : [], notes };
  }
  if (journal.ok) return { records: journal.value, notes: interruptedRunWarnings(journal.value, inputs, trust) };
  const hint = `\`${commandText("apply", given)}\` sets it aside, and looks for what the interrupted run created`;
  return { records: [], notes: [warningDiagnostic("journal-damaged", `${journalOf(lock.name)} can't be read`, hint)] };
}

/** Warnings about what an earlier run began in this workspace and whose outcome isn't in the lockfile yet. */
function interruptedRunWarnings(
  records: readonly JournalRecord[],
  inputs: CommandInputs,
  trust: JournalTrust,
): Diagnostic[] {
  return [...interruptedCreateWarnings(records, inputs, trust), ...interruptedUpdateWarnings(records, inputs, trust)];
}

/** Says why a plan sends values that are the last ones sent, as far as the lockfile knows. */
function interruptedUpdateWarnings(
  records: readonly JournalRecord[],
  { lock, target, given }: CommandInputs,
  trust: JournalTrust,
): Diagnostic[] {
  const section = workspaceSection(lock.lock, target);
  const doubted = withInterruptedUpdates(section, interruptedUpdates(records, target, trust));
  const keys = [...section.keys()].filter((name) => doubted.get(name) !== section.get(name));
  if (keys.length === 0) return [];
  const rest = keys.length - NAMED_KEYS;
  const names = rest > 1 ? `${keys.slice(0, NAMED_KEYS).join(", ")} and ${rest} more` : keys.join(", ");
  const message = `an earlier apply was interrupted while it sent values that the API never returns, so nobody knows which ones these have: ${names}`;
  const hint = `\`${commandText("apply", given)}\` sends what the file wants, also where that was the last value sent`;
  return [warningDiagnostic("interrupted-update", message, hint)];
}

/** How many keys a warning names. */
const NAMED_KEYS = 5;

/** Warnings about creations of this workspace that an earlier run began and whose outcome isn't in the lockfile yet. */
function interruptedCreateWarnings(
  records: readonly JournalRecord[],
  { target, given }: Pick<CommandInputs, "target" | "given">,
  trust: JournalTrust,
): Diagnostic[] {
  const apply = `\`${commandText("apply", given)}\``;
  return [...interruptedCreates(records, target, trust)].map(([key, { identifier, hashId, replaces }]) => {
    const what = replaces === undefined ? `created ${key}` : `replaced ${key} (${replaces})`;
    const message = `an earlier apply was interrupted while it ${what}, identifier ${identifier}`;
    if (hashId !== undefined) {
      return warningDiagnostic(
        "interrupted-create",
        `${message}; it had created ${hashId}`,
        `${apply} finds it, and adopts it unless the plan refuses that`,
      );
    }
    const hint = `run ${apply}: if it was created, it is found by its identifier and adopted; otherwise it is created`;
    return warningDiagnostic("interrupted-create", `${message}, before the response came`, hint);
  });
}

/** Removes the journal once the lockfile is written, except what the next run needs. @returns why it is still there */
export async function finishJournal(
  { lock, target, written }: CommandInputs,
  journalFile: JournalFile,
  apply: Omit<FinishedApply, "target" | "writtenKeys">,
): Promise<Diagnostic[]> {
  const journal = await readJournal(journalOf(lock.path));
  const finished = { ...apply, target, writtenKeys: written.keys };
  const kept = journal.ok ? await journalFile.keep(recordsToKeep(journal.value, finished)) : undefined;
  if (kept?.ok) return [];
  await journalFile.close();
  const why = kept === undefined ? "it can't be read" : kept.error.message;
  return [
    warningDiagnostic("journal-stays", `${journalOf(lock.name)} can't be removed: ${why}`, "the next apply removes it"),
  ];
}
