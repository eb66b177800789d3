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

/** `plan`: another name of `sync --plan`. */
export function definePlan(program: Command, io: Io, run: DeferCommand): void {
  const command = program.command("plan").description("show what an apply would change; change nothing");
  planOptions(command, "");
  defineMode(sharedOptions(command), "plan", { io, run });
}

/** `apply`: another name of `sync --apply`. */
export function defineApply(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("apply")
    .description("make the workspace match the file, and write the lockfile (asks first on a terminal)");
  applyOptions(command, "");
  defineMode(sharedOptions(command), "apply", { io, run });
}

export function defineSync(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("sync")
    .description("the same as plan (--plan) and apply (--apply)")
    .option("--plan", "show what would change; change nothing")
    .option("--apply", "make the changes (asks first on a terminal)");
  planOptions(command, "with --plan: ");
  applyOptions(command, "with --apply: ");
  sharedOptions(command).action(() => {
    const given = command.opts<SyncArguments>();
    if (Boolean(given.plan) === Boolean(given.apply)) command.error("error: sync needs either --plan or --apply");
    if (given.apply) refuseOptions(command, ["out", "offline", "detailedExitcode"], "--apply");
    if (given.plan) refuseOptions(command, ["yes"], "--plan");
    run(syncOptions(given, io), loadSync);
  });
}

function defineMode(
  command: Command,
  mode: "plan" | "apply",
  { io, run }: { readonly io: Io; readonly run: DeferCommand },
): void {
  command.action(() => {
    run(syncOptions({ ...command.opts<SyncArguments>(), [mode]: true }, io), loadSync);
  });
}

async function loadSync() {
  return (await import("../commands/sync.ts")).sync;
}

function planOptions(command: Command, when: string): void {
  command
    .option("--detailed-exitcode", `${when}exit 2 when there are changes`)
    .option("--out <file>", `${when}write the plan to a file, for --expect`)
    .option("--offline", `${when}plan from the lockfile alone, without a token`);
}

function applyOptions(command: Command, when: string): void {
  command.option("--yes", `${when}don't ask`);
}

function sharedOptions(command: Command): Command {
  command
    .option("--expect <plan>", "go on only if the plan is the reviewed one: a file of --out, or sha256:…")
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
  return withCommonOptions(command);
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
