import type { Json, Key } from "../../model/integration.ts";
import { isList, isMap } from "../../model/json.ts";
import { literalMap } from "../../model/stored-value.ts";
import type { Adopt, Change, Update } from "../change.ts";
import type { FieldChange, RecordedDetail, UnsentValue } from "../field-change.ts";
import { canonicalJson } from "../compare/compare-values.ts";
import { reviewedChanges, reviewedUnsent } from "./plan-hash.ts";
import type { ReviewedChange, ReviewedPlan } from "./reviewed-plan.ts";

type OfAction<A extends Change["action"]> = Extract<ReviewedChange, { action: A }>;

/** All changes that several reviewed plans show. A change that a plan refuses isn't reviewed: the plan said that it isn't done. */
export class ReviewedChanges {
  readonly #whole: ReadonlySet<string>;
  readonly #unsent: ReadonlySet<string>;
  readonly #byKey: ReadonlyMap<Key, readonly ReviewedChange[]>;

  constructor(plans: readonly ReviewedPlan[]) {
    this.#whole = new Set(plans.flatMap(reviewedChanges));
    this.#unsent = new Set(plans.flatMap(reviewedUnsent));
    const byKey = new Map<Key, ReviewedChange[]>();
    for (const change of plans.flatMap(({ changes }) => changes)) {
      if (change.refused !== undefined && change.refused.basis !== "secret") continue;
      const group = byKey.get(change.key);
      if (group === undefined) byKey.set(change.key, [change]);
      else group.push(change);
    }
    this.#byKey = byKey;
  }

  /** Whether a reviewed plan has exactly this change. True also for a change without anything that a review can see. */
  hasWhole(change: Change): boolean {
    return reviewedChanges({ changes: [change] }).every((text) => this.#whole.has(text));
  }

  /** Whether a reviewed plan has a change of this action and key, with any details. */
  hasOther({ key, action }: Change): boolean {
    return this.#of(key, action).length > 0;
  }

  /** Whether a reviewed update of this integration gives this path this value or variable. */
  hasField(update: ChangedIntegration, path: string, after: Json): boolean {
    const wanted = canonicalJson([path, after]);
    return this.#updates(update).some(({ fields }) =>
      fields.some((field) => canonicalJson([field.path, field.after]) === wanted),
    );
  }

  /** Whether a reviewed update of this integration records this detail of its lifecycle. */
  hasLifecycle(update: Update, { path, after = null }: RecordedDetail): boolean {
    const wanted = canonicalJson([path, after]);
    return this.#updates(update).some(({ lifecycle }) =>
      lifecycle.some((detail) => canonicalJson([detail.path, detail.after ?? null]) === wanted),
    );
  }

  /** Whether a reviewed record of this integration has this detail. */
  hasDetail(record: ChangedIntegration, detail: RecordedDetail): boolean {
    const wanted = canonicalDetail(detail);
    return this.#of(record.key, "record").some(
      (other) => isSameIntegration(other, record) && other.details.some((each) => canonicalDetail(each) === wanted),
    );
  }

  /** Whether a reviewed plan lists this value as one that is sent if it is here. */
  hasUnsent(value: UnsentValue): boolean {
    return reviewedUnsent({ unsent: [value] }).every((text) => this.#unsent.has(text));
  }

  /** The reviewed creation of an integration that an interrupted run made, and that is adopted now. */
  creationOf(found: Adopt): OfAction<"create" | "replace"> | undefined {
    if (found.via !== "journal") return undefined;
    return [...this.#of(found.key, "create"), ...this.#of(found.key, "replace")].find(
      ({ type, identifier, scope, project_name }) =>
        type === found.type &&
        identifier === found.identifier &&
        scope === found.scope &&
        project_name === found.project_name,
    );
  }

  #updates(update: ChangedIntegration): OfAction<"update">[] {
    return this.#of(update.key, "update").filter((other) => isSameIntegration(other, update));
  }

  #of<A extends Change["action"]>(key: Key, action: A): OfAction<A>[] {
    const isOfAction = (change: ReviewedChange): change is OfAction<A> => change.action === action;
    return (this.#byKey.get(key) ?? []).filter(isOfAction);
  }
}

/** Which integration a change is about. */
type ChangedIntegration = Pick<Update, "key" | "type" | "hash_id">;

function isSameIntegration(a: ChangedIntegration, b: ChangedIntegration): boolean {
  return a.key === b.key && a.type === b.type && a.hash_id === b.hash_id;
}

function canonicalDetail({ path, before = null, after = null }: RecordedDetail): string {
  return canonicalJson([path, before, after]);
}

/** Whether a creation sends this field with this value or variable. */
export function createsField(
  { fields }: Pick<OfAction<"create">, "fields">,
  { path, after }: Pick<FieldChange, "path" | "after">,
): boolean {
  const wanted = canonicalJson([path, after]);
  return fields.some((field) => canonicalJson([field.path, field.after]) === wanted);
}

/** Whether a creation sends the value of this variable at this place. */
export function createsWithVariable(
  { fields }: Pick<OfAction<"create">, "fields">,
  { path, variable }: Pick<UnsentValue, "path" | "variable">,
): boolean {
  return fields.some((field) => referenceAt(field.after, field.path, path) === variable);
}

/** The variable at a place in a value as a plan shows it. */
function referenceAt(shown: Json, path: string, wanted: string): string | undefined {
  if (path === wanted) {
    const variable = isMap(shown) ? shown["$secret"] : undefined;
    return typeof variable === "string" ? variable : undefined;
  }
  if (!wanted.startsWith(`${path}.`)) return undefined;
  for (const [name, item] of Object.entries(isList(shown) ? shown : (literalMap(shown) ?? {}))) {
    const found = referenceAt(item, `${path}.${name}`, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
