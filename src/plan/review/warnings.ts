import type { IntegrationWithIds, HashId, Key } from "../../model/integration.ts";
import { DEFAULT_ACCESS, DEFAULT_ALL_PIPELINES_ALLOWED } from "../../model/server-defaults.ts";
import { compareTexts } from "../../model/text.ts";
import type { Adopt, Change, Create, Refusal, Replace, Update, PlanWarning } from "../change.ts";
import type { PlanContext } from "../input.ts";
import { duplicateWarnings } from "./duplicates.ts";
import { namesakeWarnings } from "./namesakes.ts";
import { offlineWarnings } from "./offline-warnings.ts";
import { renameHints } from "./rename-hints.ts";
import { returnedReferenceWarnings } from "./returned-references.ts";
import { takenOverWarnings } from "./taken-over.ts";
import { unresolvedCreationWarnings } from "./unresolved-creations.ts";

/** What a reviewer should know of these changes, sorted by key. */
export function warningsFor(changes: readonly Change[], context: PlanContext): PlanWarning[] {
  const desired = new Map(context.desired.map((integration) => [integration.key, integration]));
  const warnings = changes.flatMap((change): PlanWarning[] => {
    switch (change.action) {
      case "create":
        return [
          ...pendingWarnings(change),
          ...openToEveryoneWarnings(change, desired.get(change.key)),
          ...newSubject(change, desired.get(change.key), context),
        ];
      case "update":
        return pendingWarnings(change);
      case "replace":
        return [...pendingWarnings(change), ...newSubject(change, desired.get(change.key), context)];
      case "adopt":
        return newSubject(change, desired.get(change.key), context);
      case "conflict":
      case "rename":
      case "record":
      case "delete":
      case "orphan":
      case "forget":
      case "keep":
        return [];
      default:
        return change satisfies never;
    }
  });
  const offline = context.observed === "offline" ? offlineWarnings(changes) : [];
  return sortWarnings([
    ...warnings,
    ...namesakeWarnings(changes, desired, context),
    ...environmentPermissions(changes, desired),
    ...changes.flatMap((change) => returnedReferenceWarnings(change, desired.get(change.key))),
    ...renameHints(changes, context.lock),
    ...takenOverWarnings(changes),
    ...disabledWarnings(changes, context),
    ...unresolvedCreationWarnings(changes, context),
    ...(context.observed === "offline" ? [] : duplicateWarnings(context.lock, context.observed, context.ownerOf)),
    ...offline,
  ]);
}

/** Sorted by key, so that the same warnings give the same text. */
export function sortWarnings(warnings: readonly PlanWarning[]): PlanWarning[] {
  return warnings.toSorted(
    (a, b) => compareTexts(a.key, b.key) || compareTexts(a.code, b.code) || compareTexts(a.message, b.message),
  );
}

function pendingWarnings({ key, pending: names }: Pick<Update, "key" | "pending">): PlanWarning[] {
  return names.map((name) => ({
    code: "pending-pipeline",
    key,
    path: "allowed_pipelines",
    message: `the pipeline ${name} doesn't exist yet; until it exists, an apply of this integration fails`,
    hint: "create the pipeline first, or correct its name",
  }));
}

function openToEveryoneWarnings({ key, refused }: Create, desired: IntegrationWithIds | undefined): PlanWarning[] {
  if (desired === undefined || isImpossible(refused)) return [];
  const everyPipeline = desired.fields.get("all_pipelines_allowed") ?? DEFAULT_ALL_PIPELINES_ALLOWED;
  const others = desired.permissions?.others ?? DEFAULT_ACCESS.others;
  if (everyPipeline === false || others === "DENIED") return [];
  return [
    {
      code: "open-to-everyone",
      key,
      message: `will be usable by everyone and by all pipelines${desired.scope === "PROJECT" ? " of its project" : ""}`,
      hint: "limit it with permissions, or with all_pipelines_allowed: false and allowed_pipelines",
    },
  ];
}

/** Whether no flag can allow the refused change. */
function isImpossible(refused: Refusal | undefined): boolean {
  return refused?.code === "environment-scope" || refused?.code === "unmanaged-credentials";
}

/** The subject of an OIDC integration belongs to that one integration, and the API doesn't show it. */
function newSubject(
  change: Create | Replace | Adopt,
  desired: IntegrationWithIds | undefined,
  { live, lock }: PlanContext,
): PlanWarning[] {
  const former = formerHash(change, lock);
  if (former === undefined || desired === undefined || isImpossible(change.refused)) return [];
  const adopted = change.action === "adopt" ? live.get(change.hash_id)?.fields.get("auth_type") : undefined;
  const old = live.get(former);
  const sent = lock.get(change.key)?.lastSent.get("auth_type");
  // If nothing shows what the former one had, it may have had a subject.
  const had = old === undefined ? (sent ?? OIDC) : old.fields.get("auth_type");
  if ((desired.fields.get("auth_type") ?? adopted) !== OIDC || had !== OIDC) return [];
  return [
    {
      code: "new-oidc-subject",
      key: change.key,
      path: "auth_type",
      message: "gets a new OIDC subject, and the cloud's trust policy names the old one",
      hint: "update the trust policy with the new subject, which the integration's web page shows, before pipelines use the new one",
    },
  ];
}

const OIDC = "OIDC";

/** The former hash of the key that this change replaces: the locked one, if there is one. */
function formerHash(change: Create | Replace | Adopt, lock: PlanContext["lock"]): HashId | undefined {
  switch (change.action) {
    case "create":
      return change.recreates;
    case "replace":
      return change.hash_id;
    case "adopt": {
      const locked = lock.get(change.key)?.hashId;
      return locked !== undefined && change.supersedes.includes(locked) ? locked : change.supersedes.at(-1);
    }
    default:
      return change satisfies never;
  }
}

/** Warns even if nothing is sent: the file has permissions that have no effect. */
function environmentPermissions(
  changes: readonly Change[],
  desired: ReadonlyMap<Key, IntegrationWithIds>,
): PlanWarning[] {
  return [...new Set(changes.map(({ key }) => key))].flatMap((key): PlanWarning[] => {
    const integration = desired.get(key);
    if (integration?.scope !== "ENVIRONMENT" || integration.permissions === undefined) return [];
    return [
      {
        code: "environment-permissions",
        key,
        path: "permissions",
        message: "its permissions come from its environment and are managed there, not here",
        hint: "remove `permissions` from this integration; write `permissions: null` if they come from `defaults`",
      },
    ];
  });
}

function disabledWarnings(changes: readonly Change[], { live, lock }: PlanContext): PlanWarning[] {
  const keys = new Set<Key>();
  for (const change of changes) {
    if (!("hash_id" in change) || change.action === "orphan" || change.action === "forget") continue;
    if (change.action === "delete") continue;
    const view = live.get(change.hash_id) ?? live.get(lock.get(change.key)?.hashId ?? "");
    if (view?.disabled) keys.add(change.key);
  }
  return [...keys].map((key) => ({
    code: "disabled",
    key,
    message: `is disabled in the workspace: no action can use it`,
    hint: "enable it in Buddy's web page",
  }));
}
