import type { Command } from "commander";
import { withItsOptions } from "./deferred-options.ts";

/** `help` and `help COMMAND`: the same as `--help`. */
export function defineHelp(program: Command): void {
  program
    .command("help")
    .description("print this help, or that of a command")
    .argument("[command]", "the command")
    .action((name: string | undefined) => {
      if (name === undefined) program.help();
      const found = program.commands.find((command) => command.name() === name);
      if (found !== undefined) withItsOptions(found).help();
      program.error(`error: unknown command '${name}'`, { code: "commander.unknownCommand" });
    });
}
