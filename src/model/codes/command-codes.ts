import type { CodeEntries } from "./code-entry.ts";

/** Codes about the arguments of a command, and about what it finds or may write. */
export const COMMAND_CODES = {
  "bad-arguments": {
    means: "The command line can't be understood.",
    todo: "`help` lists the commands, and `help COMMAND` the options of one.",
  },
  "no-match": {
    means: "A key, a glob or a variable that an option names matches nothing, so the option would silently do nothing.",
    todo: "Correct the name. `list` shows the keys.",
  },
  "unknown-key": {
    means: "Neither the file nor the lockfile has this key.",
    todo: "Correct the key. `list` shows all keys.",
  },
  "unknown-term": {
    means: "There is no type, field or code with this name.",
    todo: "Correct its spelling. `explain` without a name lists everything that it knows.",
  },
  "not-found": {
    means: "No key, hash or identifier has this name, in the files or in the parts of the workspace that were read.",
    todo: "Correct the name, or check whether the token's owner may see the project. An integration of the scope ENVIRONMENT is found by its hash only.",
  },
  "several-matches": {
    means: "The identifier belongs to several integrations.",
    todo: "Name one of them by its hash.",
  },
  "unlisted-projects": {
    means: "The token may not list projects, so only those that the file and the lockfile name were read.",
    todo: "Name another one with --project, or give the token the scope PROJECT_READ (before August 2026: WORKSPACE).",
  },
  "file-exists": {
    means: "A file that would be written already exists. `export` and `init` never replace a file.",
    todo: "Name another file with --out, or let `export --append` add to it.",
  },
  "no-place": {
    means:
      "Integrations can't be added to the file without rewriting it, for example because `integrations` is an alias.",
    todo: "Write `integrations:` as a plain map, or add the block that `import --print` shows by hand.",
  },
  "not-exported": {
    means:
      "`export` found an integration for which no valid block can be written, for example because Buddy has removed its scope.",
    todo: "You don't have to do anything: it stays as it is. To export it, change it in Buddy first.",
  },
  declined: {
    means: "You answered no, so nothing was changed.",
    todo: "To make the change, run the command again and answer y, or pass --yes.",
  },
  owned: {
    means: "The hash belongs to a key already, or to an apply that was interrupted.",
    todo: "To rename an integration, write the new key with `lifecycle.moved_from`. After an interruption, apply.",
  },
  gone: {
    means: "The workspace has no integration with this hash, or the token's owner can't see it.",
    todo: "Check the hash, the workspace and the token.",
  },
} satisfies CodeEntries;
