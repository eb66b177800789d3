import type { ExitCode } from "../exit.ts";

/** Takes what the command line asked for; it is run when parsing is over, and loads the rest of the program only then. */
export type DeferCommand = (action: () => Promise<ExitCode>) => void;
