import type { Command } from "commander";
import type { Io } from "../io.ts";
import { formatOption, withLookUpOptions, workspaceOptions, type CommonArguments } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";

export function defineDoctor(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("doctor")
    .description("check the token, the workspace and the files, and say what to do")
    .addOption(formatOption(["text", "json"]));
  withLookUpOptions(command).action(() => {
    const { format, ...given } = command.opts<CommonArguments & { readonly format: "text" | "json" }>();
    const options = { ...workspaceOptions(given, io), format, version: program.version() ?? "" };
    run(options, async () => (await import("../commands/doctor.ts")).doctor);
  });
}
