import { isInDoubt, type Outcome } from "../../apply/outcome.ts";
import { joinWords, shellWord } from "../../model/text.ts";
import { isNotReviewed, isPassive, type Change, type Plan } from "../../plan/change.ts";
import type { WhyUncompared } from "../../plan/field-change.ts";
import { commandText, type TargetOptions } from "../command-text.ts";
import type { SyncReport } from "./sync-report.ts";
import type { SyncPlanOptions } from "./sync-plan.ts";

type PlanRequest = Pick<
  SyncPlanOptions,
  "file" | "files" | "lockfile" | "workspace" | "api" | "secretsFiles" | "asIs" | "flags" | "out" | "expect" | "offline"
>;

/** What to do after a plan: the `apply` that makes exactly the changes of this plan. */
export function nextAfterPlan(
  { plan: { changes }, missing }: { readonly plan: Pick<Plan, "changes">; readonly missing: readonly string[] },
  options: PlanRequest,
): string {
  const refused = changes.some((change) => change.refused !== undefined);
  const isPart = changes.some(isNotReviewed);
  const due = changes.some((change) => change.refused === undefined && !isPassive(change));
  if (options.flags.drift)
    return due ? `${commandLine("plan", withoutDrift(options))} shows what an apply puts back.` : "";
  if (options.offline) return `${commandLine("plan", options)} reads the workspace too, and can be applied.`;
  if (!due && isPart) return REVIEW_REST;
  if (!due && refused) return AFTER_REFUSALS;
  if (!due) return `nothing to apply; ${toCompare(changes, options) ?? `change ${options.file} and plan again`}.`;
  const rest = isPart ? "; the rest has to be reviewed first" : refused ? "; what is refused stays as it is" : "";
  const variables = joinWords(
    missing.map((name) => `$${name}`),
    "and",
  );
  const first =
    missing.length === 0 ? "" : `set ${variables}, which ${missing.length === 1 ? "isn't" : "aren't"} here; then `;
  return `${first}${commandLine("apply", options)} makes these changes${rest}.`;
}

/** How to see whether a value was rotated, if this plan couldn't. */
function toCompare(changes: readonly Change[], options: PlanRequest): string | undefined {
  const uncompared = changes.flatMap((change) => (change.action === "keep" ? change.unknown : []));
  const isBecause = (reason: WhyUncompared): boolean => uncompared.some(({ why }) => why === reason);
  const needed = [
    ...(isBecause("no-value") ? ["its variable"] : []),
    ...(isBecause("no-key") ? ["BUDDY_INTEGRATIONS_KEY"] : []),
  ];
  if (needed.length > 0) return `to see whether a secret was rotated, set ${joinWords(needed, "and")}, then plan again`;
  const record = `${recordingCommand(options)} records the values that are here, if they are the live ones`;
  if (isBecause("other-key"))
    return `to see whether a secret was rotated, set the BUDDY_INTEGRATIONS_KEY of the last apply; or ${record}`;
  return isBecause("no-fingerprint") ? `to see from now on whether a secret was rotated: ${record}` : undefined;
}

/** The command that makes fingerprints with the present key, and does nothing else. */
function recordingCommand(options: PlanRequest): string {
  const { only, exclude } = options.flags;
  const flags = { adopt: false, allow_replace: false, prune: false, resend: [], only, assume_sent: "*" };
  return commandLine("apply", {
    ...options,
    out: undefined,
    expect: [],
    flags: exclude === undefined ? flags : { ...flags, exclude },
  });
}

const AFTER_REFUSALS = "do what the refusals above say, then plan again.";
const REVIEW_REST = "plan again without --expect, and have the rest reviewed.";

/** What to do after a run with several files that was completed. */
export function nextAfterFiles(options: FilesRequest, files: readonly ReportedFile[]): string {
  if (options.mode === "apply") {
    const outcomes = files.flatMap(({ report }) => appliedOutcomes(report));
    const withNewHashes = files.filter(({ report }) => appliedOutcomes(report).some(hasNewHash));
    return nextAfterApply(outcomes, {
      lockfile: "the lockfiles that changed",
      file: "a file",
      withNewHashes: withNewHashes.map((each) => each.options),
    });
  }
  const changes = files.flatMap(({ report }) => report.plan?.changes ?? []);
  const due = changes.some((change) => change.refused === undefined && !isPassive(change));
  if (options.flags.drift)
    return due ? `${commandLine("plan", withoutDrift(options))} shows what an apply puts back.` : "";
  if (options.offline) return `${commandLine("plan", options)} reads the workspaces too, and can be applied.`;
  if (!due) return changes.some(isNotReviewed) ? REVIEW_REST : "nothing to apply.";
  return `${commandLine("apply", options)} makes these changes.`;
}

/** One file of a run with several. */
interface ReportedFile {
  readonly report: SyncReport;
  readonly options: TargetOptions;
}

function appliedOutcomes(report: SyncReport): readonly Outcome[] {
  return report.kind === "applied" ? report.outcomes : [];
}

type FilesRequest = (PlanRequest & { readonly mode: "plan" }) | { readonly mode: "apply" };

interface AppliedFiles {
  /** The lockfile, or words for all of them. */
  readonly lockfile: string;
  readonly file: string;
  /** The options of each file with an outcome that has a new hash. */
  readonly withNewHashes: readonly TargetOptions[];
}

/** Whether pipelines need the hash that this outcome brought. */
export function hasNewHash({ kind, change }: Outcome): boolean {
  return kind === "done" && (change.action === "replace" || change.action === "create");
}

/** What to do after an apply. */
export function nextAfterApply(outcomes: readonly Outcome[], { lockfile, file, withNewHashes }: AppliedFiles): string {
  const done = outcomes.filter(({ kind }) => kind === "done");
  const isComplete = outcomes.every(({ kind }) => kind === "done" || kind === "refused");
  const commit = `commit ${lockfile}`;
  if (!isComplete) {
    const hasFailed = outcomes.some(({ kind }) => kind === "failed" || kind === "unknown");
    const isTouched = done.length > 0 || outcomes.some(isInDoubt);
    const first = [...(isTouched ? [commit] : []), ...(hasFailed ? ["correct what failed"] : [])];
    const again = first.length > 0 ? `${first.join(", ")}, then apply again` : "apply again";
    return `${again}: what is done is not done twice.`;
  }
  const isPart = outcomes.some(({ change }) => isNotReviewed(change));
  if (done.length === 0) {
    if (isPart) return REVIEW_REST;
    if (outcomes.length > 0) return AFTER_REFUSALS;
    return `change ${file} and plan again.`;
  }
  if (isPart) return `${commit}; ${REVIEW_REST}`;
  return `${commit}.${fillIn(withNewHashes)}`;
}

/** The command for each file, since `refs` reads one lockfile. */
function fillIn(files: readonly TargetOptions[]): string {
  if (files.length === 0) return "";
  if (files.length > 3) {
    const command = "`buddy-integrations refs --write --file FILE`";
    return ` ${command}, once for each of the ${files.length} files, puts new hashes into pipeline files.`;
  }
  const commands = files.map((each) => `\`${commandText("refs --write", each)}\``);
  return ` ${joinWords(commands, "and")} ${files.length === 1 ? "puts" : "put"} new hashes into pipeline files.`;
}

/** The command with every option that its plan depends on, to be copied to a shell. */
function commandLine(command: "plan" | "apply", options: PlanRequest): string {
  const { flags } = options;
  const words = [
    ...(isUsualFile(options.files) ? [] : options.files.flatMap((each) => ["--file", each])),
    ...flagWithValue("--lockfile", options.lockfile),
    ...flagWithValue("--workspace", options.workspace),
    ...flagWithValue("--api", options.api),
    ...options.secretsFiles.flatMap((each) => ["--secrets-file", each]),
    ...options.asIs.flatMap((each) => ["--as-is", each]),
    ...(flags.adopt ? ["--adopt"] : []),
    ...(flags.allow_replace ? ["--allow-replace"] : []),
    ...(flags.prune ? ["--prune"] : []),
    ...(flags.max_deletions === undefined ? [] : ["--max-deletions", String(flags.max_deletions)]),
    ...(flags.recreate ?? []).flatMap((each) => ["--recreate", each]),
    ...flags.resend.flatMap((each) => ["--resend", each]),
    ...(flags.assume_sent === undefined ? [] : ["--assume-sent", flags.assume_sent]),
    ...(flags.only.length === 0 ? [] : ["--only", ...flags.only]),
    ...(flags.exclude ?? []).flatMap((each) => ["--exclude", each]),
    ...(command === "apply" ? expected(options).flatMap((each) => ["--expect", each]) : []),
  ];
  return `\`${["buddy-integrations", command, ...words.map(shellWord)].join(" ")}\``;
}

function expected({ out, expect }: PlanRequest): readonly string[] {
  return out === undefined ? expect : [out];
}

function withoutDrift(options: PlanRequest): PlanRequest {
  const { drift: _drift, ...flags } = options.flags;
  return { ...options, flags };
}

function isUsualFile([first, ...others]: readonly string[]): boolean {
  return first === "integrations.yaml" && others.length === 0;
}

function flagWithValue(flag: string, value: string | undefined): string[] {
  return value === undefined ? [] : [flag, value];
}
