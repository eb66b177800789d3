import type { ApiClient, ApiFailure } from "../api/client.ts";
import { describeFailure } from "../api/words/describe.ts";
import { interruptedCreates, type JournalRecord } from "../apply/journal.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { LockSection } from "../model/lockfile.ts";
import { workspaceSection } from "../model/lockfile.ts";
import type { IntegrationWithIds, Result } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import type { Plan, PlanFlags } from "../plan/change.ts";
import type { ObservedWorkspace, PlanInput } from "../plan/input.ts";
import { linkedProjects, withGitLinks, type GitLink } from "../plan/review/git-links.ts";
import { changesOfPermissions, withLockOuts } from "../plan/review/lock-out.ts";
import type { UnreadablePart } from "../plan/match/list-parts.ts";
import { keyFilter } from "../plan/match/key-filter.ts";
import { planIntegrations } from "../plan/plan.ts";
import { withInterruptedCreates } from "../plan/match/interrupted-creates.ts";
import { leaveNamesOut } from "../plan/match/leave-names-out.ts";
import { resolveNames, type ResolvedNames } from "../plan/match/resolve-names.ts";
import { readWorkspace, type WorkspaceReadProblem } from "../plan/match/read-workspace.ts";
import type { CommandInputs } from "./inputs.ts";
import { resendProblems } from "./resend.ts";
import {
  exitCodeOfFailures,
  apiFailureDiagnostic,
  errorDiagnostic,
  commandStop,
  type CommandStop,
} from "./command-stop.ts";

/** A plan with what it was made from. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly desired: readonly IntegrationWithIds[];
  readonly observed: ObservedWorkspace;
  /** With what interrupted runs made. */
  readonly section: LockSection;
}

/** Reads the workspace and plans. `--plan` and `--apply` share it, so that a plan is what an apply would do. */
export async function preparePlan(
  inputs: CommandInputs,
  client: ApiClient,
  journal: readonly JournalRecord[],
  flags: PlanFlags,
): Promise<Result<PreparedPlan, CommandStop>> {
  const slips = [...unmatchedPatternProblems(inputs, flags.only), ...resendProblems(inputs.integrations, flags)];
  if (slips.length > 0) return commandStop(EXIT.invalid, slips);
  const names = await resolveNames(client, { integrations: inputs.integrations, placeOf: inputs.written.placeOf });
  if (names.failures.length > 0) return workspaceReadStop({ kind: "failed", failures: names.failures });
  if (names.diagnostics.length > 0) return commandStop(EXIT.invalid, names.diagnostics);
  const { desired } = names;
  const lock = workspaceSection(inputs.lock.lock, inputs.target);
  const made = interruptedCreates(journal, inputs.target);
  const observed = await readWorkspace(client, {
    desired,
    lock,
    interruptedCreates: made,
    only: flags.only,
    describe: failureMessage,
  });
  if (!observed.ok) return workspaceReadStop(observed.error);
  const directory = { members: names.members, groups: names.groups };
  const plan = planIntegrations({
    ...basePlanInput(inputs, flags),
    desired,
    lock,
    observed: observed.value,
    interruptedCreates: made,
    directory,
  });
  const known = {
    desired,
    observed: observed.value,
    section: withInterruptedCreates(lock, made, desired, observed.value),
  };
  const links = await readGitLinks(plan, inputs, observed.value, client);
  return success({ plan: await warnOfLockOuts(withGitLinks(plan, links), names, observed.value, client), ...known });
}

/** The Git links of the projects that the file or the plan names, as far as the token may read them. */
async function readGitLinks(
  plan: Plan,
  { integrations }: CommandInputs,
  observed: ObservedWorkspace,
  client: ApiClient,
): Promise<readonly GitLink[]> {
  const read = linkedProjects(plan, integrations, observed).map(async (project): Promise<GitLink[]> => {
    const answer = await client.project(project);
    const hashId = answer.ok ? answer.value?.integration : undefined;
    return hashId === undefined ? [] : [{ project, hashId }];
  });
  return (await Promise.all(read)).flat();
}

async function warnOfLockOuts(
  plan: Plan,
  { desired, members }: Pick<ResolvedNames, "desired" | "members">,
  observed: ObservedWorkspace,
  client: ApiClient,
): Promise<Plan> {
  if (changesOfPermissions(plan, desired).length === 0) return plan;
  const owner = await client.owner();
  // A token may lack the scope; then nothing can be said.
  if (!owner.ok) return plan;
  const { id } = owner.value;
  const admin = members.find((member) => member.id === id)?.admin;
  return withLockOuts(plan, desired, observed, { id, admin });
}

/** A project that isn't there, or that the token may not read, says nothing of what to do. */
function failureMessage(cause: ApiFailure): UnreadablePart {
  const { message, hint } = describeFailure(cause);
  const isHidden = cause.kind === "not-found" || cause.kind === "forbidden";
  return { why: message, ...(hint === undefined || isHidden ? {} : { hint }) };
}

/** A plan from the lockfile alone. */
export function prepareOfflinePlan(
  inputs: CommandInputs,
  journal: readonly JournalRecord[],
  flags: PlanFlags,
): Result<Plan, CommandStop> {
  const slips = [...unmatchedPatternProblems(inputs, flags.only), ...resendProblems(inputs.integrations, flags)];
  if (slips.length > 0) return commandStop(EXIT.invalid, slips);
  const { desired, unresolved } = leaveNamesOut(inputs.integrations);
  const plan = planIntegrations({
    ...basePlanInput(inputs, flags),
    desired,
    unresolved,
    lock: workspaceSection(inputs.lock.lock, inputs.target),
    observed: "offline",
    interruptedCreates: interruptedCreates(journal, inputs.target),
  });
  return success(plan);
}

function basePlanInput(
  { target, key }: CommandInputs,
  flags: PlanFlags,
): Pick<PlanInput, "target" | "flags" | "key" | "unresolved" | "directory"> {
  return {
    target,
    flags,
    unresolved: new Map(),
    directory: { members: [], groups: [] },
    key,
  };
}

/** `--only` with something that names nothing is a slip. */
function unmatchedPatternProblems(inputs: CommandInputs, only: readonly string[]): Diagnostic[] {
  const keys = [...inputs.written.keys, ...workspaceSection(inputs.lock.lock, inputs.target).keys()];
  const hint = "it takes keys of the file or the lockfile, or globs such as 'aws_*'";
  return only
    .filter((pattern) => !keys.some(keyFilter([pattern])))
    .map((pattern) => errorDiagnostic("no-match", `--only ${pattern} matches no integration`, hint));
}

function workspaceReadStop(cause: WorkspaceReadProblem): { readonly ok: false; readonly error: CommandStop } {
  if (cause.kind === "all-gone") {
    const message = `all ${cause.count} locked integrations are gone from the workspace`;
    const hint =
      "the wrong workspace, or a token that can't see them? Nothing was planned. If they were deleted on purpose, take this workspace's section out of the lockfile";
    return commandStop(EXIT.auth, [errorDiagnostic("all-gone", message, hint)]);
  }
  if (cause.kind === "contradiction") {
    const message = `the workspace lists ${cause.hashes.join(", ")}, and says that there is no such integration`;
    return commandStop(EXIT.failed, [
      errorDiagnostic("contradiction", message, "nothing was changed; try again in a while"),
    ]);
  }
  const failures = cause.failures.filter(({ failure }) => failure.kind !== "interrupted");
  if (failures.length === 0) {
    return commandStop(EXIT.failed, [
      errorDiagnostic("interrupted", "the run was interrupted while it read; nothing was changed"),
    ]);
  }
  const exit: ExitCode = exitCodeOfFailures(failures.map(({ failure }) => failure));
  return commandStop(
    exit,
    failures.map(({ what, failure }) => apiFailureDiagnostic(`${what} could not be read`, failure)),
  );
}
