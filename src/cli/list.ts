import type { Command } from "commander";
import type { Io } from "../io.ts";
import { formatOption, withLookUpOptions, workspaceOptions, type CommonArguments } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

interface ListArguments extends CommonArguments {
  readonly unmanaged?: boolean;
  readonly type?: string;
  readonly project?: string;
  readonly format: "text" | "json";
}

export function defineList(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("list")
    .description("list all integrations of the workspace, with their keys; those without a key are unmanaged");
  deferOptions(command, () => {
    command
      .option("--unmanaged", "only those that the lockfile doesn't have")
      .option("--type <type>", "only this type, such as GIT_HUB")
      .option("--project <project>", "only what belongs to this project")
      .addOption(formatOption(["text", "json"]));
    withLookUpOptions(command).action(() => {
      const { unmanaged = false, type, project, format, ...given } = command.opts<ListArguments>();
      const options = { ...workspaceOptions(given, io), unmanaged, type, project, format };
      run(options, async () => (await import("../commands/list.ts")).list);
    });
  });
}
