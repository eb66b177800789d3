import type { LockedLifecycle, LockEntry, LockSection } from "../../src/model/lockfile.ts";
import type {
  IntegrationWithIds,
  HashId,
  Lifecycle,
  ListedIntegration,
  LiveIntegration,
  FieldValue,
} from "../../src/model/integration.ts";
import { buildLockEntry } from "../../src/plan/compare/lock-entry.ts";
import type { Change, Plan, PlanFlags } from "../../src/plan/change.ts";
import { NO_OTHER_FILES } from "../../src/plan/match/other-files.ts";
import type { InterruptedCreate, ObservedWorkspace, PlanInput } from "../../src/plan/input.ts";
import type { ListPart } from "../../src/plan/match/list-parts.ts";
import { planIntegrations } from "../../src/plan/plan.ts";
import type { PlanWithInputs } from "../../src/plan/review/reviewed-part.ts";
import { FingerprintKey, Secret } from "../../src/model/secret.ts";

export const TEST_TARGET = { api: "https://api.buddy.works", workspace: "my-company" };
/** The key for the fingerprints of tests. */
export const FINGERPRINT_KEY = new FingerprintKey(new Uint8Array(32).fill(7));
export const OTHER_FINGERPRINT_KEY = new FingerprintKey(new Uint8Array(32).fill(8));

export const NO_FLAGS: PlanFlags = { adopt: false, allow_replace: false, prune: false, resend: [], only: [] };

export const LIFECYCLE: Lifecycle = {
  protect: false,
  movedFrom: [],
  onRemove: "delete",
  credentials: "managed",
};

/** What the lockfile says about an integration whose block doesn't set `protect` or `on_remove`. */
export const UNPROTECTED: LockedLifecycle = { protect: false, onRemove: "delete" };

interface DesiredOptions extends Partial<Omit<IntegrationWithIds, "fields" | "extra" | "lifecycle">> {
  readonly fields?: Readonly<Record<string, FieldValue>>;
  readonly extra?: Readonly<Record<string, FieldValue>>;
  readonly lifecycle?: Partial<Lifecycle>;
}

/** A desired VULTR integration of the workspace; its name is its key. `fields` are added to `name`. */
export function desired(key: string, options: DesiredOptions = {}): IntegrationWithIds {
  const { fields = {}, extra = {}, lifecycle, ...rest } = options;
  return {
    key,
    type: "VULTR",
    scope: "WORKSPACE",
    ...rest,
    fields: new Map(Object.entries({ name: key, ...fields })),
    extra: new Map(Object.entries(extra)),
    lifecycle: { ...LIFECYCLE, ...lifecycle },
  };
}

/** The same for an integration of a project. */
export function inProject(key: string, projectName: string): IntegrationWithIds {
  return desired(key, { scope: "PROJECT", projectName });
}

/** A reference with its value, or with none. */
export function secretOf(variable: string, value?: string): Secret {
  return new Secret(variable, value);
}

/**
 * What GET returns for `desired`: hash `h<key>`, its identifier or key, the server's default permissions, and no
 * write-only fields.
 */
export function live(from: IntegrationWithIds, options: Partial<LiveIntegration> = {}): LiveIntegration {
  const returned = [
    "auth_type",
    "app_id",
    "google_project",
    "host_url",
    "webhook_address",
    "audience",
    "atop_url",
    "note",
    "agent_note",
  ];
  const answered = [...from.fields].flatMap(([name, value]): [string, string][] =>
    returned.includes(name) && typeof value === "string" ? [[name, value]] : [],
  );
  const { permissions, allowedPipelines = [] } = from;
  const name = from.fields.get("name");
  const all = from.fields.get("all_pipelines_allowed");
  return {
    hashId: `h${from.key}`,
    type: from.type,
    name: typeof name === "string" ? name : "",
    identifier: from.identifier ?? from.key,
    scope: from.scope,
    ...(from.projectName === undefined ? {} : { projectName: from.projectName }),
    disabled: false,
    permissions: { admins: "MANAGE", others: "USE_ONLY", users: [], groups: [], ...permissions },
    allPipelinesAllowed: all !== false,
    allowedPipelines: allowedPipelines.flatMap((it) => ("id" in it ? [it] : [])),
    fields: new Map(answered),
    ...options,
  };
}

/** The lock entry after all of `desired` was sent and the server returned `view`. */
export function entry(
  from: IntegrationWithIds,
  view: LiveIntegration = live(from),
  options: Partial<LockEntry> = {},
  key: FingerprintKey | "none" = FINGERPRINT_KEY,
): LockEntry {
  const sent = new Set([...from.fields.keys(), ...[...from.extra.keys()].map((name) => `extra.${name}`)]);
  const made = buildLockEntry(
    {
      desired: from,
      live: view,
      previous: undefined,
      sent,
      origin: "created",
      supersedes: [],
      key: key === "none" ? undefined : key,
    },
    "with-values",
  );
  return { ...made, ...options };
}

/** The content of a workspace and its lockfile, and how the server lists it. */
export interface PlanWorld {
  readonly lock?: LockSection;
  /** Live integrations: those that the lockfile or the list names. */
  readonly live?: readonly LiveIntegration[];
  /** Hashes that return 404. */
  readonly gone?: readonly HashId[];
  /** The lists of the server; by default {@link partsOf}. */
  readonly parts?: (lives: readonly LiveIntegration[]) => ObservedWorkspace["parts"];
  readonly flags?: Partial<PlanFlags>;
  readonly key?: FingerprintKey | "none";
  readonly made?: Readonly<Record<string, InterruptedCreate>>;
  /** Keys under `removed` in the file. */
  readonly removed?: readonly string[];
  readonly offline?: true;
}

/** Plans these integrations in this world; every live one is listed and read. */
export function planFor(wanted: readonly IntegrationWithIds[], world: PlanWorld = {}): Plan {
  return planIntegrations(planInput(wanted, world));
}

/** Like {@link planFor}, with the input that `--expect` compares. */
export function planWithInputs(wanted: readonly IntegrationWithIds[], world: PlanWorld = {}): PlanWithInputs {
  return {
    plan: planFor(wanted, world),
    desired: wanted,
    observed: observed(world.live ?? [], world.gone, world.parts),
  };
}

export function planInput(wanted: readonly IntegrationWithIds[], world: PlanWorld = {}): PlanInput {
  const key = world.key ?? FINGERPRINT_KEY;
  return {
    target: TEST_TARGET,
    desired: wanted,
    removed: world.removed ?? [],
    unknownNames: new Map(),
    lock: world.lock ?? new Map<string, LockEntry>(),
    observed: world.offline ? "offline" : observed(world.live ?? [], world.gone, world.parts),
    flags: { ...NO_FLAGS, ...world.flags },
    key: key === "none" ? undefined : key,
    interruptedCreates: new Map(Object.entries(world.made ?? {})),
    others: NO_OTHER_FILES,
    unresolved: new Map(),
    directory: { members: [], groups: [] },
  };
}

export function observed(
  lives: readonly LiveIntegration[],
  gone: readonly HashId[] = [],
  parts: (views: readonly LiveIntegration[]) => ObservedWorkspace["parts"] = partsOf,
): ObservedWorkspace {
  return {
    live: new Map<HashId, LiveIntegration | undefined>([
      ...lives.map((view) => [view.hashId, view] as const),
      ...gone.map((hashId) => [hashId, undefined] as const),
    ]),
    parts: parts(lives),
  };
}

/** The lists of the server since August 2026: those of the workspace, and those of each project, are apart. */
export function partsOf(lives: readonly LiveIntegration[]): ObservedWorkspace["parts"] {
  const parts = new Map<ListPart, ListedIntegration[]>([["WORKSPACE", []]]);
  for (const view of lives) {
    if (view.scope === "ENVIRONMENT") continue;
    const part: ListPart = view.scope === "PROJECT" ? `PROJECT ${view.projectName ?? ""}` : "WORKSPACE";
    parts.set(part, [...(parts.get(part) ?? []), listedView(view)]);
  }
  return parts;
}

/** The lists of an older server: each part holds all of them. */
export function everythingEverywhere(lives: readonly LiveIntegration[]): ObservedWorkspace["parts"] {
  const all = lives.map(listedView);
  return new Map<ListPart, ListedIntegration[]>(["WORKSPACE" as const, ...PROJECTS].map((part) => [part, all]));
}

const PROJECTS = ["PROJECT web", "PROJECT shop", "PROJECT third"] as const;

export function listedView({ hashId, name, type, identifier }: LiveIntegration): ListedIntegration {
  return { hashId, name, type, ...(identifier === undefined ? {} : { identifier }) };
}

/** A lock section of these entries by key. */
export function lockSectionOf(entries: Readonly<Record<string, LockEntry>>): LockSection {
  return new Map(Object.entries(entries));
}

/**
 * Changes in a few words: `update web h1 name:edited token:rotated`, `create db`, `delete old hold REFUSED protected`. `keep`
 * is left out.
 */
export function planInWords({ changes }: Pick<Plan, "changes">): string[] {
  return changes.filter(({ action }) => action !== "keep").map(changeWords);
}

/** The plan for these, in the words of {@link planInWords}. */
export function planned(wanted: readonly IntegrationWithIds[], world: PlanWorld = {}): string[] {
  return planInWords(planFor(wanted, world));
}

function changeWords(change: Change): string {
  const hash = "hash_id" in change ? [change.hash_id] : [];
  const refused = change.refused === undefined ? [] : [`REFUSED ${change.refused.code}`];
  return [change.action, change.key, ...hash, ...changeDetails(change), ...refused].join(" ");
}

function changeDetails(change: Change): string[] {
  switch (change.action) {
    case "update":
      return change.fields.map(({ path, reason }) => `${path}:${reason}`);
    case "replace":
      return change.forces.map(({ path }) => path);
    case "record":
      return change.details.map(({ path }) => path);
    case "rename":
      return [`from ${change.from}`];
    case "adopt":
      return [`by ${change.via}`];
    case "forget":
      return [change.why];
    case "create":
      return change.recreates === undefined ? [] : [`for ${change.recreates}`];
    case "delete":
    case "orphan":
      return change.which === "current" ? [] : [change.which];
    case "conflict":
      return change.candidates.map(({ hash_id }) => hash_id);
    case "keep":
      return [];
    default:
      return change satisfies never;
  }
}

/** Further integrations in the lockfile, so that a change of one alone doesn't reach the limit for deletions. */
export function otherWanted(count: number): IntegrationWithIds[] {
  return Array.from({ length: count }, (_, index) => desired(`other_${index}`));
}

export function otherEntries(count: number): Readonly<Record<string, LockEntry>> {
  return Object.fromEntries(otherWanted(count).map((integration) => [integration.key, entry(integration)]));
}

export function otherLives(count: number): LiveIntegration[] {
  return otherWanted(count).map((integration) => live(integration));
}
