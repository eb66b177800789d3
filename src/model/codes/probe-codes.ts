import type { CodeEntries } from "./code-entry.ts";

/** Codes about `doctor --probe`. */
export const PROBE_CODES = {
  "probe-refused": {
    means:
      "A probe of the workspace did not begin: nobody confirmed it, or this token might not be able to remove what the probe creates.",
    todo: "The message says which. `--yes` begins without asking; otherwise use a token of an administrator that may read, create and delete integrations.",
  },
  "probe-project": {
    means: "The project that a probe should work in can't be read, or doesn't exist. Nothing was created.",
    todo: "Correct --project: it is the project's name as in the address of its web page. Check whether the token's owner may see it.",
  },
  "probe-stopped": {
    means: "A probe of the workspace ended before its last step, so some rows of its table say nothing.",
    todo: "The message says at which step. What was created is removed, or named. Run the probe again when the cause is gone.",
  },
  "probe-leftover": {
    means:
      "An integration that a probe created is still there, or may be. It holds made-up credentials and is closed to everybody except administrators.",
    todo: "Run `doctor --probe` again, which offers to remove it, or delete it in Buddy's web page.",
  },
} satisfies CodeEntries;
