/** What `system-preload.mjs` does to the program. */
export interface SystemFaults {
  /** Kills it with SIGKILL at this boundary, counted from 1. */
  readonly killAt?: number;
  /** File that gets a line for each boundary. */
  readonly log?: string;
  readonly fail?: readonly SystemFailure[];
}

/** An operation of the file system that fails. */
interface SystemFailure {
  readonly operation: "open" | "append" | "write" | "create" | "flush" | "truncate" | "link" | "rename" | "remove";
  /** Part of the path; of the new one for renames. */
  readonly path: string;
  /** Such as ENOSPC. */
  readonly code: string;
  readonly words?: string;
  /** Not the first so many. */
  readonly after?: number;
  /** No more than so many. */
  readonly times?: number;
  /** Writes half of the text first, as a disk does that fills up. */
  readonly half?: true;
  /** Ends the program instead. */
  readonly kill?: true;
}
