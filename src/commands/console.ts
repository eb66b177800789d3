import type { HttpEvent } from "../api/http/events.ts";
import type { Io } from "../io.ts";
import { harmlessOutput } from "../model/printable.ts";

export interface ConsoleOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

/** What is said on stderr while a command works. */
export interface CommandConsole {
  /** Said always. */
  say(line: string): void;
  /** Left out with `--quiet`. */
  note(line: string): void;
  /** Long waits are said without `--quiet`, everything else only with `--verbose`. */
  event(event: HttpEvent): void;
}

export function createConsole({ quiet, verbose }: ConsoleOptions, { stderr }: Pick<Io, "stderr">): CommandConsole {
  const say = (line: string): void => {
    stderr.write(`${harmlessOutput(line, "without-colors")}\n`);
  };
  return {
    say,
    note: (line) => {
      if (!quiet) say(line);
    },
    event: (event) => {
      const isLongWait = event.kind === "waiting" && (event.why === "rate-limit" || event.ms >= 1_000);
      if (verbose || (isLongWait && !quiet)) say(eventLine(event));
    },
  };
}

/** An event of the client in one line. */
function eventLine(event: HttpEvent): string {
  switch (event.kind) {
    case "answered": {
      const id = event.requestId === undefined ? "" : ` (request ${event.requestId})`;
      return `${event.method} ${event.path} ${event.status} ${Math.round(event.ms)} ms${id}`;
    }
    case "lost":
      return `${event.method} ${event.path} ${event.code} ${Math.round(event.ms)} ms`;
    case "waiting": {
      const seconds = Math.max(1, Math.ceil(event.ms / 1000));
      const why = event.why === "rate-limit" ? ": the API's rate limit is used up" : ", then trying again";
      return `waiting ${seconds} s${why}`;
    }
    default:
      return event satisfies never;
  }
}
