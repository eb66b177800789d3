import type { Command } from "commander";
import { withItsOptions } from "./deferred-options.ts";

/**
 * The arguments without the values of unknown options. The parser would repeat them in its message, and they may be a
 * token that somebody tried to pass (`--token=…`, `-t…`).
 */
export function withoutStrayValues(argv: readonly string[], program: Command): string[] {
  const called = program.commands.find(
    (command) => command.name() === argv.find((argument) => !argument.startsWith("-")),
  );
  const options = called === undefined ? [] : withItsOptions(called).options;
  const takingValues = new Set(options.filter((option) => option.required || option.optional).map(({ long }) => long));
  const end = argv.indexOf("--");
  return argv.map((argument, index) => {
    if (end !== -1 && index >= end) return argument;
    const [name = ""] = argument.split("=", 1);
    if (name.startsWith("--")) return takingValues.has(name) ? argument : name;
    return /^-[A-Za-z]/.test(argument) ? argument.slice(0, 2) : argument;
  });
}
