import { COMPLETION_SCRIPTS, type Shell } from "../completion/scripts.ts";
import type { EndReason } from "../exit.ts";
import type { ConsoleOptions } from "./console.ts";
import type { Session } from "./session.ts";

export interface CompletionOptions extends ConsoleOptions {
  readonly shell: Shell;
}

/** `completion SHELL`: prints the script that the shell evaluates. */
export function completion({ io, options }: Session<CompletionOptions>): Promise<readonly EndReason[]> {
  io.stdout.write(COMPLETION_SCRIPTS[options.shell]);
  return Promise.resolve([]);
}
