import { Option, type Command } from "commander";
import type { InitOptions } from "../commands/init.ts";
import type { Io } from "../io.ts";
import { withCommonOptions, workspaceOptions, type CommonArguments } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

type InitArguments = CommonArguments & Partial<Pick<InitOptions, "region" | "ci" | "credentials">>;

export function defineInit(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("init")
    .description("begin: write a new file, or export the workspace; never replace a file");
  deferOptions(command, () => {
    command
      .addOption(
        new Option("--region <region>", "the region of the workspace").choices(["us", "eu", "asia"]).conflicts("api"),
      )
      .addOption(
        new Option(
          "--credentials <who>",
          "whether the file manages credentials (default: those whose variables have values)",
        ).choices(["managed", "unmanaged"]),
      )
      .addOption(
        new Option("--ci <system>", "also write the recipe for this CI").choices(["github", "gitlab", "buddy"]),
      );
    withCommonOptions(command).action(() => {
      const { region, ci, credentials, ...given } = command.opts<InitArguments>();
      const options: InitOptions = { ...workspaceOptions(given, io), region, ci, credentials };
      run(options, async () => (await import("../commands/init.ts")).init);
    });
  });
}
