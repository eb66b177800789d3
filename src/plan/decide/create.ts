import { identifierOf, isInPlace } from "../../model/identity.ts";
import type { HashId, IntegrationWithIds, Key } from "../../model/integration.ts";
import { shellWord } from "../../model/text.ts";
import type { Create, PlanFlags, Refusal } from "../change.ts";
import { changeHeader, pendingPipelines } from "./change-header.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { createdFields } from "../compare/compare-fields.ts";
import { lifecycleDifferences } from "../compare/lock-entry.ts";
import { doubtfulRefusal } from "../match/doubtful-creations.ts";
import { indexAt } from "../match/list-index.ts";
import { unreadableProject } from "../match/list-parts.ts";
import { rolesLostRefusal } from "./unseen-roles.ts";

export function planCreate(wanted: PairedIntegration, context: PlanContext): Create {
  const { desired, entry: gone } = wanted;
  const refused =
    createRefusal(wanted) ??
    unresolvedCreation(wanted, context) ??
    (gone === undefined ? undefined : rolesLostRefusal(desired, gone.type, gone)) ??
    (gone === undefined ? undefined : recreationRefusal(desired, gone.hashId, context.flags));
  const identifier = identifierOf(desired, gone);
  return {
    action: "create",
    ...changeHeader(wanted),
    identifier,
    scope: desired.scope,
    ...(desired.projectName === undefined ? {} : { project_name: desired.projectName }),
    fields: createdFields(desired),
    lifecycle: lifecycleDifferences(gone?.lifecycle, desired.lifecycle),
    ...(gone === undefined ? {} : { recreates: gone.hashId }),
    supersedes: supersededHashes(identifier, wanted, context),
    pending: pendingPipelines(wanted),
    ...(refused === undefined ? {} : { refused }),
  };
}

/** The recorded hash, and integrations that were set aside for a replacement whose record is lost or only in the journal. */
export function supersededHashes(
  identifier: string,
  { desired, entry }: PairedIntegration,
  context: PlanContext,
): HashId[] {
  const { index, owners, former, interruptedCreates, live } = context;
  const recorded = entry === undefined ? [] : [...entry.superseded, entry.hashId];
  const replaced = interruptedCreates.get(desired.key)?.replaces;
  const isThere = replaced !== undefined && live.get(replaced) !== undefined;
  // A list may show integrations of other places too.
  const isHere = (hashId: HashId): boolean => isInPlace(desired, live.get(hashId) ?? {});
  const setAside = [
    ...(indexAt(desired, index).setAside.get(identifier) ?? []).map(({ hashId }) => hashId).filter(isHere),
    ...(isThere ? [replaced] : []),
  ].filter((hashId) => !owners.has(hashId) && !former.has(hashId));
  return [...new Set([...recorded, ...setAside.toSorted()])];
}

/**
 * An interrupted run may have created something for this key that isn't visible, or can't be told apart from another one.
 * Until that is clear, nothing new is created for the key: the journal keeps one creation per key, and a new one would
 * replace that record.
 */
export function unresolvedCreation(wanted: PairedIntegration, context: PlanContext): Refusal | undefined {
  return unreadableCreation(wanted, context) ?? doubtfulCreation(wanted, context) ?? vanishedCreation(wanted, context);
}

/** The interrupted creation was in a project that can't be read now. */
function unreadableCreation(
  { desired }: PairedIntegration,
  { interruptedCreates, live, parts }: PlanContext,
): Refusal | undefined {
  const [begun] = ownKeys(desired).flatMap((key) => interruptedCreates.get(key) ?? []);
  if (begun === undefined) return undefined;
  const isSeen = begun.hashId !== undefined && live.get(begun.hashId) !== undefined;
  const unreadable = isSeen ? undefined : unreadableProject(begun, parts);
  if (unreadable === undefined) return undefined;
  return {
    code: "unreadable-project",
    message: `an earlier apply was interrupted while it created this one in the project ${begun.projectName}, and ${unreadable.message}`,
    hint: `check whether the token's owner may see the project ${begun.projectName}; if it was deleted, remove the lines of this key from the journal beside the lockfile`,
  };
}

/** An integration with another identifier may be the created one: the server may have changed the requested identifier. */
function doubtfulCreation(
  { desired }: PairedIntegration,
  { doubtful, flags: { recreate = [] } }: PlanContext,
): Refusal | undefined {
  const [hashes] = ownKeys(desired).flatMap((key) => [doubtful.get(key) ?? []].filter(({ length }) => length > 0));
  return hashes === undefined || recreate.includes(desired.key) ? undefined : doubtfulRefusal(desired.key, hashes);
}

/** The server returned a hash, and now says that there is no such integration. */
function vanishedCreation(
  { desired, entry }: PairedIntegration,
  { interruptedCreates, live, flags }: PlanContext,
): Refusal | undefined {
  const [hashId] = ownKeys(desired).flatMap((key) => interruptedCreates.get(key)?.hashId ?? []);
  if (hashId === undefined || hashId === entry?.hashId || live.get(hashId) !== undefined) return undefined;
  return recreationRefusal(desired, hashId, flags);
}

function ownKeys({ key, lifecycle }: IntegrationWithIds): readonly Key[] {
  return [key, ...lifecycle.movedFrom];
}

/** A 404 doesn't prove that it was deleted. If it still exists, a new one might be open to people who can't use the old one. */
function recreationRefusal(
  { key, lifecycle }: IntegrationWithIds,
  gone: HashId,
  { recreate = [] }: PlanFlags,
): Refusal | undefined {
  if (recreate.includes(key) || lifecycle.recreate === gone) return undefined;
  return {
    code: "needs-recreate",
    message: `its integration ${gone} can't be found (404): it was deleted, or this token can't see it`,
    hint: `if it was deleted, allow a new one with --recreate ${shellWord(key)}, or with lifecycle.recreate: ${gone} in the file; otherwise use a token whose owner can see it`,
  };
}

export function createRefusal({ desired }: PairedIntegration): Refusal | undefined {
  if (desired.scope === "ENVIRONMENT") {
    return {
      code: "environment-scope",
      message:
        "the API can't create an integration with the scope ENVIRONMENT: it has no field for the environment. One that exists may be missing in lists, and is then found only by its hash",
      hint: "create it in Buddy's web page, then adopt it with lifecycle.import",
    };
  }
  if (desired.lifecycle.credentials === "unmanaged") {
    return {
      code: "unmanaged-credentials",
      message: "it has to be created, but the file has no credentials for it (lifecycle.credentials: unmanaged)",
      hint: "write its credentials into the file instead of credentials: unmanaged; or create it in Buddy's web page, then adopt it with lifecycle.import",
    };
  }
  return undefined;
}
