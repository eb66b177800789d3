import { Argument, type Command, type Option } from "commander";
import type { ConsoleOptions } from "../commands/console.ts";
import type { CommandShape, OptionShape, ProgramShape } from "../completion/command-shape.ts";
import { COMPLETE_COMMAND, SHELLS, type Shell } from "../completion/scripts.ts";
import type { DeferCommand } from "./defer-command.ts";
import { withItsOptions } from "./deferred-options.ts";

/** Prints only candidates, since a shell reads the output. */
const SILENT: ConsoleOptions = { quiet: true, verbose: false, color: false };

export function defineCompletion(program: Command, run: DeferCommand): void {
  program
    .command("completion")
    .description("print the script that completes commands, options, files and keys in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .action((shell: Shell) => {
      run({ ...SILENT, shell }, async () => (await import("../commands/completion.ts")).completion);
    });
  program
    .command(COMPLETE_COMMAND, { hidden: true })
    .argument("[words...]")
    .action((words: string[]) => {
      const options = { ...SILENT, words, program: programShape(program) };
      run(options, async () => (await import("../commands/complete.ts")).complete);
    });
}

/** The defined commands as plain data. */
export function programShape(program: Command): ProgramShape {
  const commands = program.commands.filter((command) => command.name() !== COMPLETE_COMMAND);
  return {
    options: program.options.map(optionShape).concat(HELP),
    commands: commands.map((command) => commandShape(withItsOptions(command))),
  };
}

function commandShape(command: Command): CommandShape {
  return {
    name: command.name(),
    description: command.description(),
    options: command.options.map(optionShape).concat(HELP),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      isVariadic: argument.variadic,
      choices: argument.argChoices ?? [],
    })),
  };
}

const HELP: OptionShape = { name: "--help", description: "print this help", values: "none", choices: [] };

function optionShape({ long, description, required, optional, variadic, argChoices }: Option): OptionShape {
  return {
    name: long ?? "",
    description,
    values: !required && !optional ? "none" : variadic ? "several" : "one",
    choices: argChoices ?? [],
  };
}
