import type { ApiFailure, Member, TokenOwner } from "../../api/client.ts";
import type {
  IntegrationWithIds,
  Grant,
  LiveIntegration,
  IdWithLabel,
  SeenPermissions,
  Result,
} from "../../model/integration.ts";
import type { AccessLevel, SeenAccessLevel } from "../../model/access-level.ts";
import type { Change, Plan, PlanWarning } from "../change.ts";
import type { ObservedWorkspace } from "../input.ts";
import { mergedPermissions } from "../decide/payload.ts";
import { sortWarnings } from "./warnings.ts";

/** The user whose token it is. */
export interface TokenUser {
  readonly id: number;
  /** Undefined where the members weren't read. */
  readonly admin?: boolean | undefined;
}

/** What this check needs of the API. It is called only if the plan sets permissions. */
export interface OwnerReader {
  owner(): Promise<Result<TokenOwner, ApiFailure>>;
}

/** The user whose token it is; undefined if the plan sets no permissions, or if the token may not read it. */
export async function readTokenUser(
  reader: OwnerReader,
  plan: Pick<Plan, "changes">,
  desired: readonly IntegrationWithIds[],
  members: readonly Pick<Member, "id" | "admin">[],
): Promise<TokenUser | undefined> {
  if (changesOfPermissions(plan, desired).length === 0) return undefined;
  const owner = await reader.owner();
  if (!owner.ok) return undefined;
  const { id } = owner.value;
  return { id, admin: members.find((member) => member.id === id)?.admin };
}

/** The changes that set permissions. Only for these it matters whose token it is. */
export function changesOfPermissions(
  { changes }: Pick<Plan, "changes">,
  desired: readonly IntegrationWithIds[],
): readonly Change[] {
  const named = new Set(desired.flatMap(({ key, permissions }) => (permissions === undefined ? [] : [key])));
  return changes.filter((change) => {
    if (change.refused !== undefined || !named.has(change.key)) return false;
    if (change.action === "update") return change.fields.some(({ path }) => path.startsWith("permissions."));
    return change.action === "create" || change.action === "replace";
  });
}

/** The plan with a warning for each integration that the token's own user could no longer change. */
export function withLockOuts(
  plan: Plan,
  desired: readonly IntegrationWithIds[],
  { live }: ObservedWorkspace,
  user: TokenUser,
): Plan {
  const byKey = new Map(desired.map((integration) => [integration.key, integration]));
  const warnings = changesOfPermissions(plan, desired).flatMap((change): PlanWarning[] => {
    const integration = byKey.get(change.key);
    const view = "hash_id" in change ? live.get(change.hash_id) : undefined;
    const permissions = integration && permissionsAfter(integration, view);
    return permissions === undefined
      ? []
      : lockOutWarnings(change.key, highestLevel(possibleLevels(permissions, user)));
  });
  return { ...plan, warnings: sortWarnings([...plan.warnings, ...warnings]) };
}

function permissionsAfter(desired: IntegrationWithIds, live: LiveIntegration | undefined): SeenPermissions | undefined {
  return live === undefined ? desired.permissions : mergedPermissions(desired, live);
}

/**
 * Every level that the user may have. If the permissions name the user, it is the level given there. Otherwise it may be
 * the level of any group, since group members aren't known, or that of admins or others.
 */
function possibleLevels({ admins, others, users, groups }: SeenPermissions, user: TokenUser): SeenAccessLevel[] {
  const own = (users ?? []).filter(({ who }) => who.id === user.id);
  if (own.length > 0) return own.map(levelOf);
  const base = user.admin === undefined ? [admins, others] : [user.admin ? admins : others];
  return [...(groups ?? []).map(levelOf), ...base];
}

/** The highest level. One that this version doesn't know counts as the highest. */
function highestLevel(levels: readonly SeenAccessLevel[]): SeenAccessLevel {
  return levels.reduce((most, level) => (rankOf(level) > rankOf(most) ? level : most), "DENIED");
}

function rankOf(level: SeenAccessLevel): number {
  return typeof level === "string" ? LEVEL_RANK[level] : LEVEL_RANK.MANAGE + 1;
}

const LEVEL_RANK: Readonly<Record<AccessLevel, number>> = { DENIED: 0, USE_ONLY: 1, MANAGE: 2 };

function levelOf({ level }: Grant<IdWithLabel, SeenAccessLevel>): SeenAccessLevel {
  return level;
}

/** Warns only if the highest possible level is too low, so that the lock-out is certain. */
function lockOutWarnings(key: string, level: SeenAccessLevel): PlanWarning[] {
  if (level !== "USE_ONLY" && level !== "DENIED") return [];
  const then = level === "DENIED" ? "no longer see it, and would report it as gone" : "use it, but no longer change it";
  return [
    {
      code: "locks-out",
      key,
      path: "permissions",
      message: `its permissions lock out the user whose token this is: this tool could ${then}`,
      hint: "give that user MANAGE, in permissions.users or as one of the admins",
    },
  ];
}
