import type { Json } from "../model.ts";
import type { Change, FieldChange } from "./change.ts";
import { planCreate } from "./creation.ts";
import { named, pendingPipelines, resendFor } from "./fields.ts";
import type { PlanContext, Wanted } from "./input.ts";
import { judge } from "./judge.ts";
import { carriedFields } from "./payload.ts";

/** Against the lockfile alone: what was last sent stands for what is live. */
export function planOffline(wanted: Wanted, context: PlanContext): Change[] {
  const { desired, entry } = wanted;
  if (entry === undefined) return [planCreate(wanted, context)];
  const judged = judge(
    {
      desired,
      entry,
      hashId: entry.hashId,
      ...(context.key === undefined ? {} : { key: context.key }),
    },
    resendFor(wanted, context),
  );
  const { fields } = judged;
  const unknown = [...judged.unknown, ...(context.unresolved.get(desired.key) ?? [])].toSorted();
  const paths = fields.map(({ path }) => path);
  const base = { ...named(wanted), hash_id: entry.hashId };
  if (entry.type !== desired.type) {
    const before: Json = entry.type;
    const forces: FieldChange[] = [
      {
        path: "type",
        before,
        after: desired.type,
        reason: "edited",
        compared_with: "last sent",
        basis: "file",
      },
    ];
    const identifier = desired.identifier ?? entry.identifier ?? desired.key;
    const pending = pendingPipelines(wanted);
    return [{ action: "replace", ...base, identifier, forces, fields, carried_over: [], pending }];
  }
  if (fields.length === 0) return [{ action: "keep", ...base, unknown }];
  const carried = carriedFields(desired, undefined, paths);
  return [{ action: "update", ...base, fields, unknown, carried, pending: pendingPipelines(wanted) }];
}
