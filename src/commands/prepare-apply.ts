import type { ApiClient } from "../api/client.ts";
import { errorDiagnostic, sortDiagnostics, type Diagnostic } from "../model/diagnostic.ts";
import { failure, success, type Key, type Result } from "../model/integration.ts";
import { isPassive, type Change, type Plan } from "../plan/change.ts";
import { missingValues } from "../plan/decide/missing-values.ts";
import { withNotes, type LockedFile } from "./apply-lock.ts";
import type { SyncApplyOptions } from "./apply-options.ts";
import { expectedPart } from "./expected-plan.ts";
import type { CommandInputs } from "./inputs.ts";
import { warnOfBreakages } from "./pipeline-breakages.ts";
import { planFromReading, type PreparedPlan, type ReadForPlan } from "./prepare.ts";
import { stop, type CommandStop } from "./stop.ts";

/** A file that can be applied. */
export interface PreparedFile extends LockedFile<SyncApplyOptions> {
  readonly prepared: PreparedPlan;
  /** What this run isn't asked to do: it is left for a later one. */
  readonly passedOver: readonly Change[];
  /** Keys that are out of the lockfile already, since they go on in another file. */
  readonly released?: ReadonlySet<Key>;
}

/** Plans, with what the plan breaks, and checks that it is the reviewed one and that every value is here. */
export async function prepareApply(
  locked: LockedFile<SyncApplyOptions>,
  { client, read, select }: { client: ApiClient; read: ReadForPlan; select: (change: Change) => boolean },
): Promise<Result<PreparedFile, CommandStop>> {
  const { session, inputs } = locked;
  const made = await planFromReading(client, read);
  if (!made.ok) return failure(withNotes(made.error, locked.notes));
  const { section, desired, observed } = made.value;
  const selected: Plan = { ...made.value.plan, changes: made.value.plan.changes.filter(select) };
  // With what it breaks, before anybody is asked; what could not be looked at is said then, too.
  const expected = await expectedPart(session, { ...made.value, plan: selected });
  const part = expected.ok ? expected.value : selected;
  const { plan, diagnostics } = await warnOfBreakages(session, part, { section, desired, live: observed.live });
  const notes = [...locked.notes, ...diagnostics];
  const prepared = { ...made.value, plan };
  const allowed = checkPreparedPlan(inputs, prepared, expected);
  const passedOver = made.value.plan.changes.filter((change) => !select(change) && !isPassive(change));
  return allowed.ok ? success({ ...locked, notes, prepared, passedOver }) : failure(withNotes(allowed.error, notes));
}

/** Whether a part of the plan is what was reviewed, and every value that it sends is here; else all that is wrong. */
function checkPreparedPlan(
  inputs: CommandInputs,
  prepared: PreparedPlan,
  expected: Result<Plan, CommandStop>,
): Result<void, CommandStop> {
  const checks = [expected, checkValuesToSend(inputs, prepared)];
  const obstacles = checks.flatMap((check) => (check.ok ? [] : [check.error]));
  if (obstacles.length === 0) return success(undefined);
  return failure({
    reasons: obstacles.flatMap(({ reasons }) => reasons),
    diagnostics: obstacles.flatMap(({ diagnostics }) => diagnostics),
    plan: prepared.plan,
  });
}

/** Every value that has to be sent and isn't here, at its place in the file. */
function checkValuesToSend(
  inputs: CommandInputs,
  { plan, desired, observed }: PreparedPlan,
): Result<void, CommandStop> {
  const diagnostics = missingValues(plan, desired, observed).map(({ key, path, variable }): Diagnostic => {
    const place = inputs.written.placeOf(key, path);
    const hint = `set ${variable}, or ${variable}_FILE, or pass --secrets-file`;
    return {
      ...errorDiagnostic("missing-value", `$${variable} is not set, and ${key} needs it`, hint),
      ...(place === undefined ? {} : { place }),
    };
  });
  return diagnostics.length === 0 ? success(undefined) : stop("invalid", ...sortDiagnostics(diagnostics));
}

/** Whether something is done for it, or at least recorded. */
export function isDue(change: Change): boolean {
  return !isPassive(change) && change.refused === undefined;
}
