import type { Command } from "commander";
import type { Io } from "../io.ts";
import { withCommonOptions, workspaceOptions, type CommonArguments } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";

export function defineImport(program: Command, io: Io, run: DeferCommand): void {
  withCommonOptions(program.command("import"))
    .description("take an existing integration into the lockfile, under a key of the file")
    .argument("<key>", "its key in the file; if the file has no such key, the block to add is printed")
    .argument("<hash>", "the integration's hash_id")
    .action((key: string, hash: string, _: unknown, command: Command) => {
      const options = { ...workspaceOptions(command.opts<CommonArguments>(), io), key, hashId: hash };
      run(options, async () => (await import("../commands/import.ts")).importIntegration);
    });
}
