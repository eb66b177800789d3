import type { HttpEvent } from "../api/http/events.ts";
import type { Io } from "../io.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { harmlessOutput, visibleText } from "../model/printable.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import type { ProgressLine } from "./progress.ts";

export interface ConsoleOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

/** What a command writes to stderr while it works. */
export interface CommandConsole {
  /** Writes a line, also with `--quiet`. */
  say(line: string): void;
  /** Writes a line, except with `--quiet`. */
  note(line: string): void;
  /**
   * Writes each problem once, even if it is passed several times. With `--quiet` only errors are written.
   * @param heading the file that the problems are about; written above them, if there are any
   */
  problems(diagnostics: readonly Diagnostic[], heading?: string): void;
  /** Undefined where no progress is shown, such as in CI. */
  readonly progress: ProgressLine | undefined;
  /** Writes long waits, except with `--quiet`, and all other events only with `--verbose`. */
  event(event: HttpEvent): void;
}

export function createConsole(
  { quiet, verbose, color }: ConsoleOptions,
  { stderr }: Pick<Io, "stderr">,
  progress?: ProgressLine,
): CommandConsole {
  const said = new WeakSet<Diagnostic>();
  const say = (line: string): void => {
    stderr.write(`${harmlessOutput(line, "without-colors")}\n`);
  };
  return {
    say,
    note: (line) => {
      if (!quiet) say(line);
    },
    problems: (diagnostics, heading) => {
      const shown = diagnostics.filter((each) => !said.has(each) && (!quiet || each.severity === "error"));
      for (const each of shown) said.add(each);
      if (shown.length > 0 && heading !== undefined) say(`${visibleText(heading)}:`);
      const columns = stderr.isTTY ? stderr.columns : undefined;
      if (shown.length > 0) stderr.write(renderDiagnostics(shown, "text", { color, columns }));
    },
    progress,
    event: (event) => {
      if (event.kind === "waiting") progress?.paused(event.ms, event.why, event.why === "retry" ? event.after : "");
      const isLongWait = event.kind === "waiting" && (event.why === "rate-limit" || event.ms >= 1_000);
      if (verbose || (isLongWait && !quiet && progress === undefined)) say(eventLine(event));
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
      if (event.why === "rate-limit") return `waiting ${seconds} s: the API's rate limit is used up`;
      return `waiting ${seconds} s to send ${event.method} ${event.path} again: ${event.after}`;
    }
    default:
      return event satisfies never;
  }
}
