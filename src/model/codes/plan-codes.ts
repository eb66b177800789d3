import type { CodeEntries } from "./code-entry.ts";

/** Codes of refusals and warnings of a plan. */
export const PLAN_CODES = {
  "needs-adopt": {
    means: "An integration that exists already would be adopted, and it differs from the file.",
    todo: "Look at the differences. `--adopt` adopts it, and updates it to match the file.",
  },
  "needs-allow-replace": {
    means: "`type`, `scope` and `project_name` can't change. The change needs a new integration, with a new hash.",
    todo: "`--allow-replace` allows that. Pipelines that use the old hash are corrected with `refs --write`.",
  },
  protected: {
    means: "`lifecycle.protect: true` forbids deleting or replacing this integration.",
    todo: "If it may be deleted or replaced, write `protect: false`, apply that first, and then make the change.",
  },
  threshold: {
    means:
      "The run would delete or replace more integrations than usual. Often the file is empty by mistake, or is the wrong file.",
    todo: "If all of these changes are intended, allow the number with --max-deletions.",
  },
  "lock-mismatch": {
    means: "The hash in the lockfile belongs to an integration of another type or place. It is not touched.",
    todo: "Compare the lockfile with the one in git. Somebody may have edited it.",
  },
  "roles-unseen": {
    means:
      "New AWS credentials would be sent without `role_assumptions`, which the API never shows. Roles that were set in the web page would be lost.",
    todo: "Name `role_assumptions` in the file, with every role. `[]` says that there are none.",
  },
  "journal-claim": {
    means: "According to the journal, an interrupted apply created an integration. The workspace doesn't confirm it.",
    todo: "If an integration of the workspace is the created one, write `lifecycle.import` with its hash. Otherwise remove the lines of this key from the journal.",
  },
  drift: {
    means: "A field was changed in the workspace since the last apply.",
    todo: "Apply to put it back, or take the new value into the file.",
  },
  "wanted-elsewhere": {
    means:
      "The deletion is refused: another file of this run may adopt the integration, or can't be planned. Or one half of a move between two files is refused, since the other file can't do its half now.",
    todo: "See what is wrong with the other file, then plan again.",
  },
  "needs-recreate": {
    means:
      "The integration of a key can't be found (404). Either it was deleted, or this token can't see it. If it still exists, a new one would be a duplicate.",
    todo: "If it was deleted, allow a new one with `--recreate KEY`, or with `lifecycle.recreate: HASH` in the file. Otherwise use a token whose owner can see it.",
  },
  "doubtful-creation": {
    means:
      "The answer to a creation was lost, and a new integration has its type and name but another identifier. Whether that is the created one isn't known.",
    todo: "If it is, run `buddy-integrations import KEY HASH`. If it is not, apply with `--recreate KEY`.",
  },
  "unseen-limits": {
    means:
      "The limits of the old integration can't be read, so its replacement could be open to more people or pipelines.",
    todo: "Write `permissions` or `allowed_pipelines` in the file, or use a token that can read them.",
  },
  "unreadable-project": {
    means:
      "The integrations of a project can't be read, so it isn't known whether one exists already. Only the keys of this project are refused.",
    todo: "Check `project_name`, and whether the token's owner may see the project.",
  },
  conflict: {
    means:
      "Several integrations match what the file wants, the only match can't be adopted, or a key would get the identifier that another key has, or would get, in the same scope and project.",
    todo: "Say which one is meant with `lifecycle.import: HASH`, or give the new one another `identifier`.",
  },
  "not-reviewed": {
    means:
      "No reviewed plan of --expect shows this change: the file, the workspace or the lockfile changed since. What was reviewed is applied, and this is left out.",
    todo: "Plan again without --expect, and have the rest reviewed. A later apply expects both plans, or the new one alone.",
  },
  namesake: {
    means: "An integration of the same type and name exists in another scope or project. It is not the same one.",
    todo: "If it is the intended one, write `lifecycle.import` with its hash, scope and project.",
  },
  "unowned-twin": {
    means:
      "An integration of the same type and name exists in the same place, with another identifier, and belongs to no key. An earlier run may have made it on a server that changes identifiers.",
    todo: "If it is the intended one, run `buddy-integrations import KEY HASH` instead of creating another one.",
  },
  "adopts-forgotten": {
    means:
      "A key takes over an integration that the same plan drops from the lockfile under another key (`removed`, or `on_remove: retain`). A dropped integration belongs to nobody, so a key that names its identifier finds it.",
    todo: "If only the key changes, write `lifecycle.moved_from: [OLD_KEY]` instead. If the integration should be left alone, give the new key another `identifier`.",
  },
  duplicate: {
    means: "Two live integrations have the same identifier, type, scope and project. The key keeps the locked one.",
    todo: "See which one pipelines use, and delete the other one in Buddy's web page.",
  },
  "looks-like-a-rename": {
    means: "One key is new and another one is gone. Perhaps one integration was renamed.",
    todo: "If so, write `lifecycle.moved_from: [OLD_KEY]`: the integration then keeps its hash.",
  },
  "unresolved-creation": {
    means:
      "An earlier apply was interrupted while it created an integration that the file no longer has. The integration may exist.",
    todo: "Write its block again with `lifecycle.import` and the right hash, or delete it in Buddy's web page.",
  },
  "not-assumed": {
    means: "`--assume-sent` names this integration, but can't record that the value of a reference is the live one.",
    todo: "The message has the reason. If another value was sent under the current key, name the exact key: `--assume-sent KEY`.",
  },
  "pending-pipeline": {
    means: "`allowed_pipelines` names a pipeline that doesn't exist yet.",
    todo: "Create the pipeline first, or correct its name.",
  },
  "open-to-everyone": {
    means: "A new integration will be usable by everyone and by all pipelines, which is the server's default.",
    todo: "Limit it with `permissions`, or with `all_pipelines_allowed: false` and `allowed_pipelines`.",
  },
  "environment-permissions": {
    means: "The permissions of an integration of the scope ENVIRONMENT come from its environment.",
    todo: "Remove `permissions`, or write `permissions: null` if they come from `defaults`.",
  },
  "new-oidc-subject": {
    means: "The integration gets a new OIDC subject, and the cloud's trust policy names the old one.",
    todo: "Update the trust policy before pipelines use the new one. The integration's web page shows the subject.",
  },
  disabled: {
    means: "The integration is disabled in the workspace: no action can use it.",
    todo: "Enable it in Buddy's web page.",
  },
  "locks-out": {
    means:
      "The permissions would take MANAGE from the user whose token this is. Later runs couldn't change the integration.",
    todo: "Give that user MANAGE, in `permissions.users` or as one of the admins.",
  },
  "breaks-git-link": {
    means:
      "A project's link to its Git provider uses an integration that would be deleted or replaced. The API can't change that link.",
    todo: "Change the link in the project's settings first.",
  },
  "breaks-pipeline": {
    means: "A pipeline file refers to a hash or an identifier that this plan removes.",
    todo: "After the apply, `refs --write` corrects references to what was replaced. Remove those to what was deleted.",
  },
  "returned-reference": {
    means: "The value of a variable is sent in a field that everybody who sees the integration can read.",
    todo: "Use only values that everybody there may read, or write the text itself.",
  },
  offline: {
    means: "The plan was made from the lockfile alone. What the message names can only be known from the workspace.",
    todo: "Plan with a token and without --offline.",
  },
} satisfies CodeEntries;
