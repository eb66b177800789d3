import type { CodeEntry } from "../model/codes/code-entry.ts";
import type { Action } from "./change.ts";
import type { SendReason, WhyUncompared } from "./field-change.ts";

/** What a plan would do with an integration. */
export const ACTION_WORDS = {
  create: {
    means: "The file wants it, and no live one was found.",
    todo: "If one exists already, adopt it: `lifecycle.import: HASH`.",
  },
  adopt: {
    means: "It exists in the workspace and is recorded in the lockfile as it is. Nothing is sent.",
    todo: "If it is refused because it differs, look at the differences and use --adopt.",
  },
  conflict: {
    means:
      "Several live integrations match what the file wants, or the only match can't be adopted. A conflict is never applied.",
    todo: "Name the right one with `lifecycle.import: HASH`, or give the new one another `identifier`.",
  },
  update: {
    means: "A field that the file names differs. Only such fields are sent.",
    todo: "Each field shows why it is sent: `explain drift`, `explain rotated`.",
  },
  replace: {
    means:
      "A field that can't change differs. A new integration is created, with a new hash; the old one stays until `--prune`.",
    todo: "It needs --allow-replace. Then correct pipelines with `refs --write`.",
  },
  rename: {
    means: "The key changes (`lifecycle.moved_from`), the integration doesn't.",
    todo: "Nothing. `moved_from` can be removed after the apply.",
  },
  record: {
    means: "Only the lockfile changes. Nothing is sent.",
    todo: "Nothing. Commit the lockfile after the apply.",
  },
  delete: {
    means: "It is locked and no longer in the file, or was replaced: `--prune` deletes it from the workspace.",
    todo: "To keep it, write its block again, or remove it from management with `lifecycle.on_remove: retain` first.",
  },
  orphan: {
    means: "It is locked and no longer in the file. Without --prune it is left alone.",
    todo: "Delete it with --prune, or write its block again.",
  },
  forget: {
    means:
      "It is dropped from the lockfile, and nothing else: it is gone already, or `lifecycle.on_remove` is `retain`.",
    todo: "Nothing. Commit the lockfile after the apply.",
  },
  keep: { means: "There is nothing to do.", todo: "Nothing." },
} satisfies Readonly<Record<Action, CodeEntry>>;

/** Why a field is sent. */
export const REASON_WORDS = {
  edited: { means: "The file changed.", todo: "Nothing: this is what you requested." },
  drift: {
    means: "The workspace changed since it was last sent, for example by hand in the web page. The file wins.",
    todo: "If the workspace is right, write its value into the file.",
  },
  rotated: {
    means: "The value of a reference changed: its fingerprint isn't the one that was last sent.",
    todo: "Nothing: the new value is sent.",
  },
  "never-sent": {
    means: "The API never returns this field, we never sent it, and its value is here.",
    todo: "If the workspace has the right value already, sending it changes nothing.",
  },
  resend: {
    means: "`lifecycle.rotate` changed, or --resend asks for it.",
    todo: "Nothing: this is what you requested.",
  },
} satisfies Readonly<Record<SendReason, CodeEntry>>;

/** Why a field can't be compared. It isn't a change, but it is counted. */
export const UNCOMPARED_WORDS = {
  "no-value": { means: "The variable isn't set here.", todo: "Set it where changes of its value should be noticed." },
  "no-fingerprint": {
    means: "It was last sent without a key for fingerprints.",
    todo: "Set BUDDY_INTEGRATIONS_KEY. A --resend then records the fingerprint.",
  },
  "no-key": {
    means: "It has a fingerprint, and there is no key to compare it with.",
    todo: "Set BUDDY_INTEGRATIONS_KEY.",
  },
  "other-key": {
    means: "Its fingerprint was made with another key.",
    todo: "Use the same BUDDY_INTEGRATIONS_KEY everywhere.",
  },
  "not-shown": {
    means: "The API's response doesn't show everything that would have to be sent with it.",
    todo: "Use a token that may see the people, groups and pipelines.",
  },
  offline: {
    means: "Neither the file nor the lockfile has it, and the workspace wasn't read.",
    todo: "Plan with a token and without --offline.",
  },
} satisfies Readonly<Record<WhyUncompared, CodeEntry>>;
