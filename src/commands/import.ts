import { interruptedCreates, isCreationOf, type CreationRecord, type JournalRecord } from "../apply/journal.ts";
import type { EndReason } from "../exit.ts";
import { KEY_ADVICE } from "../config/fingerprint-key.ts";
import { errorDiagnostic, hasErrors, type Diagnostic } from "../model/diagnostic.ts";
import type { HashId, Key, LiveIntegration, Result, Target } from "../model/integration.ts";
import { failure, isKey, success } from "../model/integration.ts";
import { isSameIdentity } from "../model/identity.ts";
import { workspaceSection } from "../model/lockfile.ts";
import { quoteName } from "../model/printable.ts";
import { shellWord } from "../model/text.ts";
import { renderDesiredBlock } from "../render/desired-block.ts";
import { commandText } from "./command-text.ts";
import { connectClient } from "./inputs/connect.ts";
import { mayBeHash } from "./inputs/find-integration.ts";
import { findLive } from "./inputs/find-live.ts";
import { addBlock, blockToAdd } from "./export/import-block.ts";
import { readCommandInputs, type CommandInputs } from "./inputs/inputs.ts";
import { readJournal } from "../checkout/journal/read.ts";
import { journalOf } from "../checkout/paths.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { reportStop, stop, type CommandStop } from "./stop.ts";
import type { SyncApplyOptions } from "./sync/apply-options.ts";
import { applyChanges } from "./sync/sync-apply.ts";

export interface ImportOptions extends WorkspaceOptions {
  readonly key: Key;
  /** Its hash or its identifier. */
  readonly name: string;
  /** Only print the block. */
  readonly print: boolean;
  /** Undefined: managed, except for AMAZON, whose roles nobody can see. */
  readonly credentials: "managed" | "unmanaged" | undefined;
}

/**
 * `import KEY HASH`: adds the block of an existing integration to the file, if the file doesn't have the key yet.
 * Then it records the integration in the lockfile, as `lifecycle.import` would. It sends no change to the workspace.
 */
export async function importIntegration(session: Session<ImportOptions>): Promise<readonly EndReason[]> {
  const imported = await importUnderKey(session);
  return imported.ok ? imported.value : reportStop(session, imported.error);
}

async function importUnderKey(session: Session<ImportOptions>): Promise<Result<readonly EndReason[], CommandStop>> {
  const { io, options } = session;
  const { key, name, print } = options;
  if (!isKey(key)) {
    const hint = "a key is at most 200 letters, digits, `_` and `-`, starting with a letter";
    return stop("invalid", errorDiagnostic("bad-key", "KEY isn't a valid key", hint));
  }
  const inputs = await readCommandInputs(session);
  if (!inputs.ok) return inputs;
  const isInFile = inputs.value.written.keys.includes(key);
  if (isInFile && !print && mayBeHash(name)) return adoptUnderKey(session, inputs.value, name);
  const owned = isInFile ? success(undefined) : await checkNotOwned(session.options, inputs.value, name);
  if (!owned.ok) return owned;
  const client = await connectClient(session, { ...inputs.value, access: "read-only" });
  if (!client.ok) return client;
  const live = await findLive(client.value, inputs.value, name);
  if (!live.ok) return live;
  if (isInFile && !print) return adoptUnderKey(session, inputs.value, live.value.hashId);
  const free = await checkNotOwned(options, inputs.value, live.value.hashId, live.value);
  if (!free.ok) return free;
  const block = await blockToAdd(session, { inputs: inputs.value, client: client.value, live: live.value });
  if (!block.ok) return block;
  if (print) {
    io.stdout.write(renderDesiredBlock(block.value));
    return success([]);
  }
  const added = await addBlock(session, block.value);
  if (!added.ok) return added;
  const now = await readCommandInputs(session);
  if (!now.ok) return now;
  const isFirst = now.value.lock.text === undefined && now.value.written.references.length > 0;
  if (isFirst && now.value.key === undefined) session.console.note(KEY_ADVICE);
  return adoptUnderKey(session, now.value, live.value.hashId);
}

async function adoptUnderKey(
  session: Session<ImportOptions>,
  inputs: CommandInputs,
  hashId: HashId,
): Promise<Result<readonly EndReason[], CommandStop>> {
  const { console, options } = session;
  const { key } = options;
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
    expect: [],
    out: undefined,
    reports: [],
    files: [options.file],
    flags: { adopt: false, allow_replace: false, prune: false, resend: [], only: [key] },
  };
  const applied = await applyChanges(
    { ...session, options: apply },
    {
      inputs: { ...inputs, integrations },
      select: ({ action }) => action === "adopt" || action === "conflict" || action === "rename",
      access: "read-only",
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
  const commit = outcomes.length === 0 ? "" : `commit ${options.file} and ${inputs.lock.name}. `;
  const next = commandText(`plan --only ${shellWord(key)}`, options);
  console.note(`Next: ${commit}\`${next}\` shows how ${key} differs from the file.`);
  return success(reasons);
}

/** Checks that the integration belongs to no key. @param live undefined: only its hash or identifier is known so far */
async function checkNotOwned(
  options: ImportOptions,
  inputs: CommandInputs,
  hashId: HashId,
  live?: LiveIntegration,
): Promise<Result<void, CommandStop>> {
  const { lock } = inputs;
  const journal = await readJournal(journalOf(lock.path));
  if (!journal.ok) {
    const message = `${journalOf(lock.name)} can't be read, and an interrupted apply may have created ${quoteName(hashId)}`;
    const hint = `\`${commandText("apply", options)}\` sets it aside`;
    return stop("invalid", errorDiagnostic("journal-damaged", message, hint));
  }
  const owned = ownedHashProblem({ hashId, options }, inputs, journal.value);
  const made =
    live === undefined ? undefined : interruptedCreateProblem(live, journal.value, { target: inputs.target, options });
  const problem = owned ?? made;
  return problem === undefined ? success(undefined) : stop("invalid", problem);
}

/**
 * Why the block of a hash is not shown: the hash belongs to a key, now or formerly, so its live values may be values
 * of references, which must not be shown.
 */
function ownedHashProblem(
  { hashId, options }: { readonly hashId: HashId; readonly options: ImportOptions },
  { lock, target, written: { file } }: CommandInputs,
  records: readonly JournalRecord[],
): Diagnostic | undefined {
  const { key } = options;
  for (const [owner, entry] of workspaceSection(lock.lock, target)) {
    if (entry.hashId === hashId) {
      const hint = `to rename it, write ${key} instead of ${owner} in ${file}, with lifecycle.moved_from: [${owner}]`;
      return errorDiagnostic("owned", `${hashId} belongs to the key ${owner}`, hint);
    }
    if (entry.superseded.includes(hashId)) {
      const message = `${hashId} belonged to the key ${owner}, whose replacement is ${entry.hashId}`;
      const hint = `pipelines that still use it are pointed to ${entry.hashId} by \`${commandText("refs --write", options)}\``;
      return errorDiagnostic("owned", message, hint);
    }
  }
  const creations = records.flatMap((each) => (isCreationOf(each, target) ? [each] : []));
  const record = creations.find((each) => hashOfRecord(each) === hashId);
  if (record === undefined) return undefined;
  const message = `${hashId} belongs to the key ${record.key}, whose apply was interrupted`;
  return errorDiagnostic("owned", message, applyAdopts(options));
}

/**
 * The same for an integration that an interrupted creation may have made. Its answer never came, so only the
 * identifier can show whether it is this one.
 */
function interruptedCreateProblem(
  live: LiveIntegration,
  records: readonly JournalRecord[],
  { target, options }: { readonly target: Target; readonly options: ImportOptions },
): Diagnostic | undefined {
  const alike = [...interruptedCreates(records, target, "trusted")].find(
    ([, create]) =>
      create.hashId === undefined && create.identifier === live.identifier && isSameIdentity(create, live),
  );
  if (alike === undefined) return undefined;
  const message = `an interrupted apply may have created ${live.hashId}, for the key ${alike[0]}`;
  return errorDiagnostic("owned", message, applyAdopts(options));
}

function applyAdopts(options: ImportOptions): string {
  return `\`${commandText("apply", options)}\` adopts it`;
}

/** The hash of what a creation made, or of what it is to replace. */
function hashOfRecord(record: CreationRecord): HashId | undefined {
  if (record.kind === "begin") return record.replaces;
  return record.outcome === "refused" ? undefined : record.outcome.hash;
}
