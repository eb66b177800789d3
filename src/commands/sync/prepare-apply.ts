import type { ApiClient } from "../../api/client.ts";
import { errorDiagnostic, sortDiagnostics, type Diagnostic } from "../../model/diagnostic.ts";
import { failure, success, type Key, type Result } from "../../model/integration.ts";
import { isPassive, type Change, type Plan } from "../../plan/change.ts";
import { missingValues } from "../../plan/decide/missing-values.ts";
import { withNotes, type LockedFile } from "./apply-lock.ts";
import type { SyncApplyOptions } from "./apply-options.ts";
import { expectedPart } from "./expected-plan.ts";
import type { CommandInputs } from "../inputs/inputs.ts";
import { warnOfBreakages } from "./pipeline-breakages.ts";
import { planFromReading, type PreparedPlan, type ReadForPlan } from "./prepare-plan.ts";
import { stop, type CommandStop } from "../stop.ts";

/** A file that can be applied. */
export interface PreparedFile extends LockedFile<SyncApplyOptions> {
  readonly prepared: PreparedPlan;
  /** Changes that this run was not asked to make. They are left for a later run. */
  readonly passedOver: readonly Change[];
  /** Keys that were already dropped from the lockfile, since they move to another file. */
  readonly released?: ReadonlySet<Key>;
}

/**
 * Plans, finds the references that the plan breaks, and checks that the plan is the reviewed one and that every value
 * to send is set.
 */
export async function prepareApply(
  locked: LockedFile<SyncApplyOptions>,
  { client, read, select }: { client: ApiClient; read: ReadForPlan; select: (change: Change) => boolean },
): Promise<Result<PreparedFile, CommandStop>> {
  const { session, inputs } = locked;
  const made = await planFromReading(client, read);
  if (!made.ok) return failure(withNotes(made.error, locked.notes));
  const { section, desired, observed } = made.value;
  const selected: Plan = { ...made.value.plan, changes: made.value.plan.changes.filter(select) };
  // Find broken references before the person is asked, and warn then of files that could not be read.
  const expected = await expectedPart(session, { ...made.value, plan: selected });
  const part = expected.ok ? expected.value : selected;
  const { plan, diagnostics } = await warnOfBreakages(session, part, { section, desired, live: observed.live });
  const notes = [...locked.notes, ...diagnostics];
  const prepared = { ...made.value, plan };
  const allowed = checkPreparedPlan(inputs, prepared, expected);
  const passedOver = made.value.plan.changes.filter((change) => !select(change) && !isPassive(change));
  return allowed.ok ? success({ ...locked, notes, prepared, passedOver }) : failure(withNotes(allowed.error, notes));
}

/** Checks that the plan was reviewed and that every value that it sends is set. Reports all problems at once. */
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

/** Reports every value that has to be sent and isn't set, with its place in the file. */
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

/** Whether an apply does something for this change, or at least records it. */
export function isDue(change: Change): boolean {
  return !isPassive(change) && change.refused === undefined;
}
