import type { ConsoleOptions } from "../commands/console.ts";
import type { CommandFunction } from "../commands/session.ts";

/** Takes the parsed command and its options. The command is loaded, with the rest of the program, when parsing is over. */
export type DeferCommand = <Options extends ConsoleOptions>(
  options: Options,
  load: () => Promise<CommandFunction<Options>>,
) => void;
