import type { CodeEntries } from "./code-entry.ts";

/** Codes about `integrations.yaml` and other texts that can't be read. */
export const FILE_CODES = {
  "missing-file": {
    means: "A file that was named, or integrations.yaml itself, doesn't exist.",
    todo: "Check the path and the folder that the command runs in. Name the file with --file. `init` makes a first one.",
  },
  "unreadable-file": {
    means: "A file exists, but it can't be read: it is a folder, its permissions forbid it, or it isn't text.",
    todo: "The message has the system's reason. Correct the path or the permissions.",
  },
  "empty-file": {
    means: "The file holds only white space and comments.",
    todo: "Write at least `version: 1` and `integrations: {}`.",
  },
  "too-large": {
    means: "A file is larger than this tool reads, or holds too many values.",
    todo: "Check whether it is the right file. Split it, with one file for each workspace.",
  },
  "too-deep": {
    means: "Maps and lists are nested deeper than any integration needs.",
    todo: "Check the indentation: a block may be inside another by mistake.",
  },
  "not-utf8": {
    means: "A file, or the value of a variable that the file refers to, isn't UTF-8 text.",
    todo: "Save the file as UTF-8. Encode binary values, for example in base64, where the service takes that.",
  },
  "control-character": {
    means: "The file holds a character that can't be printed and has no place in text.",
    todo: "Remove it. Often it came with a copy from a terminal or a web page.",
  },
  syntax: {
    means: "The text isn't valid YAML.",
    todo: "The message shows the place. Most often it is indentation, a missing quote or a missing colon.",
  },
  "several-documents": {
    means: "The file holds several YAML documents, separated by `---`.",
    todo: "Keep one document in the file.",
  },
  alias: {
    means: "A YAML alias (`*name`) names an anchor that isn't above it, or that contains the alias itself.",
    todo: "Define the anchor (`&name`) before it is used. Keys that begin with `x-` are a place for anchors.",
  },
  "alias-explosion": {
    means: "YAML aliases stand for more values than any real file has.",
    todo: "Remove aliases that are nested in one another.",
  },
  merge: {
    means: "The YAML merge key `<<` stands for something other than a map.",
    todo: "Write `<<: *anchor`, or a list of such aliases.",
  },
  directive: {
    means: "The file has a YAML directive (`%…`). They aren't supported.",
    todo: "Remove the line.",
  },
  tag: {
    means: "The file has a YAML tag (`!…`). They aren't supported.",
    todo: "Remove the tag. Put text that begins with `!` in quotes.",
  },
  "duplicate-key": {
    means: "A map has the same key twice. YAML readers disagree about which one counts.",
    todo: "Keep one of the two.",
  },
  "non-string-key": {
    means: "A key is a number, a list or a map. Keys must be text.",
    todo: "Put the key in quotes.",
  },
  "forbidden-key": {
    means: "`__proto__` can't be a key.",
    todo: "Choose another name.",
  },
  "merge-conflict": {
    means: "The file holds the markers of a merge conflict.",
    todo: "Resolve the conflict in git, then run the command again.",
  },
  "not-a-map": {
    means: "The file, or a part of it, is a list or a single value where a map of names to values is needed.",
    todo: "Write `name: value` lines.",
  },
  "null-value": {
    means: "A name has nothing after it. `null` is only for dropping a default.",
    todo: "Write a value, or remove the line.",
  },
  "no-integrations": {
    means:
      "`integrations:` has nothing after it. That could be a mistake, or it could mean that all integrations should be removed.",
    todo: "Write the integrations, or `integrations: {}` for none.",
  },
  "unknown-field": {
    means: "A map has a field that it can't have.",
    todo: "Correct the name. `explain FIELD` shows what a field is. Put a field that the API has and this tool doesn't know under `extra`.",
  },
  "missing-field": {
    means: "A required field is missing.",
    todo: "Add it, in the integration or in `defaults`.",
  },
  "bad-key": {
    means: "A key has characters that it can't have.",
    todo: "A key is letters, digits, `_` and `-`, and begins with a letter.",
  },
  "wrong-value": {
    means: "A value has the right kind, but not a form that the field takes.",
    todo: "The message says what the field takes; `explain FIELD` says more.",
  },
  "wrong-type": {
    means: "A value has the wrong kind, such as a number where text is needed.",
    todo: "Put text that looks like a number or a word such as `yes` in quotes; write numbers and true or false without quotes.",
  },
  "unknown-type": {
    means:
      "The type isn't one that this version knows. It is an error if it differs from a known type only in case, underscores or one letter, and a warning otherwise.",
    todo: "Correct its spelling. If Buddy has this new type, apply: the warning ends when one is locked.",
  },
  "unknown-auth-type": {
    means: "Buddy doesn't document this `auth_type` for this type, so the fields that it needs aren't checked.",
    todo: "Check the spelling. `explain TYPE` lists the documented ways.",
  },
  "azure-type": {
    means: "AZURE is the classic type. It takes no service principal, although Buddy's own example shows one.",
    todo: "Write AZURE_CLOUD.",
  },
  "unused-field": {
    means: "The type isn't known to use this field. The server may ignore or refuse it.",
    todo: "Remove it, or check the type. `explain TYPE` lists the fields that the type takes.",
  },
  "missing-credentials": {
    means: "The integration has none of the complete sets of credentials that its type takes.",
    todo: "Add the fields that the message names. For credentials that were made in the web page write `lifecycle: { credentials: unmanaged }`.",
  },
  "unmanaged-credentials": {
    means:
      "`lifecycle.credentials: unmanaged` says that the credentials are made in the web page. Then the file can't hold any, and the integration can only be adopted, not created.",
    todo: "Remove the credentials from the file, or manage them. Create the integration in Buddy's web page, then adopt it.",
  },
  "removed-scope": {
    means: "Buddy removed this scope in July 2024.",
    todo: "Use WORKSPACE or PROJECT, and say under `permissions` who may use the integration.",
  },
  "needless-project": {
    means: "`project_name` is only for the scope PROJECT.",
    todo: "Remove it, write `scope: PROJECT`, or drop a default with `project_name: null`.",
  },
  "environment-scope": {
    means: "The API can't create integrations of the scope ENVIRONMENT. They can be adopted and kept.",
    todo: "Create it in the environment's web page, then adopt it with `lifecycle.import: HASH`.",
  },
  "which-one": {
    means: "An entry of a list of pipelines, persons or groups doesn't say which one it is, or says it in two ways.",
    todo: "Name it in one of the ways that the message lists, such as `id`.",
  },
  "duplicate-item": {
    means: "A list names the same pipeline, person or group twice.",
    todo: "Keep one of the two.",
  },
  "duplicate-identifier": {
    means:
      "Two integrations of the same scope and project would have the same identifier. Pipelines couldn't tell them apart.",
    todo: "Change one key or one `identifier`.",
  },
  "duplicate-import": {
    means: "Two keys import the same integration.",
    todo: "Keep one of them: an integration of the workspace has one key.",
  },
  "moved-from-existing": {
    means: "`lifecycle.moved_from` names a key that the file still has.",
    todo: "It holds only former keys. Remove this key from it, or remove the key's own block.",
  },
  "duplicate-moved-from": {
    means: "A former key is named twice in `lifecycle.moved_from`.",
    todo: "Keep it under the one integration that had this key.",
  },
  "duplicate-removed": {
    means: "`removed` names a key twice.",
    todo: "Keep one of the two.",
  },
  "removed-and-wanted": {
    means: "A key is in `removed`, and the file still wants its integration, under this key or a new one.",
    todo: "Remove its block to drop it from management, or remove the key from `removed` to keep it.",
  },
  hyphen: {
    means: "A key or an identifier ends with a hyphen. Buddy may refuse that.",
    todo: "Choose a name that ends with a letter or digit.",
  },
  "known-extra": {
    means: "`extra` holds a field that this tool knows. It would be sent without any check.",
    todo: "Write the field beside `extra`.",
  },
  "literal-secret": {
    means: "A secret is written into the file in plain text.",
    todo: "Put the value into an environment variable and write `$NAME`. If the text was ever committed, replace the secret: it is in git's history.",
  },
  "credentials-in-url": {
    means: "An address holds a user name and a password.",
    todo: "Put the whole address into an environment variable and write `$NAME`.",
  },
  "bad-reference": {
    means: "A text begins with `$`, but isn't a reference.",
    todo: "Write only `$NAME` or `${NAME}`. Write `$$` for a `$` that is text.",
  },
  "public-reference": {
    means:
      "`name`, `note` and `agent_note` can be read by everybody who sees the integration, so a reference there is refused.",
    todo: "Write the text itself. `$$` at the beginning stands for a `$`.",
  },
  "ambiguous-escape": {
    means: "A value in a secrets file has a backslash that dotenv readers read in different ways.",
    todo: "Write the value in single quotes, or put it into a file that NAME_FILE names.",
  },
  "unclosed-quote": {
    means: "A quote in a secrets file is never closed.",
    todo: "Close it. The message shows where it opens.",
  },
  "not-an-assignment": {
    means: "A line of a secrets file isn't `NAME=VALUE`.",
    todo: "Correct the line. Put values of several lines in quotes.",
  },
  "cut-short": {
    means: "A `#` in a value of a secrets file would end the value there.",
    todo: "Put the value in quotes, or write a space before a `#` that begins a comment.",
  },
} satisfies CodeEntries;
