import { Option, type Command } from "commander";
import type { Io } from "../io.ts";
import { withCommonOptions, workspaceOptions, type CommonArguments } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

interface ImportArguments extends CommonArguments {
  readonly print?: boolean;
  readonly credentials?: "managed" | "unmanaged";
}

export function defineImport(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("import")
    .description("add an existing integration to the file and the lockfile")
    .argument("<key>", "its key; if the file has no such key, its block is added")
    .argument("<integration>", "the integration's hash_id or identifier");
  deferOptions(command, () =>
    withCommonOptions(command)
      .option("--print", "only print the block, and write nothing")
      .addOption(
        new Option(
          "--credentials <who>",
          "whether a new block manages credentials (default: yes, except for AMAZON)",
        ).choices(["managed", "unmanaged"]),
      )
      .action((key: string, name: string) => {
        const { print = false, credentials, ...given } = command.opts<ImportArguments>();
        const options = { ...workspaceOptions(given, io), key, name, print, credentials };
        run(options, async () => (await import("../commands/import.ts")).importIntegration);
      }),
  );
}
