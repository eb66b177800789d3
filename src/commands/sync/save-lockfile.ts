import { shellWord } from "../../model/text.ts";
import { commandText } from "../command-text.ts";
import type { Outcome } from "../../apply/outcome.ts";
import { writeFileAtomic } from "../../checkout/files.ts";
import { formatLockfile } from "../../checkout/lockfile/write.ts";
import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import type { HashId, Key } from "../../model/integration.ts";
import { withWorkspaceSection, type LockSection } from "../../model/lockfile.ts";
import type { CommandInputs } from "../inputs/inputs.ts";
import { hasLockfileChanged } from "../inputs/lockfile-change.ts";
import type { Session } from "../session.ts";

/** What the lockfile must contain at the end of an apply. */
export interface AppliedSection {
  readonly inputs: CommandInputs;
  readonly section: LockSection;
  readonly outcomes: readonly Outcome[];
}

/** Writes the lockfile if its content changed. @returns why it could not be written, and how to recover each hash */
export async function saveLockfile(
  session: Session,
  { inputs: { lock, target }, section, outcomes }: AppliedSection,
): Promise<Diagnostic[]> {
  const twice = keysSharingHash(section);
  if (twice !== undefined) {
    const message = `${lock.name} would hold ${twice.hashId} under ${twice.keys.join(" and ")}, so it was not written`;
    const hint = "the server returned one hash for both; apply again";
    return [errorDiagnostic("lock-unwritten", message, hint), ...unrecordedHashes(session, outcomes)];
  }
  const text = formatLockfile(withWorkspaceSection(lock.lock, target, section));
  if (text === lock.text || (section.size === 0 && lock.text === undefined)) return [];
  if (await hasLockfileChanged(session, lock)) {
    const message = `${lock.name} was changed by somebody else while the apply was running, so it was not written`;
    const hint = "apply again: the journal has every hash, and the lockfile of now stays";
    return [errorDiagnostic("lock-unwritten", message, hint), ...unrecordedHashes(session, outcomes)];
  }
  const written = await writeFileAtomic(lock.path, text);
  if (written.ok) return [];
  const hint = "free some space or correct the permissions, then apply again: the journal has every hash";
  const reason = errorDiagnostic("lock-unwritten", `${lock.name} can't be written: ${written.error.message}`, hint);
  return [reason, ...unrecordedHashes(session, outcomes)];
}

/** A hash that two keys would have. Such a lockfile could not be read again, so it must not be written. */
function keysSharingHash(section: LockSection): { readonly hashId: HashId; readonly keys: readonly Key[] } | undefined {
  const owners = new Map<HashId, Key>();
  for (const [key, { hashId }] of section) {
    const owner = owners.get(hashId);
    if (owner !== undefined) return { hashId, keys: [owner, key] };
    owners.set(hashId, key);
  }
  return undefined;
}

/**
 * Every new hash that the lockfile doesn't have, with the command that records it if the journal is lost too.
 * Replacements need no command: the temporary identifier of the old integration says what replaced it.
 */
export function unrecordedHashes({ options }: Session, outcomes: readonly Outcome[]): Diagnostic[] {
  return outcomes.flatMap((outcome) => {
    if (outcome.kind !== "done") return [];
    const { change, hashId } = outcome;
    const isNew = change.action === "create" || (change.action === "adopt" && change.supersedes.length === 0);
    if (!isNew) return [];
    const command = commandText(`import ${shellWord(change.key)} ${hashId}`, options);
    return [
      errorDiagnostic(
        "unrecorded",
        `${change.key} is ${hashId}; if the journal is lost, record it with this command`,
        command,
      ),
    ];
  });
}
