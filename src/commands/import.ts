import { interruptedCreates, isRecordOf, type JournalRecord } from "../apply/journal.ts";
import type { EndReason } from "../exit.ts";
import { errorDiagnostic, hasErrors, type Diagnostic } from "../model/diagnostic.ts";
import type { HashId, Key, LiveIntegration, Result, Target } from "../model/integration.ts";
import { failure, isHashId, isKey, success } from "../model/integration.ts";
import { isSameIdentity } from "../model/identity.ts";
import { workspaceSection } from "../model/lockfile.ts";
import { renderDesiredBlock } from "../render/desired-block.ts";
import { connectClient } from "./connect.ts";
import { readCommandInputs, type CommandInputs } from "./inputs.ts";
import { readJournal } from "../checkout/journal/read.ts";
import { journalOf } from "../checkout/paths.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { reportStop, stop, stopForFailedCalls, type CommandStop } from "./stop.ts";
import { applyChanges, type SyncApplyOptions } from "./sync-apply.ts";

export interface ImportOptions extends WorkspaceOptions {
  readonly key: Key;
  readonly hashId: HashId;
}

/**
 * `import KEY HASH`: takes an existing integration into the lockfile under a key of the file, as `lifecycle.import` would.
 * Nothing is sent to it. For a key that the file doesn't have yet, the block to add goes to stdout.
 */
export async function importIntegration(session: Session<ImportOptions>): Promise<readonly EndReason[]> {
  const { key, hashId } = session.options;
  if (!isHashId(hashId)) {
    const hint = "it is the 24 to 26 letters and digits of the integration's page";
    return reportStop(session, stop("invalid", errorDiagnostic("wrong-hash", "that is no hash", hint)).error);
  }
  if (!isKey(key)) {
    const hint = "a key is at most 200 letters, digits, `_` and `-`, starting with a letter";
    return reportStop(session, stop("invalid", errorDiagnostic("bad-key", "that can't be a key", hint)).error);
  }
  const inputs = await readCommandInputs(session);
  if (!inputs.ok) return reportStop(session, inputs.error);
  if (inputs.value.written.keys.includes(key)) {
    const adopted = await adoptUnderKey(session, inputs.value);
    return adopted.ok ? adopted.value : reportStop(session, adopted.error);
  }
  const live = await readUnmanaged(session, inputs.value);
  if (!live.ok) return reportStop(session, live.error);
  session.io.stdout.write(renderDesiredBlock(key, live.value));
  const message = `${inputs.value.written.file} has no ${key}; add the block on stdout under integrations, then run this again`;
  return reportStop(session, stop("invalid", errorDiagnostic("unknown-key", message)).error);
}

async function adoptUnderKey(
  session: Session<ImportOptions>,
  inputs: CommandInputs,
): Promise<Result<readonly EndReason[], CommandStop>> {
  const { console, options } = session;
  const { key, hashId } = options;
  const integrations = inputs.integrations.map((integration) =>
    integration.key === key ? { ...integration, lifecycle: { ...integration.lifecycle, import: hashId } } : integration,
  );
  const apply: SyncApplyOptions = {
    ...options,
    mode: "apply",
    format: "json",
    yes: true,
    settleSeconds: options.timeoutSeconds,
    lockTimeoutSeconds: 0,
    expect: undefined,
    flags: { adopt: false, allow_replace: false, prune: false, resend: [], only: [key] },
  };
  const applied = await applyChanges(
    { ...session, options: apply },
    {
      inputs: { ...inputs, integrations },
      select: ({ action }) => action === "adopt" || action === "conflict" || action === "rename",
    },
  );
  if (!applied.ok) return applied;
  const { reasons, diagnostics, plan, outcomes } = applied.value;
  const refused = outcomes.flatMap(({ change }) => change.refused ?? []);
  if (refused.length > 0 || hasErrors(diagnostics)) {
    const refusals = refused.map(({ code, message, hint }) => errorDiagnostic(code, `${key}: ${message}`, hint));
    return failure({ reasons, diagnostics: [...refusals, ...diagnostics], plan });
  }
  if (outcomes.length === 0) console.note(`${key} is ${hashId} already`);
  const commit = outcomes.length === 0 ? "" : `commit ${inputs.lock.name}. `;
  console.note(`Next: ${commit}\`buddy-integrations plan --only ${key}\` shows how ${key} differs from the file.`);
  return success(reasons);
}

/** The integration to propose a block for, if it belongs to no key. */
async function readUnmanaged(
  session: Session<ImportOptions>,
  inputs: CommandInputs,
): Promise<Result<LiveIntegration, CommandStop>> {
  const { hashId } = session.options;
  const { target, lock } = inputs;
  const journal = await readJournal(journalOf(lock.path));
  if (!journal.ok) {
    const message = `${journalOf(lock.name)} can't be read, and ${hashId} may be what an interrupted apply made`;
    return stop("invalid", errorDiagnostic("journal-damaged", message, "sync --apply sets it aside"));
  }
  const owned = ownedHashProblem(session.options, inputs, journal.value);
  if (owned !== undefined) return stop("invalid", owned);
  const client = await connectClient(session, { ...inputs, access: "read-only" });
  if (!client.ok) return client;
  const live = await client.value.get(hashId);
  if (!live.ok) return stopForFailedCalls([{ what: `${hashId} could not be read`, failure: live.error }]);
  if (live.value === undefined)
    return stop("invalid", errorDiagnostic("gone", `there is no integration ${hashId} in ${target.workspace}`));
  const made = interruptedCreateProblem(live.value, journal.value, target);
  return made === undefined ? success(live.value) : stop("invalid", made);
}

/**
 * Why no block is shown for a hash that belongs to a key, now or formerly: its live values may be those of references,
 * which must not be shown.
 */
function ownedHashProblem(
  { key, hashId }: Pick<ImportOptions, "key" | "hashId">,
  { lock, target, written: { file } }: CommandInputs,
  records: readonly JournalRecord[],
): Diagnostic | undefined {
  for (const [owner, entry] of workspaceSection(lock.lock, target)) {
    if (entry.hashId === hashId) {
      const hint = `to rename it, write ${key} instead of ${owner} in ${file}, with lifecycle.moved_from: [${owner}]`;
      return errorDiagnostic("owned", `${hashId} belongs to the key ${owner}`, hint);
    }
    if (entry.superseded.includes(hashId)) {
      const message = `${hashId} belonged to the key ${owner}, whose replacement is ${entry.hashId}`;
      const hint = `pipelines that still use it are pointed to ${entry.hashId} by refs --write`;
      return errorDiagnostic("owned", message, hint);
    }
  }
  const record = records.find((each) => isRecordOf(each, target) && hashOfRecord(each) === hashId);
  if (record === undefined) return undefined;
  const message = `${hashId} belongs to the key ${record.key}, of which an apply was interrupted`;
  return errorDiagnostic("owned", message, TAKE_OVER);
}

/** The same for what an interrupted creation may have made: its answer never came, so only the identifier can show it. */
function interruptedCreateProblem(
  live: LiveIntegration,
  records: readonly JournalRecord[],
  target: Target,
): Diagnostic | undefined {
  const alike = [...interruptedCreates(records, target, "trusted")].find(
    ([, create]) =>
      create.hashId === undefined && create.identifier === live.identifier && isSameIdentity(create, live),
  );
  if (alike === undefined) return undefined;
  const message = `${live.hashId} may be what an interrupted apply made of the key ${alike[0]}`;
  return errorDiagnostic("owned", message, TAKE_OVER);
}

const TAKE_OVER = "sync --apply takes it over";

/** What a creation made, or is to replace. */
function hashOfRecord(record: JournalRecord): HashId | undefined {
  if (record.kind === "begin") return record.replaces;
  return record.outcome === "refused" ? undefined : record.outcome.hash;
}
