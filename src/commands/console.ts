import type { HttpEvent } from "../api/http/events.ts";
import type { Io } from "../io.ts";
import { visibleLines, withoutRunnerCommands } from "../model/printable.ts";

export interface ConsoleOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

/** What is said on stderr while a command works. */
export interface CommandConsole extends ConsoleOptions {
  /** Said always. */
  say(line: string): void;
  /** Kept back with `--quiet`. */
  note(line: string): void;
  event(event: HttpEvent): void;
}

/** @param lineOf an event of the client in one line; those that aren't waits are said with `--verbose` only. */
export function createConsole(options: ConsoleOptions, io: Io, lineOf: (event: HttpEvent) => string): CommandConsole {
  const say = (line: string): void => {
    io.stderr.write(`${withoutRunnerCommands(visibleLines(line))}\n`);
  };
  return {
    ...options,
    say,
    note: (line) => {
      if (!options.quiet) say(line);
    },
    event: (event) => {
      const isLongWait = event.kind === "waiting" && (event.why === "rate-limit" || event.ms >= 1_000);
      if (options.verbose || (isLongWait && !options.quiet)) say(lineOf(event));
    },
  };
}
