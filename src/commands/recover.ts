import { interruptedCreates, interruptedUpdates } from "../apply/journal.ts";
import { readJournal } from "../checkout/journal/read.ts";
import { journalOf } from "../checkout/paths.ts";
import type { EndReason } from "../exit.ts";
import { errorDiagnostic, hasErrors, type Diagnostic } from "../model/diagnostic.ts";
import { success, type Key, type Result } from "../model/integration.ts";
import { workspaceSection } from "../model/lockfile.ts";
import type { Change } from "../plan/change.ts";
import { readCommandInputs, type CommandInputs } from "./inputs/inputs.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { reportStop, type CommandStop } from "./stop.ts";
import type { SyncApplyOptions } from "./sync/apply-options.ts";
import { commandText } from "./command-text.ts";
import { applyChanges } from "./sync/sync-apply.ts";

export interface RecoverOptions extends WorkspaceOptions {
  /** How long the server may take to finish and show a creation whose answer was lost. */
  readonly settleSeconds: number;
  /** How long to wait for another run on this checkout. */
  readonly lockTimeoutSeconds: number;
}

/**
 * `recover`: writes to the lockfile what an interrupted apply created, as the next apply would, and does nothing
 * else. The transport refuses every request that would change something.
 */
export async function recover(session: Session<RecoverOptions>): Promise<readonly EndReason[]> {
  const recovered = await recoverLockfile(session);
  return recovered.ok ? recovered.value : reportStop(session, recovered.error);
}

async function recoverLockfile(session: Session<RecoverOptions>): Promise<Result<readonly EndReason[], CommandStop>> {
  const { console, options } = session;
  const inputs = await readCommandInputs(session);
  if (!inputs.ok) return inputs;
  const { lock } = inputs.value;
  const begun = await unsettledKeys(inputs.value);
  if (begun === "nothing") {
    console.note(
      `nothing to recover: no apply of this workspace was interrupted (there is no ${journalOf(lock.name)})`,
    );
    return success([]);
  }
  const keys = begun ?? [];
  const apply: SyncApplyOptions = {
    ...options,
    mode: "apply",
    // Don't print the plan: what was found is reported at the end.
    format: "json",
    yes: true,
    out: undefined,
    reports: [],
    files: [options.file],
    expect: [],
    flags: { adopt: false, allow_replace: false, prune: false, resend: [], only: keysToRead(keys, inputs.value) },
  };
  const applied = await applyChanges(
    { ...session, options: apply },
    { inputs: inputs.value, select: (change) => isRecovery(change, keys), access: "read-only" },
  );
  if (!applied.ok) return applied;
  const { reasons, diagnostics } = applied.value;
  const left = (await unsettledKeys(inputs.value)) ?? [];
  const open = left === "nothing" ? [] : left.map((key) => openCreationProblem(key, options));
  console.problems([...diagnostics.filter(({ code }) => !REPORTED_AT_THE_END.has(code)), ...open]);
  if (open.length === 0 && !hasErrors(diagnostics)) console.note(`Next: commit ${lock.name}.`);
  return success([...reasons, ...(open.length > 0 ? (["failed"] as const) : [])]);
}

const REPORTED_AT_THE_END: ReadonlySet<string> = new Set(["interrupted-create", "interrupted-update"]);

/**
 * Whether the change adopts or records what an interrupted creation made. What such creations did besides is already
 * in the section.
 */
function isRecovery(change: Change, keys: readonly Key[]): boolean {
  if (change.action === "record") return change.basis === "journal";
  return change.action === "adopt" && change.refused === undefined && keys.includes(change.key);
}

/**
 * The interrupted keys that the file or the lockfile has. Empty if there are none, which reads everything, since
 * `--only` must name a known key.
 */
function keysToRead(keys: readonly Key[], { written, lock, target }: CommandInputs): readonly Key[] {
  const known = new Set([...written.keys, ...workspaceSection(lock.lock, target).keys()]);
  return keys.filter((key) => known.has(key)).toSorted();
}

/**
 * The keys whose creation isn't known to have ended; there are none if only updates were interrupted. `nothing`: neither
 * was. Undefined if it can't be read.
 */
async function unsettledKeys({ lock, target }: CommandInputs): Promise<readonly Key[] | "nothing" | undefined> {
  const journal = await readJournal(journalOf(lock.path));
  if (!journal.ok) return undefined;
  const keys = [...interruptedCreates(journal.value, target, "trusted").keys()];
  return keys.length === 0 && interruptedUpdates(journal.value, target, "trusted").size === 0 ? "nothing" : keys;
}

function openCreationProblem(key: Key, options: RecoverOptions): Diagnostic {
  const message = `it isn't known whether ${key} was created: no integration of the workspace can be identified as the created one`;
  const hint = `the journal keeps the record: \`${commandText("apply", options)}\` looks again, then creates it or says why not`;
  return errorDiagnostic("interrupted-create", message, hint);
}
