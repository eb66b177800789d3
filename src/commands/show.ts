import { isRecordOf } from "../apply/journal.ts";
import { readJournal } from "../checkout/journal/read.ts";
import { journalOf } from "../checkout/paths.ts";
import type { EndReason } from "../exit.ts";
import type { LiveIntegration, Result } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import { sideBySide, type ShownSides } from "../overview/side-by-side.ts";
import type { ShownIntegration, ShownStatus } from "../overview/shown-integration.ts";
import { harmlessJson } from "../model/printable.ts";
import { leaveNamesOut } from "../plan/match/leave-names-out.ts";
import { resolveNames } from "../plan/match/resolve-names.ts";
import { renderShownIntegration } from "../render/shown-integration.ts";
import { findIntegration, type FoundIntegration } from "./inputs/find-integration.ts";
import { readLookUpInputs, type LookUpInputs } from "./inputs/look-up-inputs.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { reportStop, stopForFailedCalls, type CommandStop } from "./stop.ts";

export interface ShowOptions extends WorkspaceOptions {
  /** A key, a hash or an identifier. */
  readonly name: string;
  readonly format: "text" | "json";
}

/** `show KEY|HASH|IDENTIFIER`: prints the live integration beside what the file wants. */
export async function showIntegration(session: Session<ShowOptions>): Promise<readonly EndReason[]> {
  const { io, options } = session;
  const inputs = await readLookUpInputs(session);
  if (!inputs.ok) return reportStop(session, inputs.error);
  const found = await findIntegration(inputs.value, options.name);
  if (!found.ok) return reportStop(session, found.error);
  const shown = await readShown(inputs.value, found.value);
  if (!shown.ok) return reportStop(session, shown.error);
  const columns = io.stdout.isTTY ? io.stdout.columns : undefined;
  io.stdout.write(options.format === "json" ? harmlessJson(shown.value) : renderShownIntegration(shown.value, columns));
  return [];
}

async function readShown(
  inputs: LookUpInputs,
  found: FoundIntegration,
): Promise<Result<ShownIntegration, CommandStop>> {
  const { hashId, entry } = found;
  const answer = hashId === undefined ? success(undefined) : await inputs.client.get(hashId);
  if (!answer.ok) return stopForFailedCalls([{ what: `${hashId} could not be read`, failure: answer.error }]);
  const live = answer.value;
  const sides: ShownSides = {
    ...(await desiredSide(inputs, found)),
    live,
    entry: found.isSuperseded ? undefined : entry,
    isDoubtful: entry === undefined || found.isSuperseded ? await mayHaveReferenceValues(inputs, found) : false,
  };
  return success(shownIntegration(found, live, sides));
}

/** The file's side, with names resolved if the token may read them. */
async function desiredSide(
  { client, written }: LookUpInputs,
  { desired, isSuperseded }: FoundIntegration,
): Promise<Pick<ShownSides, "desired" | "unresolved">> {
  if (desired === undefined || isSuperseded) return { desired: undefined, unresolved: [] };
  const integrations = [desired];
  const names = await resolveNames(client, { integrations, placeOf: (key, path) => written?.placeOf(key, path) });
  if (names.failures.length === 0 && names.unknownNames.size === 0) {
    return { desired: names.desired[0], unresolved: [] };
  }
  const { desired: rest, unresolved } = leaveNamesOut(integrations);
  return { desired: rest[0], unresolved: unresolved.get(desired.key) ?? [] };
}

/**
 * Whether live values may be values of references although no lockfile entry says so. That is possible for a
 * superseded integration, whose entry now describes its replacement, and for an interrupted creation.
 */
async function mayHaveReferenceValues({ lock, target }: LookUpInputs, { isSuperseded }: FoundIntegration) {
  if (isSuperseded) return true;
  const journal = await readJournal(journalOf(lock.path));
  return !journal.ok || journal.value.some((record) => isRecordOf(record, target));
}

function shownIntegration(
  { key, desired, entry, hashId, isSuperseded, candidates }: FoundIntegration,
  live: LiveIntegration | undefined,
  sides: ShownSides,
): ShownIntegration {
  const { scope, projectName } = live ?? desired ?? {};
  const identifier = live?.identifier ?? entry?.identifier ?? desired?.identifier;
  const isProtected = desired?.lifecycle.protect === true || entry?.lifecycle.protect === true;
  return {
    status: statusOf({ desired, entry, isSuperseded }, live),
    ...(key !== undefined && { key }),
    ...(hashId !== undefined && { hash_id: hashId }),
    ...(identifier !== undefined && { identifier }),
    type: live?.type ?? entry?.type ?? desired?.type ?? "",
    ...(scope !== undefined && { scope }),
    ...(projectName !== undefined && { project_name: projectName }),
    ...(live?.disabled === true && { disabled: true as const }),
    ...(isProtected && !isSuperseded && { protect: true as const }),
    ...(desired?.lifecycle.credentials === "unmanaged" && !isSuperseded && { credentials: "unmanaged" as const }),
    ...(entry !== undefined && entry.superseded.length > 0 && { superseded: entry.superseded }),
    ...(candidates.length > 0 && { candidates }),
    fields: sideBySide(sides),
  };
}

function statusOf(
  { desired, entry, isSuperseded }: Pick<FoundIntegration, "desired" | "entry" | "isSuperseded">,
  live: LiveIntegration | undefined,
): ShownStatus {
  if (isSuperseded) return "superseded";
  if (entry === undefined) return desired === undefined ? "unmanaged" : "new";
  if (live === undefined) return "gone";
  return desired === undefined ? "orphan" : "managed";
}
