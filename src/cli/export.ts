import { Option, type Command } from "commander";
import type { ExportOptions } from "../commands/export/export-options.ts";
import type { Io } from "../io.ts";
import { collectRepeated, withCommonOptions, workspaceOptions, type CommonArguments } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

interface ExportArguments extends Omit<CommonArguments, "file"> {
  readonly out: string;
  readonly append?: boolean;
  readonly only?: readonly string[];
  readonly type?: string;
  readonly project?: string;
  readonly names?: boolean;
  readonly credentials?: "managed" | "unmanaged";
}

export function defineExport(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("export")
    .description("write a file and a lockfile that adopt what is in the workspace, and change nothing");
  deferOptions(command, () => {
    command
      .option("--out <file>", "the file to write; it must not exist", "integrations.yaml")
      .option("--append", "add to an existing file what it doesn't have yet")
      .option("--only <glob>", "only these keys (repeatable)", collectRepeated)
      .option("--type <type>", "only this type, such as GIT_HUB")
      .option("--project <project>", "only what belongs to this project")
      .option("--names", "write names of people, groups and pipelines instead of numbers")
      .addOption(
        new Option(
          "--credentials <who>",
          "whether the file manages credentials (default: those whose variables have values)",
        ).choices(["managed", "unmanaged"]),
      );
    withCommonOptions(command, "without-file").action(() => {
      const {
        out,
        append = false,
        only = [],
        names = false,
        credentials,
        type,
        project,
        ...given
      } = command.opts<ExportArguments>();
      const options: ExportOptions = {
        ...workspaceOptions({ ...given, file: out }, io),
        append,
        only,
        type,
        project,
        names,
        credentials: credentials ?? "if-known",
      };
      run(options, async () => (await import("../commands/export.ts")).exportWorkspace);
    });
  });
}
