import { InvalidArgumentError, type Command } from "commander";
import { REPORT_ENDINGS, reportKindOf } from "../commands/sync/report-kind.ts";
import type { SyncOptions } from "../commands/sync.ts";
import type { Io } from "../io.ts";
import {
  collectRepeated,
  formatOption,
  refuseOptions,
  wholeNumberParser,
  withCommonOptions,
  withRecoveryOptions,
  workspaceOptions,
  type CommonArguments,
} from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

/** `plan`: another name of `sync --plan`. */
export function definePlan(program: Command, io: Io, run: DeferCommand): void {
  const command = program.command("plan").description("show what an apply would change; change nothing");
  deferOptions(command, () => {
    planOptions(command, "");
    defineMode(sharedOptions(command), "plan", { io, run });
  });
}

/** `apply`: another name of `sync --apply`. */
export function defineApply(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("apply")
    .description("make the workspace match the file, and write the lockfile (asks first on a terminal)");
  deferOptions(command, () => {
    applyOptions(command, "");
    defineMode(sharedOptions(command), "apply", { io, run });
  });
}

export function defineSync(program: Command, io: Io, run: DeferCommand): void {
  const command = program.command("sync").description("the same as plan (--plan) and apply (--apply)");
  deferOptions(command, () => {
    command
      .option("--plan", "show what would change; change nothing")
      .option("--apply", "make the changes (asks first on a terminal)");
    planOptions(command, "with --plan: ");
    applyOptions(command, "with --apply: ");
    sharedOptions(command).action(() => {
      const given = command.opts<SyncArguments>();
      if (Boolean(given.plan) === Boolean(given.apply)) command.error("error: sync needs either --plan or --apply");
      if (given.apply) refuseOptions(command, PLAN_ONLY, "--apply");
      if (given.plan) refuseOptions(command, APPLY_ONLY, "--plan");
      checkTogether(given, command);
      run(syncOptions(given, io), loadSync);
    });
  });
}

function defineMode(
  command: Command,
  mode: "plan" | "apply",
  { io, run }: { readonly io: Io; readonly run: DeferCommand },
): void {
  command.action(() => {
    const given = { ...command.opts<SyncArguments>(), [mode]: true };
    checkTogether(given, command);
    run(syncOptions(given, io), loadSync);
  });
}

/** Refuses options that need another option, or exclude one that is given. */
function checkTogether(given: SyncArguments, command: Command): void {
  if (given.allowLockfileEdits && given.base === undefined) command.error("error: --allow-lockfile-edits needs --base");
  if (given.drift) refuseOptions(command, NOT_WITH_DRIFT, "--drift, which only reports what changed in the workspace");
  if (given.assumeSent !== undefined) refuseOptions(command, ["resend"], "--assume-sent");
  if (given.offline) refuseOptions(command, ["concurrency", "timeout", "maxWait"], "--offline, which sends no request");
}

async function loadSync() {
  return (await import("../commands/sync.ts")).sync;
}

function planOptions(command: Command, when: string): void {
  command
    .option("--drift", `${when}report only what changed in the workspace since the last apply (exit 2 if anything did)`)
    .option("--detailed-exitcode", `${when}exit 2 when there are changes`)
    .option("--out <file>", `${when}write the plan to a file, for --expect`)
    .option("--offline", `${when}plan from the lockfile alone, without a token`)
    .option(
      "--base <ref>",
      `${when}refuse if the lockfile differs from the one at the merge base with REF, such as origin/main`,
    )
    .option("--allow-lockfile-edits", "with --base: only list what was edited in the lockfile");
}

function applyOptions(command: Command, when: string): void {
  withRecoveryOptions(command.option("--yes", `${when}don't ask`), when);
}

function sharedOptions(command: Command): Command {
  command
    .option(
      "--expect <plan>",
      "do only what was reviewed: a file of --out (repeatable; the rest is left out, exit 6), or a hash (all or nothing)",
      collectRepeated,
    )
    .option("--adopt", "adopt existing integrations that differ from the file, and update them")
    .option("--allow-replace", "create a new integration if a field that can't change differs")
    .option(
      "--recreate <key>",
      "create a new integration for KEY, if the locked one can't be found, or if it isn't known what an interrupted apply created (repeatable)",
      collectRepeated,
    )
    .option("--prune", "delete locked integrations that are no longer in the file, and superseded ones")
    .option(
      "--max-deletions <n>",
      "refuse to delete or replace more than N locked integrations (default: 30 %, at least 2, never all)",
      wholeNumberParser(0),
    )
    .option(
      "--resend <key>",
      "send the values that the API doesn't return again: KEY, KEY.FIELD or '*' (repeatable)",
      collectRepeated,
    )
    .option(
      "--assume-sent [key]",
      "only record in the lockfile that the present values are the live ones: of KEY, a glob, or all",
    )
    .option("--only <key...>", "restrict the run to these keys or globs")
    .option("--exclude <key>", "leave out these keys or globs (repeatable)", collectRepeated)
    .option(
      "--report <file>",
      `also write the report to FILE, by its ending: ${REPORT_ENDINGS} (repeatable)`,
      collectReports,
    )
    .addOption(formatOption(["text", "json", "markdown", "github"]));
  return withCommonOptions(command, "with-files");
}

function collectReports(file: string, before: readonly string[] = []): readonly string[] {
  if (reportKindOf(file) === undefined) throw new InvalidArgumentError(`Its ending must be ${REPORT_ENDINGS}.`);
  return collectRepeated(file, before);
}

const PLAN_ONLY = ["drift", "out", "offline", "detailedExitcode", "base", "allowLockfileEdits"];

/** Options that say what a plan may do or what it is compared with. They have no effect on a report of drift. */
const NOT_WITH_DRIFT = [
  "offline",
  "expect",
  "base",
  "allowLockfileEdits",
  "detailedExitcode",
  "adopt",
  "allowReplace",
  "recreate",
  "prune",
  "maxDeletions",
  "resend",
  "assumeSent",
];

const APPLY_ONLY = ["yes", "settle", "lockTimeout"];

const DEFAULT_FILE = "integrations.yaml";

interface SyncArguments extends Omit<CommonArguments, "file"> {
  readonly file?: readonly string[];
  readonly report?: readonly string[];
  readonly plan?: boolean;
  readonly apply?: boolean;
  readonly detailedExitcode?: boolean;
  readonly out?: string;
  readonly offline?: boolean;
  readonly base?: string;
  readonly allowLockfileEdits?: boolean;
  readonly expect?: readonly string[];
  readonly yes?: boolean;
  readonly adopt?: boolean;
  readonly allowReplace?: boolean;
  readonly prune?: boolean;
  readonly maxDeletions?: number;
  readonly recreate?: readonly string[];
  readonly settle?: number;
  readonly lockTimeout?: number;
  readonly resend?: readonly string[];
  readonly only?: readonly string[];
  readonly exclude?: readonly string[];
  readonly drift?: boolean;
  readonly assumeSent?: string | true;
  readonly format: "text" | "json" | "markdown" | "github";
}

function syncOptions(given: SyncArguments, io: Io): SyncOptions {
  const { maxDeletions, assumeSent } = given;
  const files = given.file ?? [DEFAULT_FILE];
  const common = {
    ...workspaceOptions({ ...given, file: files[0] ?? DEFAULT_FILE }, io),
    files,
    reports: [...new Set(given.report)],
    format: given.format,
    expect: [...new Set(given.expect)],
    flags: {
      adopt: given.adopt ?? false,
      allow_replace: given.allowReplace ?? false,
      prune: given.prune ?? false,
      ...(maxDeletions === undefined ? {} : { max_deletions: maxDeletions }),
      ...(given.recreate === undefined ? {} : { recreate: [...new Set(given.recreate)].toSorted() }),
      resend: [...new Set(given.resend)].toSorted(),
      only: [...new Set(given.only)].toSorted(),
      ...(given.exclude === undefined ? {} : { exclude: [...new Set(given.exclude)].toSorted() }),
      ...(given.drift ? { drift: true as const } : {}),
      ...(assumeSent === undefined ? {} : { assume_sent: assumeSent === true ? "*" : assumeSent }),
    },
  };
  if (given.apply) {
    const { yes = false, settle = given.timeout, lockTimeout = 0 } = given;
    return { ...common, out: undefined, mode: "apply", yes, settleSeconds: settle, lockTimeoutSeconds: lockTimeout };
  }
  const { detailedExitcode = false, offline = false, out, base, allowLockfileEdits = false } = given;
  return { ...common, mode: "plan", detailedExitcode, offline, out, base, allowLockfileEdits };
}
