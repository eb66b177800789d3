import type { Client, Failure } from "../api/client.ts";
import { describeFailure } from "../api/words/describe.ts";
import { interruptedCreates, type JournalRecord } from "../apply/journal.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { LockSection } from "../model/lockfile.ts";
import { sectionOf } from "../model/lockfile.ts";
import type { DesiredIntegration, Result } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import type { Plan, PlanFlags } from "../plan/change.ts";
import type { Observed, PlanInput } from "../plan/input.ts";
import { linkedProjects, withGitLinks, type GitLink } from "../plan/review/git-links.ts";
import { settingPermissions, withLockOuts } from "../plan/review/lock-out.ts";
import type { UnreadablePart } from "../plan/match/parts.ts";
import { planIntegrations, selection } from "../plan/plan.ts";
import { replayed } from "../plan/match/interrupted-creates.ts";
import { leaveNamesOut, resolveNames, type Resolved } from "../plan/match/resolve-names.ts";
import { observe, type ReadProblem } from "../plan/match/read-workspace.ts";
import type { Inputs } from "./inputs.ts";
import { resendProblems } from "./resend.ts";
import { exitOfFailures, failureDiagnostic, problem, stop, type Stop } from "./stop.ts";

/** A plan with what it was made from. */
export interface Prepared {
  readonly plan: Plan;
  readonly desired: readonly DesiredIntegration[];
  readonly observed: Observed;
  /** With what interrupted runs made. */
  readonly section: LockSection;
}

/** Reads the workspace and plans. `--plan` and `--apply` share it, so that a plan is what an apply would do. */
export async function preparePlan(
  inputs: Inputs,
  client: Client,
  journal: readonly JournalRecord[],
  flags: PlanFlags,
): Promise<Result<Prepared, Stop>> {
  const slips = [...unmatchedPatterns(inputs, flags.only), ...resendProblems(inputs.integrations, flags)];
  if (slips.length > 0) return stop(EXIT.invalid, slips);
  const names = await resolveNames(client, { integrations: inputs.integrations, locate: inputs.written.locate });
  if (names.failures.length > 0) return readStop({ kind: "failed", failures: names.failures });
  if (names.diagnostics.length > 0) return stop(EXIT.invalid, names.diagnostics);
  const { desired } = names;
  const lock = sectionOf(inputs.lock.lock, inputs.target);
  const made = interruptedCreates(journal, inputs.target);
  const observed = await observe(client, { desired, lock, made, only: flags.only, describe: inWords });
  if (!observed.ok) return readStop(observed.error);
  const directory = { members: names.members, groups: names.groups };
  const plan = planIntegrations({
    ...base(inputs, flags),
    desired,
    lock,
    observed: observed.value,
    made,
    directory,
  });
  const known = { desired, observed: observed.value, section: replayed(lock, made, desired, observed.value) };
  const links = await readGitLinks(plan, inputs, observed.value, client);
  return success({ plan: await warnOfLockOuts(withGitLinks(plan, links), names, observed.value, client), ...known });
}

/** The Git links of the projects that the file or the plan names, as far as the token may read them. */
async function readGitLinks(
  plan: Plan,
  { integrations }: Inputs,
  observed: Observed,
  client: Client,
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
  { desired, members }: Pick<Resolved, "desired" | "members">,
  observed: Observed,
  client: Client,
): Promise<Plan> {
  if (settingPermissions(plan, desired).length === 0) return plan;
  const owner = await client.owner();
  // A token may lack the scope; then nothing can be said.
  if (!owner.ok) return plan;
  const { id } = owner.value;
  const admin = members.find((member) => member.id === id)?.admin;
  return withLockOuts(plan, desired, observed, { id, ...(admin === undefined ? {} : { admin }) });
}

/** A project that isn't there, or that the token may not read, says nothing of what to do. */
function inWords(cause: Failure): UnreadablePart {
  const { message, hint } = describeFailure(cause);
  const isHidden = cause.kind === "not-found" || cause.kind === "forbidden";
  return { why: message, ...(hint === undefined || isHidden ? {} : { hint }) };
}

/** A plan from the lockfile alone. */
export function prepareOffline(
  inputs: Inputs,
  journal: readonly JournalRecord[],
  flags: PlanFlags,
): Result<Plan, Stop> {
  const slips = [...unmatchedPatterns(inputs, flags.only), ...resendProblems(inputs.integrations, flags)];
  if (slips.length > 0) return stop(EXIT.invalid, slips);
  const { desired, unresolved } = leaveNamesOut(inputs.integrations);
  const plan = planIntegrations({
    ...base(inputs, flags),
    desired,
    unresolved,
    lock: sectionOf(inputs.lock.lock, inputs.target),
    observed: "offline",
    made: interruptedCreates(journal, inputs.target),
  });
  return success(plan);
}

function base(
  { target, key }: Inputs,
  flags: PlanFlags,
): Pick<PlanInput, "target" | "flags" | "key" | "unresolved" | "directory"> {
  return {
    target,
    flags,
    unresolved: new Map(),
    directory: { members: [], groups: [] },
    ...(key === undefined ? {} : { key }),
  };
}

/** `--only` with something that names nothing is a slip. */
function unmatchedPatterns(inputs: Inputs, only: readonly string[]): Diagnostic[] {
  const keys = [...inputs.written.keys, ...sectionOf(inputs.lock.lock, inputs.target).keys()];
  const hint = "it takes keys of the file or the lockfile, or globs such as 'aws_*'";
  return only
    .filter((pattern) => !keys.some(selection([pattern])))
    .map((pattern) => problem("no-match", `--only ${pattern} matches no integration`, hint));
}

function readStop(cause: ReadProblem): { readonly ok: false; readonly error: Stop } {
  if (cause.kind === "all-gone") {
    const message = `all ${cause.count} locked integrations are gone from the workspace`;
    const hint =
      "the wrong workspace, or a token that can't see them? Nothing was planned. If they were deleted on purpose, take this workspace's section out of the lockfile";
    return stop(EXIT.auth, [problem("all-gone", message, hint)]);
  }
  if (cause.kind === "contradiction") {
    const message = `the workspace lists ${cause.hashes.join(", ")}, and says that there is no such integration`;
    return stop(EXIT.failed, [problem("contradiction", message, "nothing was changed; try again in a while")]);
  }
  const failures = cause.failures.filter(({ failure }) => failure.kind !== "interrupted");
  if (failures.length === 0) {
    return stop(EXIT.failed, [problem("interrupted", "the run was interrupted while it read; nothing was changed")]);
  }
  const exit: ExitCode = exitOfFailures(failures.map(({ failure }) => failure));
  return stop(
    exit,
    failures.map(({ what, failure }) => failureDiagnostic(`${what} could not be read`, failure)),
  );
}
