import { fieldInfo } from "../model/catalog.ts";
import { identityDifferences, identityValue } from "../model/identity.ts";
import type { IntegrationWithIds, Json, LiveIntegration } from "../model/integration.ts";
import type { LockEntry } from "../model/lockfile.ts";
import { referenceStates } from "../model/stored-value.ts";
import { compareTexts } from "../model/text.ts";
import { comparableLive, isReturned, isWriteOnly } from "../plan/compare/comparable.ts";
import { compareFields, createdFields } from "../plan/compare/compare-fields.ts";
import { hiddenMarker } from "../plan/compare/compare-values.ts";

/**
 * How a field of the file and of the workspace relate. `as-sent`: the API never returns it, and the file has what was
 * last sent. `drift`: the workspace changed since. `uncompared`: a reference, or a value that can't be seen.
 * `unmanaged`: the file doesn't name it.
 */
export type FieldState = "same" | "as-sent" | "differs" | "drift" | "uncompared" | "unmanaged";

/** A field as `show` prints it: values are JSON with the markers of plans, and never those of references. */
export interface FieldRow {
  readonly path: string;
  readonly state: FieldState;
  readonly file?: Json;
  readonly workspace?: Json;
  readonly last_sent?: Json;
  /** A person declared the value of its reference to be the live one: `apply --assume-sent`. */
  readonly assumed?: true;
}

/** What is known about one integration. */
export interface ShownSides {
  readonly desired: IntegrationWithIds | undefined;
  /** Paths whose names could not be resolved, so that they can't be compared. */
  readonly unresolved: readonly string[];
  readonly live: LiveIntegration | undefined;
  readonly entry: LockEntry | undefined;
  /** An interrupted apply may have created it: then values that may come from a reference are not shown. */
  readonly isDoubtful: boolean;
}

/** All fields, sorted by path. */
export function sideBySide(sides: ShownSides): readonly FieldRow[] {
  const { desired, live } = sides;
  const managed = desired === undefined ? [] : managedRows(desired, sides);
  const named = new Set([...managed.map(({ path }) => path), ...sides.unresolved]);
  return [
    ...managed,
    ...sides.unresolved.map((path): FieldRow => ({ path, state: "uncompared" })),
    ...(live === undefined ? [] : unmanagedRows(live, named, sides)),
  ].toSorted((a, b) => compareTexts(a.path, b.path));
}

function managedRows(desired: IntegrationWithIds, sides: ShownSides): FieldRow[] {
  const { live, entry } = sides;
  const wanted = createdFields(desired).map(({ path, after }) => [path, after] as const);
  if (live === undefined) return wanted.map(([path, file]): FieldRow => ({ path, state: "uncompared", file }));
  const hashId = live.hashId;
  const { fields, unknown } = compareFields({ desired, live, entry, hashId, key: undefined }, []);
  const changes = new Map(fields.map((field) => [field.path, field]));
  const uncompared = new Set(unknown.map(({ path }) => path));
  const rows = wanted.map(([path, file]): FieldRow => {
    const change = changes.get(path);
    if (change === undefined) {
      const same = isWriteOnly(path) ? "as-sent" : "same";
      return { path, state: uncompared.has(path) ? "uncompared" : same, file };
    }
    const { before, compared_with: compared, reason } = change;
    const shown = compared === "live" && isHiddenLive(path, sides) ? hiddenMarker("live") : before;
    const seen = shown === undefined ? {} : { [compared === "last sent" ? "last_sent" : "workspace"]: shown };
    const state = reason === "drift" ? "drift" : reason === "never-sent" ? "uncompared" : "differs";
    return { path, state, file, ...seen };
  });
  const identity = identityDifferences(desired, live).map((field): FieldRow => {
    const [file, workspace] = [identityValue(desired, field) ?? null, identityValue(live, field) ?? null];
    return { path: field, state: "differs", file, workspace };
  });
  return [...identity, ...rows].map((row) => (isAssumed(row.path, entry) ? { ...row, assumed: true as const } : row));
}

function isAssumed(path: string, entry: LockEntry | undefined): boolean {
  return referenceStates(entry?.lastSent.get(path)).some((state) => "assumed" in state && state.assumed);
}

/** Only documented fields are shown, since an unknown one may hold anything. */
function unmanagedRows(live: LiveIntegration, named: ReadonlySet<string>, sides: ShownSides): FieldRow[] {
  return [...comparableLive(live)]
    .filter(([path, value]) => !named.has(path) && isReturned(path) && path !== "identifier" && !isEmptyWord(value))
    .map(([path, value]) => ({
      path,
      state: "unmanaged",
      workspace: isHiddenLive(path, sides) ? hiddenMarker("live") : value,
    }));
}

/** Empty text means "not set", for example the `auth_type` of types that have only one. */
function isEmptyWord(value: Json): boolean {
  return value === "";
}

function isHiddenLive(path: string, { entry, isDoubtful }: ShownSides): boolean {
  const info = fieldInfo(path);
  if (info?.hidden === true) return true;
  return referenceStates(entry?.lastSent.get(path)).length > 0 || (isDoubtful && info?.reference === true);
}
