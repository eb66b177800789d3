import { Option, type Command } from "commander";
import type { RefsOptions } from "../commands/refs.ts";
import type { Io } from "../io.ts";
import { refuseOptions, withCommonOptions, workspaceOptions, type CommonArguments } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

interface RefsArguments extends CommonArguments {
  readonly check?: boolean;
  readonly write?: boolean;
  readonly usages?: boolean;
  readonly key?: string;
  readonly style?: "identifier" | "hash";
  readonly dryRun?: boolean;
  readonly format?: string;
  readonly allowNone?: boolean;
  readonly live?: boolean;
  readonly project?: string;
}

const HASH_FORMATS = ["table", "json", "yaml", "env"] as const;
const USAGE_FORMATS = ["table", "json", "yaml"] as const;
const CHECK_FORMATS = ["text", "json", "github"] as const;

export function defineRefs(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("refs")
    .description("list the hashes for pipelines, or check and fix what pipeline files refer to")
    .argument("[pipeline...]", "the pipeline files (default: buddy.yml, and all .yml and .yaml files in .buddy/)");
  deferOptions(command, () => {
    command
      .option("--check", "report references that are superseded, gone or unknown")
      .option("--write", "replace keys and superseded hashes by the current ones")
      .option("--usages", "list where each integration is used, and which are used nowhere")
      .option("--key <key>", "print only the hash of one integration")
      .addOption(
        new Option("--style <style>", "with --write: turn all references into this kind").choices([
          "identifier",
          "hash",
        ]),
      )
      .option("--dry-run", "with --write: show the changes as a diff")
      .option("--allow-none", "with --check: succeed without a pipeline file")
      .option("--live", "with --usages: also ask the API for Git links, and for pipelines made in the web page")
      .option("--project <name>", "the project of the pipelines (default: BUDDY_PROJECT_NAME_ID)")
      .option("--format <format>", "how to print: table, json, yaml or env; with --check: text, json or github");
    withCommonOptions(command).action((files: string[]) => {
      const given = command.opts<RefsArguments>();
      const job = refsJob(given, command);
      refuseMeaningless(job, files, command);
      const options: RefsOptions = { ...workspaceOptions(given, io), files, job, project: given.project };
      run(options, async () => (await import("../commands/refs.ts")).refs);
    });
  });
}

function refsJob(given: RefsArguments, command: Command): RefsOptions["job"] {
  const { check, write, usages, key, style, dryRun, format, allowNone, live } = given;
  const asked = [check, write, usages, key !== undefined].filter(Boolean);
  if (asked.length > 1) command.error("error: refs takes one of --check, --write, --usages and --key");
  if (!write && (style !== undefined || dryRun)) command.error("error: --style and --dry-run need --write");
  if (!check && allowNone) command.error("error: --allow-none needs --check");
  if (!usages && live) command.error("error: --live needs --usages");
  if (key !== undefined) return { kind: "key", key };
  if (write) return { kind: "write", dryRun: dryRun ?? false, style };
  if (check) {
    return {
      kind: "check",
      format: chooseFormat(CHECK_FORMATS, format ?? "text", command),
      allowNone: allowNone ?? false,
    };
  }
  if (!usages) return { kind: "list", format: chooseFormat(HASH_FORMATS, format ?? "table", command) };
  return { kind: "usages", format: chooseFormat(USAGE_FORMATS, format ?? "table", command), live: live ?? false };
}

/** An option without effect in a mode is a mistake, so it is refused. */
function refuseMeaningless(job: RefsOptions["job"], files: readonly string[], command: Command): void {
  const mode = job.kind === "list" ? "the list of hashes" : `--${job.kind}`;
  const readsFiles = job.kind === "check" || job.kind === "write" || job.kind === "usages";
  const asks = job.kind === "check" || (job.kind === "usages" && job.live);
  // Hashes and names don't depend on values of variables.
  refuseOptions(command, ["secretsFile", "asIs"], "refs");
  if (job.kind === "key" || job.kind === "write") refuseOptions(command, ["format"], mode);
  if (!readsFiles) refuseOptions(command, ["project"], mode);
  if (!asks) {
    const why =
      job.kind === "usages" ? "--usages without --live, which sends no request" : `${mode}, which sends no request`;
    refuseOptions(command, ["concurrency", "timeout", "maxWait"], why);
  }
  if (!readsFiles && files.length > 0)
    command.error(`error: pipeline files can be used with --check, --write and --usages, not with ${mode}`);
}

function chooseFormat<T extends string>(formats: readonly T[], format: string, command: Command): T {
  const found = formats.find((known) => known === format);
  return found ?? command.error(`error: --format takes ${formats.join(", ")} here`);
}
