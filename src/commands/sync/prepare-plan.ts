import type { ApiClient, ApiFailure, Member } from "../../api/client.ts";
import { describeFailure } from "../../api/words/describe.ts";
import { interruptedCreates, interruptedUpdates, type JournalRecord, type JournalTrust } from "../../apply/journal.ts";
import { errorDiagnostic } from "../../model/diagnostic.ts";
import type { IntegrationWithIds, Result } from "../../model/integration.ts";
import { success } from "../../model/integration.ts";
import { workspaceSection, type LockSection } from "../../model/lockfile.ts";
import type { Plan, PlanFlags } from "../../plan/change.ts";
import type { ObservedWorkspace, PlanInput } from "../../plan/input.ts";
import { withInterruptedCreates } from "../../plan/match/interrupted-creates.ts";
import { withInterruptedUpdates } from "../../plan/match/interrupted-updates.ts";
import { checkJournal } from "../../plan/match/journal-claims.ts";
import { NO_OTHER_FILES, type FileClaims } from "../../plan/match/other-files.ts";
import { pairWithLockfile } from "../../plan/match/pairing.ts";
import { isPartialChoice } from "../../plan/match/key-filter.ts";
import { leaveNamesOut } from "../../plan/match/leave-names-out.ts";
import type { UnreadablePart } from "../../plan/match/list-parts.ts";
import { readOtherEntries, readWorkspace, type WorkspaceReadProblem } from "../../plan/match/read-workspace.ts";
import type { SecondLook } from "../../plan/match/second-look.ts";
import { resolveNames } from "../../plan/match/resolve-names.ts";
import { isGuardedLoss } from "../../plan/loss.ts";
import { planIntegrations } from "../../plan/plan.ts";
import { readGitLinks, withGitLinks } from "../../plan/review/git-links.ts";
import { readTokenUser, withLockOuts } from "../../plan/review/lock-out.ts";
import { unmatchedFlags } from "../../plan/review/unmatched-flags.ts";
import type { ConsoleOptions } from "../console.ts";
import type { CommandInputs } from "../inputs/inputs.ts";
import type { LockfileInput } from "../inputs/load-lockfile.ts";
import { stop, stopForFailedReads, type CommandStop } from "../stop.ts";

export interface PlanningOptions extends ConsoleOptions {
  readonly flags: PlanFlags;
}

/** The part of a session that planning needs. */
interface PlanningSession {
  readonly options: Pick<PlanningOptions, "flags">;
}

/** The inputs that planning needs, read before any request is sent. */
export interface PlanFiles extends Pick<CommandInputs, "integrations" | "target" | "key"> {
  readonly written: Pick<CommandInputs["written"], "placeOf" | "removed">;
  readonly lock: Pick<LockfileInput, "lock">;
}

/** What a plan is made from. */
export interface PlanSources {
  readonly inputs: PlanFiles;
  /** The journal records of an interrupted run. */
  readonly records: readonly JournalRecord[];
  readonly trust: JournalTrust;
  /** `checked`: the keys in flags were already checked, for all files of the run together. */
  readonly namesOfFlags?: "checked" | undefined;
}

/** A plan with what it was made from. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly desired: readonly IntegrationWithIds[];
  readonly observed: ObservedWorkspace;
  /** The lockfile's section, with what interrupted runs created, and without the values that they left in doubt. */
  readonly section: LockSection;
}

/** What a plan is made from, after the workspace was read. */
export interface ReadForPlan {
  readonly input: PlanInput & { readonly observed: ObservedWorkspace };
  readonly integrations: PlanFiles["integrations"];
  readonly members: readonly Member[];
}

/** Reads from the workspace what planning needs. */
export async function readForPlan(
  { options: { flags } }: PlanningSession,
  sources: PlanSources & { readonly client: ApiClient; readonly secondLook: SecondLook },
): Promise<Result<ReadForPlan, CommandStop>> {
  const { inputs, client, secondLook } = sources;
  const base = checkedPlanInput(flags, sources);
  if (!base.ok) return base;
  const { lock, interruptedCreates: creates } = base.value;
  const { integrations } = inputs;
  const names = await resolveNames(client, { integrations, placeOf: inputs.written.placeOf });
  if (names.failures.length > 0) return workspaceReadStop({ kind: "failed", failures: names.failures });
  const { desired, unknownNames, members, groups } = names;
  const read = await readWorkspace(client, {
    desired,
    lock,
    interruptedCreates: creates,
    choice: flags,
    parts: flags.drift ? "all" : "needed",
    describe: failureMessage,
    secondLook,
  });
  if (!read.ok) return workspaceReadStop(read.error);
  const input = { ...base.value, desired, unknownNames, observed: read.value, directory: { members, groups } };
  return success({ input, integrations, members });
}

/** What the file manages, and what its plan would do. Other files of the same workspace have to know. */
export function claimsOf(file: string, { input }: ReadForPlan): FileClaims {
  const { desired, lock } = input;
  const paired = pairWithLockfile(desired, lock);
  const wanted = new Set(paired.flatMap(({ desired: { key }, movedFrom }) => movedFrom ?? key));
  return { file, lock, wanted, changes: planIntegrations(input).changes };
}

/** Plans from what was read. `plan` and `apply` share this function, so that a plan shows what an apply would do. */
export async function planFromReading(
  client: ApiClient,
  { input, integrations, members }: ReadForPlan,
): Promise<Result<PreparedPlan, CommandStop>> {
  const planned = await planWithShares(client, input);
  if (!planned.ok) return workspaceReadStop(planned.error);
  const { plan, observed } = planned.value;
  const { desired, lock, interruptedCreates: creates } = input;
  // These warnings need more of the workspace than planning itself.
  const linked = withGitLinks(plan, await readGitLinks(client, plan, integrations, observed));
  const user = await readTokenUser(client, linked, desired, members);
  return success({
    plan: user === undefined ? linked : withLockOuts(linked, desired, observed, user),
    desired,
    observed,
    section: withInterruptedCreates(lock, checkJournal(creates, lock, desired, observed).creates, desired, observed),
  });
}

/** Reads the workspace and plans, for one file. */
export async function preparePlan(
  session: PlanningSession,
  sources: PlanSources & { readonly client: ApiClient; readonly secondLook: SecondLook },
): Promise<Result<PreparedPlan, CommandStop>> {
  const read = await readForPlan(session, sources);
  return read.ok ? planFromReading(sources.client, read.value) : read;
}

/**
 * Makes the plan. With `--only`, a plan that deletes or replaces something is made again after all locked
 * integrations were read.
 */
async function planWithShares(
  client: ApiClient,
  input: PlanInput & { readonly observed: ObservedWorkspace },
): Promise<Result<{ readonly plan: Plan; readonly observed: ObservedWorkspace }, WorkspaceReadProblem>> {
  const plan = planIntegrations(input);
  if (!isPartialChoice(input.flags) || !plan.changes.some(isGuardedLoss))
    return success({ plan, observed: input.observed });
  const read = await readOtherEntries(client, input.lock, input.observed);
  if (!read.ok) return read;
  return success({ plan: planIntegrations({ ...input, observed: read.value }), observed: read.value });
}

/** Why a part can't be read. If the project doesn't exist or is hidden from the token, there is no general hint. */
function failureMessage(cause: ApiFailure): UnreadablePart {
  const { message, hint } = describeFailure(cause);
  const isHidden = cause.kind === "not-found" || cause.kind === "forbidden";
  return { why: message, ...(hint === undefined || isHidden ? {} : { hint }) };
}

/** A plan from the lockfile alone. */
export function prepareOfflinePlan(
  { options: { flags } }: PlanningSession,
  sources: PlanSources,
): Result<Plan, CommandStop> {
  const base = checkedPlanInput(flags, sources);
  if (!base.ok) return base;
  const { desired, unresolved } = leaveNamesOut(sources.inputs.integrations);
  return success(planIntegrations({ ...base.value, desired, unresolved, observed: "offline" }));
}

/** The input of planning that needs no request, or which flags name nothing. */
function checkedPlanInput(
  flags: PlanFlags,
  { inputs: { written, integrations, lock: lockfile, target, key }, records, trust, namesOfFlags }: PlanSources,
): Result<Omit<PlanInput, "desired" | "observed">, CommandStop> {
  const begun = interruptedUpdates(records, target, trust);
  const lock = withInterruptedUpdates(workspaceSection(lockfile.lock, target), begun);
  const unmatched = namesOfFlags === "checked" ? [] : unmatchedFlags(flags, integrations, lock.keys());
  if (unmatched.length > 0) return stop("invalid", ...unmatched);
  return success({
    target,
    flags,
    key,
    lock,
    removed: written.removed,
    unknownNames: new Map(),
    interruptedCreates: interruptedCreates(records, target, trust),
    others: NO_OTHER_FILES,
    unresolved: new Map(),
    directory: { members: [], groups: [] },
  });
}

function workspaceReadStop(problem: WorkspaceReadProblem): { readonly ok: false; readonly error: CommandStop } {
  if (problem.kind === "all-gone") {
    const message = `all ${problem.count} locked integrations are gone from the workspace`;
    const hint =
      "nothing was changed. Is it the wrong workspace, or a token that can't see them? If they were deleted on purpose, remove this workspace's section from the lockfile";
    return stop("auth", errorDiagnostic("all-gone", message, hint));
  }
  if (problem.kind === "contradiction") {
    const message = `the API lists ${problem.hashes.join(", ")}, but also says that it doesn't exist`;
    return stop("failed", errorDiagnostic("contradiction", message, "nothing was changed; try again in a few minutes"));
  }
  const interrupted = "the run was interrupted while it read; nothing was changed";
  if (problem.kind === "failed" && problem.failures.some(({ failure }) => failure.kind !== "interrupted"))
    return stopForFailedReads(problem.failures);
  return stop("failed", errorDiagnostic("interrupted", interrupted));
}
