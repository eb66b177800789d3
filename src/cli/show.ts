import type { Command } from "commander";
import type { Io } from "../io.ts";
import { formatOption, withLookUpOptions, workspaceOptions, type CommonArguments } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

export function defineShow(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("show")
    .description("show one integration: the live fields beside those of the file")
    .argument("<name>", "its key, hash or identifier");
  deferOptions(command, () =>
    withLookUpOptions(command.addOption(formatOption(["text", "json"]))).action((name: string) => {
      const { format, ...given } = command.opts<CommonArguments & { readonly format: "text" | "json" }>();
      run(
        { ...workspaceOptions(given, io), name, format },
        async () => (await import("../commands/show.ts")).showIntegration,
      );
    }),
  );
}
