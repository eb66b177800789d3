/** What an option or an argument takes, if it isn't one of a few choices. `free`: nothing can be proposed. */
export type ValueKind =
  | "files"
  | "keys"
  | "resend"
  | "types"
  | "terms"
  | "projects"
  | "variables"
  | "commands"
  | "free";

export const OPTION_VALUES: Readonly<Record<string, ValueKind>> = {
  "--file": "files",
  "--lockfile": "files",
  "--secrets-file": "files",
  "--out": "files",
  "--report": "files",
  "--expect": "files",
  "--data": "files",
  "--seed": "files",
  "--log": "files",
  "--only": "keys",
  "--exclude": "keys",
  "--key": "keys",
  "--resend": "resend",
  "--type": "types",
  "--project": "projects",
  "--as-is": "variables",
  "--assume-sent": "keys",
  "--recreate": "keys",
  "--base": "free",
  "--workspace": "free",
  "--api": "free",
  "--concurrency": "free",
  "--timeout": "free",
  "--max-wait": "free",
  "--max-deletions": "free",
  "--settle": "free",
  "--lock-timeout": "free",
  "--port": "free",
  "--latency": "free",
  "--lag": "free",
  "--commit-delay": "free",
  "--rate-limit": "free",
  "--expire-after": "free",
  "--hide": "free",
  "--fault": "free",
};

/** The kinds of values of arguments, by command and argument. */
export const ARGUMENT_VALUES: Readonly<Record<string, ValueKind>> = {
  "validate file": "files",
  "refs pipeline": "files",
  "render report": "files",
  "import key": "keys",
  "import integration": "free",
  "show name": "keys",
  "explain name": "terms",
  "help command": "commands",
};

/** For options whose choices depend on other options, so that the parser doesn't list them. */
export const OPTION_CHOICES: Readonly<Record<string, readonly string[]>> = {
  "refs --format": ["table", "json", "yaml", "env", "text", "github"],
};
