import type { ConsoleOptions } from "../commands/console.ts";
import type { CommandFunction } from "../commands/session.ts";

/** Takes what the command line asked for. The command is loaded, with the rest of the program, when parsing is over. */
export type DeferCommand = <Options extends ConsoleOptions>(
  options: Options,
  load: () => Promise<CommandFunction<Options>>,
) => void;
