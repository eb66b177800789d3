import type { CodeEntries } from "./code-entry.ts";

/** Codes about variables of the environment, and the values that they hold. */
export const VARIABLE_CODES = {
  "missing-value": {
    means: "A value that has to be sent isn't here: its variable is not set.",
    todo: "Set the variable, or name a file with --secrets-file.",
  },
  "empty-variable": {
    means: "A variable that the file refers to is set, but empty. No credential is empty.",
    todo: "Set it to the value, or unset it.",
  },
  "unreadable-variable": {
    means: "NAME_FILE names a file that can't be read.",
    todo: "Correct the path or the permissions.",
  },
  "surrounding-space": {
    means: "A value begins or ends with white space. Often that came with a copy, and the service refuses it.",
    todo: "Remove it where the variable is set, unless it belongs to the value.",
  },
  "unresolved-placeholder": {
    means: "A variable holds a placeholder that a secret manager should have replaced by the value.",
    todo: "Run the command through the tool that the message names. --as-is NAME sends the text as it is.",
  },
  "reserved-variable": {
    means:
      "The file refers to a variable that is this tool's own, such as its token. It is never sent to an integration.",
    todo: "Refer to another variable.",
  },
  "ci-variable": {
    means: "The file refers to a variable that a CI system sets for itself. A pull request could send it elsewhere.",
    todo: "Use another variable. If this one is intended, name it in full in BUDDY_INTEGRATIONS_VARIABLES.",
  },
  "unlisted-variable": {
    means:
      "BUDDY_INTEGRATIONS_VARIABLES lists the variables that the file may refer to, and this one isn't among them.",
    todo: "If the file may send it, add it to the list, in the settings of the CI.",
  },
  "credential-file": {
    means:
      "The file refers to $NAME. The variable NAME_FILE, which could name a file with its value, is one that another tool uses for its own credential file. So that file isn't read.",
    todo: "Set the variable itself, or refer to a variable of another name.",
  },
  "weak-key": {
    means:
      "BUDDY_INTEGRATIONS_KEY can't be used as the key for fingerprints: it is too short, too simple, or neither hex nor base64.",
    todo: "Make one with `openssl rand -base64 32`, and keep it with your other secrets.",
  },
} satisfies CodeEntries;
