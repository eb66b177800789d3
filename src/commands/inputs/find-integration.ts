import { errorDiagnostic } from "../../model/diagnostic.ts";
import { identifierOf } from "../../model/identity.ts";
import type { HashId, IntegrationWithSecrets, Key, Result } from "../../model/integration.ts";
import { isHashId, SHORTEST_HASH, success } from "../../model/integration.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import { quoteName } from "../../model/printable.ts";
import { listPartOf, projectOfPart } from "../../plan/match/list-parts.ts";
import type { LookUpInputs } from "./look-up-inputs.ts";
import { readOverview } from "./read-overview.ts";
import { stop, stopForFailedCalls, type CommandStop } from "../stop.ts";

/** The integration that a key, a hash or an identifier means. */
export interface FoundIntegration {
  readonly key: Key | undefined;
  readonly desired: IntegrationWithSecrets | undefined;
  readonly entry: LockEntry | undefined;
  /** Undefined: the workspace has no integration for it, or several. */
  readonly hashId: HashId | undefined;
  readonly isSuperseded: boolean;
  /** The integrations of the workspace that the key may mean, if there are several. */
  readonly candidates: readonly HashId[];
}

/**
 * Finds an integration by its name. A key of the file or the lockfile takes precedence over a hash, and a hash over
 * an identifier.
 */
export async function findIntegration(
  inputs: LookUpInputs,
  name: string,
): Promise<Result<FoundIntegration, CommandStop>> {
  const { desired, section, client } = inputs;
  const byKey = desired.some(({ key }) => key === name) || section.has(name) ? name : undefined;
  if (byKey !== undefined) return foundByKey(inputs, byKey);
  for (const [key, entry] of section) {
    if (entry.hashId === name) return foundByKey(inputs, key);
    if (entry.superseded.includes(name)) return success(found({ key, entry, hashId: name, isSuperseded: true }));
  }
  const named = keysWithIdentifier(inputs, name);
  if (named.length === 1 && named[0] !== undefined) return foundByKey(inputs, named[0]);
  if (named.length > 1) return severalMatches(name, named);
  if (mayBeHash(name)) {
    const live = await client.get(name);
    if (!live.ok) return stopForFailedCalls([{ what: `${quoteName(name)} could not be read`, failure: live.error }]);
    if (live.value !== undefined) return success(found({ hashId: live.value.hashId }));
  }
  return foundInWorkspace(inputs, name);
}

/** Whether a name could be a hash, so that it is worth a request. */
export function mayBeHash(name: string): boolean {
  return isHashId(name) && name.length >= SHORTEST_HASH;
}

function found(known: Partial<FoundIntegration>): FoundIntegration {
  return {
    key: undefined,
    desired: undefined,
    entry: undefined,
    hashId: undefined,
    isSuperseded: false,
    candidates: [],
    ...known,
  };
}

function keysWithIdentifier({ desired, section }: LookUpInputs, name: string): Key[] {
  const locked = [...section].filter(([, { identifier }]) => identifier === name).map(([key]) => key);
  const wanted = desired.filter(({ identifier }) => identifier === name).map(({ key }) => key);
  return [...new Set([...locked, ...wanted])];
}

async function foundByKey(inputs: LookUpInputs, key: Key): Promise<Result<FoundIntegration, CommandStop>> {
  const { section } = inputs;
  const desired = inputs.desired.find((each) => each.key === key || each.lifecycle.movedFrom.includes(key));
  const lockKey = section.has(key) ? key : desired?.lifecycle.movedFrom.find((former) => section.has(former));
  const entry = lockKey === undefined ? undefined : section.get(lockKey);
  if (entry !== undefined || desired === undefined) {
    return success(found({ key, desired, entry, hashId: entry?.hashId }));
  }
  if (desired.lifecycle.import !== undefined) {
    return success(found({ key, desired, hashId: desired.lifecycle.import }));
  }
  const listed = await listedCandidates(inputs, desired);
  if (!listed.ok) return listed;
  const [only, ...others] = listed.value;
  return success(
    found({
      key,
      desired,
      hashId: others.length === 0 ? only : undefined,
      candidates: others.length === 0 ? [] : listed.value,
    }),
  );
}

/** The unmanaged integrations with the identifier and the place that the new integration would get. */
async function listedCandidates(
  { client, section }: LookUpInputs,
  desired: IntegrationWithSecrets,
): Promise<Result<readonly HashId[], CommandStop>> {
  const part = listPartOf(desired);
  if (part === undefined) return success([]);
  const listed = await client.list(projectOfPart(part));
  if (!listed.ok) return stopForFailedCalls([{ what: "the list could not be read", failure: listed.error }]);
  const owned = new Set([...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const identifier = identifierOf(desired, undefined);
  const alike = listed.value.filter((item) => item.identifier === identifier && !owned.has(item.hashId));
  return success(alike.map(({ hashId }) => hashId));
}

async function foundInWorkspace(inputs: LookUpInputs, name: string): Promise<Result<FoundIntegration, CommandStop>> {
  const overview = await readOverview(inputs, undefined);
  if (!overview.ok) return overview;
  const { rows, read } = overview.value;
  const [only, ...others] = rows.filter(({ identifier }) => identifier === name);
  if (only === undefined) {
    const message = `no key, hash or identifier is ${quoteName(name)}`;
    const hint =
      "`list` shows what exists, except in the scope ENVIRONMENT: use the hash for an integration of an environment";
    const { error } = stop("invalid", errorDiagnostic("not-found", message, hint), ...read.diagnostics);
    return { ok: false, error: { ...error, reasons: [...error.reasons, ...read.reasons] } };
  }
  if (others.length > 0)
    return severalMatches(
      name,
      [only, ...others].map(({ hash_id: hashId }) => hashId),
    );
  return success(found({ hashId: only.hash_id }));
}

function severalMatches(name: string, matches: readonly string[]) {
  const message = `several integrations have the identifier ${quoteName(name)}: ${matches.join(", ")}`;
  return stop("invalid", errorDiagnostic("several-matches", message, "name one of these"));
}
