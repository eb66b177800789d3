import type { Command } from "commander";
import type { Io } from "../io.ts";
import { formatOption, refuseOptions, wantsColor, withOutputOptions } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

interface ValidateArguments {
  readonly format: "text" | "json" | "github";
  readonly color: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly variables?: boolean;
}

export function defineValidate(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("validate")
    .description("check files against the schema and the rules; needs no token and no values")
    .argument("[file...]", "the files to check (default: integrations.yaml)");
  deferOptions(command, () =>
    withOutputOptions(command)
      .addOption(formatOption(["text", "json", "github"]))
      .option("--variables", "list the variables that the files refer to; problems go to stderr")
      .action((files: string[], given: ValidateArguments) => {
        const { format, color, quiet = false, verbose = false, variables = false } = given;
        if (format === "github") refuseOptions(command, ["variables"], "--format github");
        const options = { files, format, color: wantsColor(color, io), quiet, verbose, variables };
        run(options, async () => (await import("../commands/validate.ts")).validate);
      }),
  );
}
