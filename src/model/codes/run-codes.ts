import type { CodeEntries } from "./code-entry.ts";

/** Codes about a run as a whole: the reviewed plan that it expects, what in the workspace stops it, and how it ended. */
export const RUN_CODES = {
  bug: {
    means: "Something happened that this tool didn't expect.",
    todo: "Please report it with the text that was printed. The lockfile and the journal hold what was done.",
  },
  "wrong-plan": {
    means:
      "The file of --expect isn't a report of a plan, comes from another version, or holds a plan that was refused as a whole.",
    todo: "Write the report with `plan --out FILE`, and review it again.",
  },
  "stale-plan": {
    means:
      "The plan's hash isn't the reviewed one, or a reviewed plan was made for another workspace, host or flags, or when the lockfile had entries.",
    todo: "Apply with the same workspace, host and flags, or plan again and have it reviewed again.",
  },
  "wrong-report": {
    means: "The file isn't a report of plan or apply, or another version wrote it, or it was edited.",
    todo: "Name a file that `--out` or `--report x.json` wrote, unchanged.",
  },
  "change-failed": {
    means: "A planned change was not carried out, because the workspace or this machine isn't as the plan needs it.",
    todo: "The message says why. Plan again.",
  },
  "not-started": {
    means: "A planned change was not started: the run was interrupted, or the token was refused.",
    todo: "Apply again: the next run plans what is left.",
  },
  interrupted: {
    means: "The run was interrupted while it read the workspace. Nothing was changed.",
    todo: "Run it again.",
  },
  "token-refused": {
    means: "The server refused the token in the middle of an apply. What was done is in the lockfile.",
    todo: "Apply again with a new token to do the rest.",
  },
  "all-gone": {
    means:
      "Every locked integration seems to be gone. More likely, this is the wrong workspace, or the token can't see them.",
    todo: "Check the workspace and the token. If they were deleted on purpose, remove this workspace's section from the lockfile.",
  },
  contradiction: {
    means: "The API lists integrations and also says that they don't exist. Nothing was changed.",
    todo: "Try again in a while.",
  },
  "unknown-name": {
    means:
      "The name of a person, a group, a pipeline, or an integration in a pipeline file matches nothing that is known.",
    todo: "Correct the name. Names that the token's owner may not see are unknown, too.",
  },
  "ambiguous-name": {
    means: "A name matches several things.",
    todo: "Give the number (`id`) instead. For `refs --format env`, rename one of the two keys.",
  },
} satisfies CodeEntries;
