import { isCreationOf } from "../../apply/journal.ts";
import { readJournal } from "../../checkout/journal/read.ts";
import { journalOf } from "../../checkout/paths.ts";
import { errorDiagnostic } from "../../model/diagnostic.ts";
import { identifierOf, isSameIdentity } from "../../model/identity.ts";
import type { HashId, IntegrationWithSecrets, LiveIntegration, Result } from "../../model/integration.ts";
import { success } from "../../model/integration.ts";
import type { LockSection } from "../../model/lockfile.ts";
import { listedItems } from "../../overview/listed-places.ts";
import { projectOfPart } from "../../plan/match/list-parts.ts";
import { ViewReader } from "../../plan/match/workspace-reader.ts";
import { commandText } from "../command-text.ts";
import type { LookUpInputs } from "../inputs/look-up-inputs.ts";
import { readParts, type PartsRead } from "../inputs/read-parts.ts";
import { stop, stopForFailedCalls, type CommandStop } from "../stop.ts";

/** The integrations of the workspace that belong to no key. */
export interface UnmanagedIntegrations {
  readonly lives: readonly LiveIntegration[];
  readonly read: PartsRead;
  readonly projects: readonly string[];
}

/** Reads every integration that belongs to no key. @param project only those of this project */
export async function readUnmanaged(
  inputs: LookUpInputs,
  project: string | undefined,
): Promise<Result<UnmanagedIntegrations, CommandStop>> {
  const settled = await checkJournalIsSettled(inputs);
  if (!settled.ok) return settled;
  const read = await readParts(inputs, project);
  if (!read.ok) return read;
  const owned = ownedHashes(inputs.section, inputs.desired);
  const items = [...listedItems(read.value.parts)].filter(([hashId]) => !owned.has(hashId));
  const views = new ViewReader(inputs.client);
  await views.read(items.map(([hashId, { item }]) => [hashId, item.name] as const));
  if (views.failures.length > 0) {
    return stopForFailedCalls(
      views.failures.map(({ what, failure }) => ({ what: `${what} could not be read`, failure })),
    );
  }
  const lives = [...views.live.values()].flatMap((live) => live ?? []);
  const wanted = inputs.desired.filter(({ key }) => !inputs.section.has(key));
  return success({
    lives: lives.filter(
      (live) => (project === undefined || live.projectName === project) && !wanted.some((each) => isMeant(each, live)),
    ),
    read: read.value,
    projects: [...read.value.parts.keys()].flatMap((part) => projectOfPart(part) ?? []),
  });
}

/**
 * Refuses while the journal is open: an interrupted apply may have created some of these integrations for keys of the
 * file.
 */
async function checkJournalIsSettled({ lock, target, given }: LookUpInputs): Promise<Result<void, CommandStop>> {
  const journal = await readJournal(journalOf(lock.path));
  if (journal.ok && !journal.value.some((record) => isCreationOf(record, target))) return success(undefined);
  const message = `${journalOf(lock.name)} holds what an interrupted apply may have made`;
  const hint = `finish it first: ${commandText("apply", given)}`;
  return stop("invalid", errorDiagnostic("unfinished-apply", message, hint));
}

function ownedHashes(section: LockSection, desired: LookUpInputs["desired"]): ReadonlySet<HashId> {
  return new Set([
    ...[...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]),
    ...desired.flatMap(({ lifecycle }) => lifecycle.import ?? []),
  ]);
}

/** Whether the next apply would adopt this integration for a key that is already in the file. */
function isMeant(desired: IntegrationWithSecrets, live: LiveIntegration): boolean {
  return live.identifier === identifierOf(desired, undefined) && isSameIdentity(desired, live);
}
