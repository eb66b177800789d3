import { isHashId } from "../api/wire.ts";
import { interruptedCreates, isOf, type JournalRecord } from "../apply/journal.ts";
import { hasErrors, type Diagnostic } from "../model/diagnostic.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Io } from "../io.ts";
import { sectionOf, type LockSection } from "../model/lockfile.ts";
import type { HashId, Key, Live, Result, Target } from "../model/integration.ts";
import { failure } from "../model/integration.ts";
import { isInPlace } from "../plan/match/parts.ts";
import { placeOfMade } from "../plan/match/interrupted-creates.ts";
import { renderDesiredBlock } from "../render/desired-block.ts";
import { applyCommand } from "./apply.ts";
import { connect, eventLine, type ConnectOptions } from "./connect.ts";
import { createConsole, type Console, type ConsoleOptions } from "./console.ts";
import { journalPath, readInputs, readJournal, type InputOptions, type Inputs } from "./inputs.ts";
import type { SyncOptions } from "./options.ts";
import { failureDiagnostic, exitOfFailures, problem, reportStop, stop, type Stop } from "./stop.ts";

export type ImportOptions = InputOptions & ConnectOptions & ConsoleOptions;

/**
 * `import KEY HASH`: takes an existing integration into the lockfile under a key of the file, as `lifecycle.import` would.
 * Nothing is sent to it. For a key that the file doesn't have yet, the block to add goes to stdout.
 */
export async function importIntegration(key: Key, hashId: HashId, options: ImportOptions, io: Io): Promise<ExitCode> {
  if (!isHashId(hashId)) {
    const hint = "it is the 24 to 26 letters and digits of the integration's page";
    return reportStop(
      { exit: EXIT.invalid, diagnostics: [problem("wrong-hash", "that is no hash", hint)] },
      options,
      io,
    );
  }
  const console = createConsole(options, io, eventLine);
  const inputs = await readInputs(options, io);
  if (!inputs.ok) return reportStop(inputs.error, options, io);
  if (!inputs.value.written.keys.includes(key)) return proposeBlock(key, hashId, inputs.value, options, io, console);
  const adopted = await adopt(key, hashId, inputs.value, options, io, console);
  if (!adopted.ok) return reportStop(adopted.error, options, io);
  return reportStop({ exit: adopted.value, diagnostics: [] }, options, io);
}

async function adopt(
  key: Key,
  hashId: HashId,
  inputs: Inputs,
  options: ImportOptions,
  io: Io,
  console: Console,
): Promise<Result<ExitCode, Stop>> {
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
    const refusals = refused.map(({ code, message, hint }) => problem(code, `${key}: ${message}`, hint));
    return failure({ exit, diagnostics: [...refusals, ...diagnostics] });
  }
  if (outcomes.length === 0) console.note(`${key} is ${hashId} already`);
  else console.note(`sync --plan shows how ${key} differs from the file`);
  return { ok: true, value: exit };
}

async function proposeBlock(
  key: Key,
  hashId: HashId,
  { target, written, lock }: Inputs,
  options: ImportOptions,
  io: Io,
  console: Console,
): Promise<ExitCode> {
  const journal = await readJournal(journalPath(lock));
  if (!journal.ok) {
    const message = `${lock.name}.journal can't be read, and ${hashId} may be what an interrupted apply made`;
    const diagnostics = [problem("journal-damaged", message, "sync --apply sets it aside")];
    return reportStop({ exit: EXIT.invalid, diagnostics }, options, io);
  }
  const managed = { section: sectionOf(lock.lock, target), records: journal.value, target, file: written.file };
  const owned = ownedHash(key, hashId, managed);
  if (owned !== undefined) return reportStop({ exit: EXIT.invalid, diagnostics: [owned] }, options, io);
  const client = await connect(target, { ...options, readOnly: true }, io, console);
  if (!client.ok) return reportStop(client.error, options, io);
  const live = await client.value.get(hashId);
  if (!live.ok) {
    const diagnostics = [failureDiagnostic(`${hashId} could not be read`, live.error)];
    return reportStop({ exit: exitOfFailures([live.error]), diagnostics }, options, io);
  }
  if (live.value === undefined) {
    return reportStop(
      stop(EXIT.invalid, [problem("gone", `there is no integration ${hashId} in ${target.workspace}`)]).error,
      options,
      io,
    );
  }
  const made = ownedAlike(live.value, journal.value, target);
  if (made !== undefined) return reportStop({ exit: EXIT.invalid, diagnostics: [made] }, options, io);
  const message = `${written.file} has no ${key}; add the block on stdout under integrations, then run this again`;
  return reportStop(
    { exit: EXIT.invalid, diagnostics: [problem("unknown-key", message)] },
    options,
    io,
    renderDesiredBlock(key, live.value),
  );
}

/** What says whose an integration is. */
interface Managed {
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
function ownedHash(key: Key, hashId: HashId, { section, records, target, file }: Managed): Diagnostic | undefined {
  for (const [owner, entry] of section) {
    if (entry.hashId === hashId) {
      const hint = `to rename it, write ${key} instead of ${owner} in ${file}, with lifecycle.moved_from: [${owner}]`;
      return problem("owned", `${hashId} belongs to the key ${owner}`, hint);
    }
    if (entry.superseded.includes(hashId)) {
      const hint = `pipelines that still use it are pointed to ${entry.hashId} by refs --write`;
      return problem("owned", `${hashId} belonged to the key ${owner}, whose replacement is ${entry.hashId}`, hint);
    }
  }
  const record = records.find((each) => isOf(each, target) && hashOf(each) === hashId);
  if (record === undefined) return undefined;
  return problem("owned", `${hashId} belongs to the key ${record.key}, of which an apply was interrupted`, TAKE_OVER);
}

/** The same for what an interrupted creation may have made: its answer never came, so that only the identifier tells. */
function ownedAlike(live: Live, records: readonly JournalRecord[], target: Target): Diagnostic | undefined {
  const alike = [...interruptedCreates(records, target).values()].find(
    (create) =>
      create.hashId === undefined &&
      create.identifier === live.identifier &&
      create.type === live.type &&
      isInPlace(placeOfMade(create), live),
  );
  if (alike === undefined) return undefined;
  return problem("owned", `${live.hashId} may be what an interrupted apply made of the key ${alike.key}`, TAKE_OVER);
}

const TAKE_OVER = "sync --apply takes it over";

/** What a creation made, or is to replace. */
function hashOf(record: JournalRecord): HashId | undefined {
  if (record.kind === "begin") return record.replaces;
  return record.outcome === "refused" ? undefined : record.outcome.hash;
}
