import type { Command } from "commander";
import type { SyncOptions } from "../commands/sync.ts";
import type { Io } from "../io.ts";
import {
  collectRepeated,
  formatOption,
  refuseOptions,
  wholeNumberParser,
  withCommonOptions,
  workspaceOptions,
  type CommonArguments,
} from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";

export function defineSync(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("sync")
    .description("bring the workspace to what the file says, and write the lockfile")
    .option("--plan", "show what would change; change nothing")
    .option("--apply", "make the changes (asks first on a terminal)")
    .option("--detailed-exitcode", "with --plan: exit 2 when there are changes")
    .option("--out <file>", "with --plan: write the plan to a file, for --expect")
    .option("--offline", "with --plan: plan from the lockfile alone, without a token")
    .option("--expect <plan>", "go on only if the plan is the reviewed one: a file of --out, or sha256:…")
    .option("--yes", "with --apply: don't ask")
    .option("--adopt", "take over existing integrations that differ from the file")
    .option("--allow-replace", "make a new integration where a field that can't change differs")
    .option("--prune", "delete what is locked and no longer in the file, and superseded integrations")
    .option(
      "--max-deletions <n>",
      "how many locked integrations may be deleted or replaced (default: 30 %, or 2, but not all)",
      wholeNumberParser(0),
    )
    .option("--resend <key>", "send write-only values again: KEY, KEY.FIELD or '*' (repeatable)", collectRepeated)
    .option("--only <key...>", "restrict the run to these keys or globs")
    .addOption(formatOption(["text", "json", "markdown", "github"]));
  withCommonOptions(command).action(() => {
    const given = command.opts<SyncArguments>();
    if (Boolean(given.plan) === Boolean(given.apply)) command.error("error: sync needs either --plan or --apply");
    if (given.apply) refuseOptions(command, ["out", "offline", "detailedExitcode"], "--apply");
    if (given.plan) refuseOptions(command, ["yes"], "--plan");
    if (given.offline)
      refuseOptions(command, ["concurrency", "timeout", "maxWait"], "--offline, which sends no request");
    run(syncOptions(given, io), async () => (await import("../commands/sync.ts")).sync);
  });
}

interface SyncArguments extends CommonArguments {
  readonly plan?: boolean;
  readonly apply?: boolean;
  readonly detailedExitcode?: boolean;
  readonly out?: string;
  readonly offline?: boolean;
  readonly expect?: string;
  readonly yes?: boolean;
  readonly adopt?: boolean;
  readonly allowReplace?: boolean;
  readonly prune?: boolean;
  readonly maxDeletions?: number;
  readonly resend?: readonly string[];
  readonly only?: readonly string[];
  readonly format: "text" | "json" | "markdown" | "github";
}

function syncOptions(given: SyncArguments, io: Io): SyncOptions {
  const { maxDeletions } = given;
  const common = {
    ...workspaceOptions(given, io),
    format: given.format,
    expect: given.expect,
    flags: {
      adopt: given.adopt ?? false,
      allow_replace: given.allowReplace ?? false,
      prune: given.prune ?? false,
      ...(maxDeletions === undefined ? {} : { max_deletions: maxDeletions }),
      resend: [...new Set(given.resend)].toSorted(),
      only: [...new Set(given.only)].toSorted(),
    },
  };
  if (given.apply) return { ...common, mode: "apply", yes: given.yes ?? false };
  const { detailedExitcode = false, offline = false, out } = given;
  return { ...common, mode: "plan", detailedExitcode, offline, out };
}
