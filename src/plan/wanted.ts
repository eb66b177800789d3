import type { LockEntry } from "../lockfile.ts";
import type { DesiredIntegration, HashId, Json, Key, Live } from "../model.ts";
import type {
  Adopt,
  Change,
  Conflict,
  Create,
  FieldChange,
  Keep,
  LockRecord,
  Refusal,
  Rename,
  Replace,
  Update,
} from "./change.ts";
import { entryDifferences, lockEntry, type Known } from "./entry.ts";
import { createdFields, judge, type Sides } from "./judge.ts";
import { immutableDifferences, lookups, matchByIdentifier, matchImport, type Match } from "./match.ts";
import { carriedFields, carriedOverFields } from "./payload.ts";
import type { Observed, PlanContext, Wanted } from "./input.ts";
import { mismatch } from "./safety.ts";
import { originalIdentifier } from "./superseded.ts";

/** The changes that a wanted integration needs, in the order in which they are applied; `keep` when none. */
export function planWanted(wanted: Wanted, context: PlanContext): Change[] {
  const { desired, entry, movedFrom } = wanted;
  const moved: Rename[] =
    movedFrom === undefined || entry === undefined
      ? []
      : [{ action: "rename", ...named(wanted), hashId: entry.hashId, from: movedFrom }];
  if (context.observed === "offline") return [...moved, ...planOffline(wanted, context)];

  const adopted = desired.lifecycle.import;
  if (entry !== undefined && adopted !== undefined && adopted !== entry.hashId && !entry.superseded.includes(adopted)) {
    const refused = conflictRefusal(`locked as ${entry.hashId}, but lifecycle.import names ${adopted}`);
    return [{ action: "conflict", ...named(wanted), candidates: [], refused }];
  }
  const live = entry === undefined ? undefined : context.observed.live.get(entry.hashId);
  if (entry === undefined || live === undefined) return [...moved, ...planUnlocked(wanted, context, context.observed)];
  const interrupted = originalIdentifier(live) !== undefined && immutableDifferences(desired, live).length > 0;
  const replacement = interrupted ? findReplacement(wanted, entry, context, context.observed) : undefined;
  if (replacement !== undefined) return [...moved, ...planAdoption(wanted, replacement, "journal", context)];
  return [
    ...moved,
    ...planLocked({ ...wanted, desired: managedIdentifier(desired, live, entry) }, entry, live, context),
  ];
}

/**
 * The wanted integration as it has to be while the live one is set aside under a temporary identifier: the identifier
 * is then managed, so that it comes back if the replacement is no longer wanted.
 */
export function managedIdentifier(desired: DesiredIntegration, live: Live, entry: LockEntry): DesiredIntegration {
  const original = originalIdentifier(live);
  if (original === undefined || desired.identifier !== undefined) return desired;
  return { ...desired, identifier: entry.identifier ?? original };
}

/** An interrupted replacement had made the new one already: it has the identifier, and the old one was set aside. */
function findReplacement(wanted: Wanted, entry: LockEntry, context: PlanContext, { live }: Observed): Live | undefined {
  const made = context.made.get(wanted.desired.key)?.hashId;
  const known = made === undefined ? undefined : live.get(made);
  if (known !== undefined && immutableDifferences(wanted.desired, known).length === 0) return known;
  const found = lookups(wanted.desired, entry, undefined).slice(0, 1);
  const match = matchByIdentifier(wanted.desired, found, context.index, (hashId) => live.get(hashId), context.owners);
  return match.kind === "found" ? match.live : undefined;
}

/** Locked and live. */
function planLocked(wanted: Wanted, entry: LockEntry, live: Live, context: PlanContext): Change[] {
  const { desired } = wanted;
  const forces = immutableDifferences(desired, live);
  if (forces.length > 0) {
    const replace: Replace = {
      action: "replace",
      ...named(wanted),
      hashId: entry.hashId,
      identifier: desired.identifier ?? live.identifier ?? desired.key,
      forces: forces.map((path) => forced(path, desired, live)),
      fields: createdFields(desired),
      carriedOver: carriedOverFields(desired, live),
      pending: pendingPipelines(wanted),
    };
    const differs = mismatch(entry, live);
    if (differs !== undefined) return [...lockRecord(wanted, live, entry, context), { ...replace, refused: differs }];
    const refused = cannotCreate(wanted);
    return [refused === undefined ? replace : { ...replace, refused }];
  }
  return [planFields(wanted, live, entry, context)];
}

/** Not locked, or locked and gone. */
function planUnlocked(wanted: Wanted, context: PlanContext, observed: Observed): Change[] {
  const { desired, entry } = wanted;
  const made = context.made.get(desired.key);
  const view = (hashId: HashId): Live | undefined => observed.live.get(hashId);
  const imported = desired.lifecycle.import;
  const madeLive = made?.hashId === undefined ? undefined : view(made.hashId);
  let match: Match;
  if (imported !== undefined && !entry?.superseded.includes(imported)) {
    match = matchImport(desired, imported, view(imported), context.owners);
  } else if (madeLive !== undefined && immutableDifferences(desired, madeLive).length === 0) {
    match = { kind: "found", live: madeLive, via: "journal" };
  } else {
    const found = lookups(desired, entry, made?.identifier);
    match = matchByIdentifier(desired, found, context.index, view, context.owners);
  }
  switch (match.kind) {
    case "none":
      return [create(wanted, context)];
    case "conflict": {
      const { candidates } = match;
      const conflict: Conflict = {
        action: "conflict",
        ...named(wanted),
        candidates,
        refused: conflictRefusal(match.message),
      };
      return [conflict];
    }
    case "found":
      return planAdoption(wanted, match.live, match.via, context);
    default:
      return match satisfies never;
  }
}

function planAdoption(wanted: Wanted, live: Live, via: Adopt["via"], context: PlanContext): Change[] {
  const { entry } = wanted;
  const { fields, unknown } = judge(sides(wanted, live, undefined, context), []);
  const differences = fields.filter((field) => field.comparedWith === "live");
  const free = via === "import" || via === "journal" || differences.length === 0 || context.flags.adopt;
  const adopt: Adopt = {
    action: "adopt",
    ...named(wanted),
    hashId: live.hashId,
    via,
    supersedes: superseded(live.identifier ?? wanted.desired.key, entry, context).filter((h) => h !== live.hashId),
    differences,
    unknown,
  };
  if (!free) {
    const names = differences.map(({ path }) => path).join(", ");
    const refused: Refusal = {
      code: "needs-adopt",
      message: `an integration with this identifier exists and differs from the file in ${names}`,
      hint: `allow it with --adopt, or with lifecycle.import: ${live.hashId}`,
    };
    return [{ ...adopt, refused }];
  }
  const taken = lockEntry({ ...knownOf(wanted, live, undefined, context), peek: true });
  const next = planFields(wanted, live, taken, context);
  return next.action === "update" ? [adopt, next] : [adopt];
}

/** An update, or a change of the lock's content alone, or nothing. */
function planFields(wanted: Wanted, live: Live, entry: LockEntry, context: PlanContext): Update | LockRecord | Keep {
  const { fields, unknown } = judge(sides(wanted, live, entry, context), resendFor(wanted, context));
  const base = { ...named(wanted), hashId: live.hashId };
  if (fields.length > 0) {
    const paths = fields.map(({ path }) => path);
    const carried = carriedFields(wanted.desired, live, paths);
    return {
      action: "update",
      ...base,
      fields,
      unknown,
      carried,
      pending: pendingPipelines(wanted),
    };
  }
  return lockRecord(wanted, live, entry, context)[0] ?? { action: "keep", ...base, unknown };
}

function lockRecord(wanted: Wanted, live: Live, entry: LockEntry, context: PlanContext): LockRecord[] {
  const known = knownOf(wanted, live, entry, context);
  const details = entryDifferences(entry, lockEntry({ ...known, peek: true }));
  if (details.length === 0) return [];
  const basis = entryDifferences(entry, lockEntry({ ...known, peek: false })).length > 0 ? "file" : "secret";
  return [{ action: "record", ...named(wanted), hashId: live.hashId, details, basis }];
}

/** Against the lockfile alone: what was last sent stands for what is live. */
function planOffline(wanted: Wanted, context: PlanContext): Change[] {
  const { desired, entry } = wanted;
  if (entry === undefined) return [create(wanted, context)];
  const judged = judge(
    {
      desired,
      entry,
      hashId: entry.hashId,
      ...(context.key === undefined ? {} : { key: context.key }),
    },
    resendFor(wanted, context),
  );
  const { fields, unknown } = judged;
  const paths = fields.map(({ path }) => path);
  const base = { ...named(wanted), hashId: entry.hashId };
  if (entry.type !== desired.type) {
    const before: Json = entry.type;
    const forces: FieldChange[] = [
      {
        path: "type",
        before,
        after: desired.type,
        reason: "edited",
        comparedWith: "last sent",
        basis: "file",
      },
    ];
    const identifier = desired.identifier ?? entry.identifier ?? desired.key;
    const pending = pendingPipelines(wanted);
    return [{ action: "replace", ...base, identifier, forces, fields, carriedOver: [], pending }];
  }
  if (fields.length === 0) return [{ action: "keep", ...base, unknown }];
  const carried = carriedFields(desired, undefined, paths);
  return [{ action: "update", ...base, fields, unknown, carried, pending: pendingPipelines(wanted) }];
}

function create(wanted: Wanted, context: PlanContext): Create {
  const { desired, entry: gone } = wanted;
  const refused = cannotCreate(wanted);
  const identifier = desired.identifier ?? gone?.identifier ?? desired.key;
  return {
    action: "create",
    ...named(wanted),
    identifier,
    scope: desired.scope,
    ...(desired.projectName === undefined ? {} : { projectName: desired.projectName }),
    fields: createdFields(desired),
    ...(gone === undefined ? {} : { recreates: gone.hashId }),
    supersedes: superseded(identifier, gone, context),
    pending: pendingPipelines(wanted),
    ...(refused === undefined ? {} : { refused }),
  };
}

/** The recorded hash, and what was set aside for a replacement whose record is lost. */
function superseded(identifier: string, entry: LockEntry | undefined, { index, owners }: PlanContext): HashId[] {
  const recorded = entry === undefined ? [] : [...entry.superseded, entry.hashId];
  const setAside = (index.setAside.get(identifier) ?? []).map(({ hashId }) => hashId);
  return [...new Set([...recorded, ...setAside.filter((hashId) => !owners.has(hashId))])];
}

function cannotCreate({ desired }: Wanted): Refusal | undefined {
  if (desired.scope === "ENVIRONMENT") {
    return {
      code: "environment-scope",
      message:
        "an integration with the scope ENVIRONMENT can't be created through the API: no field names the environment",
      hint: "create it in Buddy's web page, then adopt it with lifecycle.import",
    };
  }
  if (desired.lifecycle.credentials === "unmanaged") {
    return {
      code: "unmanaged-credentials",
      message: "it would have to be created, and lifecycle.credentials is unmanaged: the file holds no credentials",
      hint: "create it in Buddy's web page, then adopt it with lifecycle.import",
    };
  }
  return undefined;
}

function forced(path: "type" | "scope" | "project_name", desired: Wanted["desired"], live: Live): FieldChange {
  const values = {
    type: [live.type, desired.type],
    scope: [live.scope, desired.scope],
    project_name: [live.projectName, desired.projectName],
  } as const;
  const [before, after] = values[path];
  return {
    path,
    before: before ?? null,
    after: after ?? null,
    reason: "edited",
    comparedWith: "live",
    basis: "file",
  };
}

function conflictRefusal(message: string): Refusal {
  return {
    code: "conflict",
    message,
    hint: "name the one that is meant with lifecycle.import, or give this one another identifier",
  };
}

function named({ desired }: Wanted): {
  readonly key: Key;
  readonly type: string;
  readonly name: string;
} {
  const name = desired.fields.get("name");
  return {
    key: desired.key,
    type: desired.type,
    name: typeof name === "string" ? name : desired.key,
  };
}

function pendingPipelines({ desired }: Wanted): string[] {
  return (desired.allowedPipelines ?? []).flatMap((pipeline) => ("pending" in pipeline ? [pipeline.pending] : []));
}

/** What `--resend` asks for of this integration: `*` for every write-only value, or fields. */
function resendFor({ desired: { key } }: Wanted, { flags }: PlanContext): string[] {
  return flags.resend.flatMap((what) => {
    if (what === "*" || what === key) return ["*"];
    return what.startsWith(`${key}.`) ? [what.slice(key.length + 1)] : [];
  });
}

function sides(wanted: Wanted, live: Live, entry: LockEntry | undefined, { key }: PlanContext): Sides {
  return {
    desired: wanted.desired,
    live,
    hashId: live.hashId,
    ...(entry === undefined ? {} : { entry }),
    ...(key === undefined ? {} : { key }),
  };
}

function knownOf(
  { desired }: Wanted,
  live: Live,
  previous: LockEntry | undefined,
  { key }: PlanContext,
): Omit<Known, "peek"> {
  return {
    desired,
    live,
    sent: new Set(),
    supersedes: [],
    ...(previous === undefined ? {} : { previous }),
    ...(key === undefined ? {} : { key }),
  };
}
