import type { Command } from "commander";
import type { Io } from "../io.ts";
import { formatOption, withLookUpOptions, workspaceOptions, type CommonArguments } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

interface DoctorArguments extends CommonArguments {
  readonly format: "text" | "json";
  readonly probe?: boolean;
  readonly project?: string;
  readonly yes?: boolean;
}

export function defineDoctor(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("doctor")
    .description("check the token, the workspace and the files, and say what to do");
  deferOptions(command, () => {
    command
      .option("--probe", "create throwaway integrations, to check that the workspace behaves as this tool assumes")
      .option("--project <name>", "with --probe: the only project in which it creates anything")
      .option("--yes", "with --probe: don't ask")
      .addOption(formatOption(["text", "json"]));
    withLookUpOptions(command).action(() => {
      const { format, probe, project, yes = false, ...given } = command.opts<DoctorArguments>();
      if (!probe && (project !== undefined || yes)) {
        command.error(`error: ${yes ? "--yes" : "--project"} needs --probe`);
      }
      if (probe && (project === undefined || project === "")) {
        command.error("error: --probe needs --project NAME, the only project in which it creates anything");
      }
      const options = {
        ...workspaceOptions(given, io),
        format,
        version: program.version() ?? "",
        probe: probe ? { project: project ?? "", yes } : undefined,
      };
      run(options, async () => (await import("../commands/doctor.ts")).doctor);
    });
  });
}
