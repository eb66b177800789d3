import { interruptedCreates, isRecordOf, type JournalRecord } from "../apply/journal.ts";
import { hasErrors, type Diagnostic } from "../model/diagnostic.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Io } from "../io.ts";
import { workspaceSection, type LockSection } from "../model/lockfile.ts";
import type { HashId, Key, LiveIntegration, Result, Target } from "../model/integration.ts";
import { failure, isHashId } from "../model/integration.ts";
import { isInPlace } from "../plan/match/list-parts.ts";
import { placeOfCreate } from "../plan/match/interrupted-creates.ts";
import { renderDesiredBlock } from "../render/desired-block.ts";
import { applyCommand } from "./apply.ts";
import { connectClient, eventLine, type ConnectOptions } from "./connect.ts";
import { createConsole, type CommandConsole, type ConsoleOptions } from "./console.ts";
import { readCommandInputs, type InputOptions, type CommandInputs } from "./inputs.ts";
import { readJournal } from "../checkout/journal/read.ts";
import { journalOf } from "../checkout/paths.ts";
import type { SyncOptions } from "./sync-options.ts";
import {
  apiFailureDiagnostic,
  exitCodeOfFailures,
  errorDiagnostic,
  finishCommand,
  commandStop,
  type CommandStop,
} from "./command-stop.ts";

export type ImportOptions = InputOptions & ConnectOptions & ConsoleOptions;

/**
 * `import KEY HASH`: takes an existing integration into the lockfile under a key of the file, as `lifecycle.import` would.
 * Nothing is sent to it. For a key that the file doesn't have yet, the block to add goes to stdout.
 */
export async function importIntegration(key: Key, hashId: HashId, options: ImportOptions, io: Io): Promise<ExitCode> {
  if (!isHashId(hashId)) {
    const hint = "it is the 24 to 26 letters and digits of the integration's page";
    return finishCommand(
      { exit: EXIT.invalid, diagnostics: [errorDiagnostic("wrong-hash", "that is no hash", hint)] },
      options,
      io,
    );
  }
  const console = createConsole(options, io, eventLine);
  const inputs = await readCommandInputs(options, io);
  if (!inputs.ok) return finishCommand(inputs.error, options, io);
  if (!inputs.value.written.keys.includes(key))
    return printProposedBlock(key, hashId, inputs.value, options, io, console);
  const adopted = await adoptUnderKey(key, hashId, inputs.value, options, io, console);
  if (!adopted.ok) return finishCommand(adopted.error, options, io);
  return finishCommand({ exit: adopted.value, diagnostics: [] }, options, io);
}

async function adoptUnderKey(
  key: Key,
  hashId: HashId,
  inputs: CommandInputs,
  options: ImportOptions,
  io: Io,
  console: CommandConsole,
): Promise<Result<ExitCode, CommandStop>> {
  const integrations = inputs.integrations.map((integration) =>
    integration.key === key ? { ...integration, lifecycle: { ...integration.lifecycle, import: hashId } } : integration,
  );
  const sync: SyncOptions = {
    ...options,
    mode: "apply",
    format: "json",
    detailedExitcode: false,
    offline: false,
    yes: true,
    flags: { adopt: false, allow_replace: false, prune: false, resend: [], only: [key] },
  };
  const applied = await applyCommand({ ...inputs, integrations }, sync, io, console, ({ action }) =>
    ["adopt", "conflict", "rename"].includes(action),
  );
  if (!applied.ok) return applied;
  const { exit, diagnostics, outcomes = [] } = applied.value;
  const refused = outcomes.flatMap(({ change }) => (change.refused === undefined ? [] : [change.refused]));
  if (refused.length > 0 || hasErrors(diagnostics)) {
    const refusals = refused.map(({ code, message, hint }) => errorDiagnostic(code, `${key}: ${message}`, hint));
    return failure({ exit, diagnostics: [...refusals, ...diagnostics] });
  }
  if (outcomes.length === 0) console.note(`${key} is ${hashId} already`);
  else console.note(`sync --plan shows how ${key} differs from the file`);
  return { ok: true, value: exit };
}

async function printProposedBlock(
  key: Key,
  hashId: HashId,
  { target, written, lock }: CommandInputs,
  options: ImportOptions,
  io: Io,
  console: CommandConsole,
): Promise<ExitCode> {
  const journal = await readJournal(journalOf(lock.path));
  if (!journal.ok) {
    const message = `${journalOf(lock.name)} can't be read, and ${hashId} may be what an interrupted apply made`;
    const diagnostics = [errorDiagnostic("journal-damaged", message, "sync --apply sets it aside")];
    return finishCommand({ exit: EXIT.invalid, diagnostics }, options, io);
  }
  const managed = { section: workspaceSection(lock.lock, target), records: journal.value, target, file: written.file };
  const owned = ownedHashProblem(key, hashId, managed);
  if (owned !== undefined) return finishCommand({ exit: EXIT.invalid, diagnostics: [owned] }, options, io);
  const client = await connectClient(target, { ...options, readOnly: true }, io, console);
  if (!client.ok) return finishCommand(client.error, options, io);
  const live = await client.value.get(hashId);
  if (!live.ok) {
    const diagnostics = [apiFailureDiagnostic(`${hashId} could not be read`, live.error)];
    return finishCommand({ exit: exitCodeOfFailures([live.error]), diagnostics }, options, io);
  }
  if (live.value === undefined) {
    return finishCommand(
      commandStop(EXIT.invalid, [errorDiagnostic("gone", `there is no integration ${hashId} in ${target.workspace}`)])
        .error,
      options,
      io,
    );
  }
  const made = interruptedCreateProblem(live.value, journal.value, target);
  if (made !== undefined) return finishCommand({ exit: EXIT.invalid, diagnostics: [made] }, options, io);
  const message = `${written.file} has no ${key}; add the block on stdout under integrations, then run this again`;
  return finishCommand(
    { exit: EXIT.invalid, diagnostics: [errorDiagnostic("unknown-key", message)] },
    options,
    io,
    renderDesiredBlock(key, live.value),
  );
}

/** What says whose an integration is. */
interface OwnershipSources {
  readonly section: LockSection;
  readonly records: readonly JournalRecord[];
  readonly target: Target;
  /** The desired-state file's name. */
  readonly file: string;
}

/**
 * Why no block is shown for a hash that belongs to a key, now or formerly: its live values may be those of references,
 * which must not be shown.
 */
function ownedHashProblem(
  key: Key,
  hashId: HashId,
  { section, records, target, file }: OwnershipSources,
): Diagnostic | undefined {
  for (const [owner, entry] of section) {
    if (entry.hashId === hashId) {
      const hint = `to rename it, write ${key} instead of ${owner} in ${file}, with lifecycle.moved_from: [${owner}]`;
      return errorDiagnostic("owned", `${hashId} belongs to the key ${owner}`, hint);
    }
    if (entry.superseded.includes(hashId)) {
      const hint = `pipelines that still use it are pointed to ${entry.hashId} by refs --write`;
      return errorDiagnostic(
        "owned",
        `${hashId} belonged to the key ${owner}, whose replacement is ${entry.hashId}`,
        hint,
      );
    }
  }
  const record = records.find((each) => isRecordOf(each, target) && hashOfRecord(each) === hashId);
  if (record === undefined) return undefined;
  return errorDiagnostic(
    "owned",
    `${hashId} belongs to the key ${record.key}, of which an apply was interrupted`,
    TAKE_OVER,
  );
}

/** The same for what an interrupted creation may have made: its answer never came, so that only the identifier tells. */
function interruptedCreateProblem(
  live: LiveIntegration,
  records: readonly JournalRecord[],
  target: Target,
): Diagnostic | undefined {
  const alike = [...interruptedCreates(records, target).values()].find(
    (create) =>
      create.hashId === undefined &&
      create.identifier === live.identifier &&
      create.type === live.type &&
      isInPlace(placeOfCreate(create), live),
  );
  if (alike === undefined) return undefined;
  return errorDiagnostic(
    "owned",
    `${live.hashId} may be what an interrupted apply made of the key ${alike.key}`,
    TAKE_OVER,
  );
}

const TAKE_OVER = "sync --apply takes it over";

/** What a creation made, or is to replace. */
function hashOfRecord(record: JournalRecord): HashId | undefined {
  if (record.kind === "begin") return record.replaces;
  return record.outcome === "refused" ? undefined : record.outcome.hash;
}
