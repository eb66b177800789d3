import type { CodeEntries } from "./code-entry.ts";

/** Codes about the command line, the environment, the API and the files that a run keeps. */
export const RUN_CODES = {
  bug: {
    means: "Something happened that this tool didn't expect.",
    todo: "Please report it with the text that was printed. The lockfile and the journal hold what was done.",
  },
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
  "unfinished-apply": {
    means: "The journal holds creations of an interrupted apply, so some integrations may belong to keys already.",
    todo: "Run `apply` first: it finds these integrations and records them in the lockfile.",
  },
  "no-workspace": {
    means: "No workspace is named.",
    todo: "Name it with --workspace, with `workspace:` in the file, or with BUDDY_WORKSPACE.",
  },
  "wrong-workspace": {
    means: "The workspace's name isn't a handle: 4 to 100 of a-z, 0-9, `_` and `-`.",
    todo: "Copy the handle from the address of the web page: app.buddy.works/HANDLE.",
  },
  "several-workspaces": {
    means: "The lockfile holds several workspaces, and nothing says which one is meant.",
    todo: "Name it with --workspace, and with --api if it is on several hosts.",
  },
  "unknown-workspace": {
    means: "The lockfile has no section for the workspace that was named.",
    todo: "Correct --workspace or --api. A first apply adds the section.",
  },
  "wrong-api": {
    means: "The API's base URL can't be used.",
    todo: "It is https://api.buddy.works, https://api.eu.buddy.works, https://api.asia.buddy.works, or https://HOST/api for your own installation.",
  },
  "unconfirmed-host": {
    means:
      "Only a file of the repository names this host. The token would go wherever a pull request says, so it is not sent there.",
    todo: "If the host is right, name it outside of the repository too: with --api, BUDDY_BASE_URL or BUDDY_API_ENDPOINT.",
  },
  "target-disagrees": {
    means: "The file, the environment and the options name different hosts.",
    todo: "Make them equal, or say which one is meant with --api.",
  },
  "several-hosts": {
    means: "The files of a run are for several API hosts, and one run has one token for one host.",
    todo: "Run once for each host.",
  },
  "shared-lockfile": {
    means: "Two files of a run would have one lockfile.",
    todo: "Give the files other names, or leave one of them out.",
  },
  "identifier-in-two-files": {
    means: "Two files of a run describe one integration: the same identifier, scope and project of one workspace.",
    todo: "Leave it in one of the files. The other forgets it, and nothing is deleted.",
  },
  "workspace-not-allowed": {
    means: "BUDDY_INTEGRATIONS_WORKSPACES lists the workspaces that a run may work on, and this one isn't among them.",
    todo: "If the workspace is the intended one, add it to the variable. Otherwise correct the file.",
  },
  "no-token": {
    means: "No API token was given.",
    todo: "Create one in Buddy's web page (My profile → API tokens), and set BUDDY_TOKEN, or BUDDY_TOKEN_FILE with the name of a file that holds it.",
  },
  "wrong-token": {
    means: "The token has characters that no token has, such as a line end or white space.",
    todo: "Copy it again, without quotes and white space.",
  },
  "wrong-proxy": {
    means: "The address of the proxy (HTTPS_PROXY, HTTP_PROXY) can't be used.",
    todo: "Write it as http://HOST:PORT. Percent-encode special characters of a password.",
  },
  "weak-key": {
    means:
      "BUDDY_INTEGRATIONS_KEY can't be used as the key for fingerprints: it is too short, too simple, or neither hex nor base64.",
    todo: "Make one with `openssl rand -base64 32`, and keep it with your other secrets.",
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
  declined: {
    means: "You answered no, so nothing was changed.",
    todo: "To make the change, run the command again and answer y, or pass --yes.",
  },
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
  interrupted: {
    means: "The run was interrupted while it read the workspace. Nothing was changed.",
    todo: "Run it again.",
  },
  "another-run": {
    means: "Another run is working with this lockfile.",
    todo: "Wait until it ends. The lock of a run that died expires after 30 s.",
  },
  "apply-running": {
    means: "An apply is running on this checkout, so the plan shows a workspace that is being changed.",
    todo: "Plan again when the apply has ended.",
  },
  "taken-over": {
    means: "This run lost its run lock, for example because the machine was suspended. Another run may be active.",
    todo: "Wait for the other run, then apply again: the journal holds what this run created.",
  },
  "token-refused": {
    means: "The server refused the token in the middle of an apply. What was done is in the lockfile.",
    todo: "Apply again with a new token to do the rest.",
  },
  unwritable: {
    means: "A file that has to be written can't be written.",
    todo: "The message has the system's reason: correct the permissions, or make room.",
  },
  "unreadable-lock": {
    means: "The lockfile is there, but it can't be read.",
    todo: "Correct the permissions. Don't delete it: it holds the hashes.",
  },
  "lock-damaged": {
    means: "The lockfile isn't as this tool writes it.",
    todo: "Restore it from git. Don't delete it: integrations that it forgets are only found again by their identifiers.",
  },
  "lock-conflict": {
    means: "The lockfile holds the markers of a merge conflict.",
    todo: "Take the side of the branch that apply runs on (usually main), then apply: integrations that only the other side had are found again by identifier.",
  },
  "lock-newer": {
    means: "A newer version of this tool wrote the lockfile.",
    todo: "Upgrade buddy-integrations. The lockfile was left as it is.",
  },
  "lock-older": {
    means:
      "An older version of this tool wrote the lockfile. It doesn't say which variable each reference was sent from.",
    todo: "The message says how to get a lockfile of this version. Keep the old one until that is done.",
  },
  "lockfile-edited": {
    means: "The lockfile differs from the one at the merge base: the pull request edits it.",
    todo: "Remove the edits from the branch. If they are intended and reviewed, pass `--allow-lockfile-edits`, which only lists them.",
  },
  "no-base": {
    means:
      "The lockfile of --base can't be read: git or the commit is missing, the branches have nothing in common, a tag has the branch's name, or the lockfile is in a submodule or behind a link.",
    todo: "Fetch the branch with the command that is shown, name it in full (refs/remotes/origin/main), and run the command in a clone.",
  },
  "tracked-file": {
    means: "Git tracks a journal or a run lock. Somebody may have planted it, so it is refused.",
    todo: "Remove it with the command that is shown, and keep it in .gitignore.",
  },
  "journal-unverified": {
    means:
      "Git can't say whether the journal is a file of the repository. So the journal isn't trusted: its creations are only looked up.",
    todo: "Run this in a clone, with git installed.",
  },
  "lock-other-host": {
    means: "The lockfile holds this workspace on another host.",
    todo: "Check the API's base URL. If the other host is the intended one, name it with --api: then it gets its own section.",
  },
  "lock-unwritten": {
    means: "The lockfile could not be written at the end of an apply.",
    todo: "Remove the cause and apply again. Keep the journal: it holds every hash.",
  },
  unrecorded: {
    means: "The lockfile could not be written. This hash belongs in it.",
    todo: "Apply again. If the journal is lost, run the command that is shown.",
  },
  "journal-damaged": {
    means: "The journal of an interrupted run can't be read.",
    todo: "Apply. The journal is moved aside, and what the interrupted run created is found by its identifier. Nothing is created twice.",
  },
  "journal-stays": {
    means: "The journal is no longer needed, but it can't be removed.",
    todo: "Correct the permissions of its folder. The next apply removes it.",
  },
  "interrupted-create": {
    means: "An earlier apply was interrupted while it created this integration.",
    todo: "Apply: it adopts what was created, or creates it.",
  },
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
  "unknown-name": {
    means:
      "The name of a person, a group, a pipeline, or an integration in a pipeline file matches nothing that is known.",
    todo: "Correct the name. Names that the token's owner may not see are unknown, too.",
  },
  "ambiguous-name": {
    means: "A name matches several things.",
    todo: "Give the number (`id`) instead. For `refs --format env`, rename one of the two keys.",
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
  owned: {
    means: "The hash belongs to a key already, or to an apply that was interrupted.",
    todo: "To rename an integration, write the new key with `lifecycle.moved_from`. After an interruption, apply.",
  },
  gone: {
    means: "The workspace has no integration with this hash, or the token's owner can't see it.",
    todo: "Check the hash, the workspace and the token.",
  },
  "api-unauthorized": {
    means: "The server refused the token (401): it is wrong, expired or revoked, or belongs to another region.",
    todo: "Check BUDDY_TOKEN and the API's base URL.",
  },
  "api-forbidden": {
    means:
      "The server refused the request (403): the token lacks a scope, its owner lacks a right, or the workspace's API is disabled.",
    todo: "The message names the scope that is probably missing. An administrator enables the API in the workspace's settings.",
  },
  "api-not-found": {
    means: "The server doesn't know the workspace or project, or the token's owner may not see it.",
    todo: "Check the workspace's name and the API's base URL.",
  },
  "api-rejected": {
    means: "The server rejected the request as invalid. Nothing was changed by it.",
    todo: "The message has the server's explanation.",
  },
  "api-rate-limited": {
    means: "The server allows no more requests for now (429), for longer than --max-wait.",
    todo: "Try again later, allow more with --max-wait, or send less at once with --concurrency.",
  },
  "api-server-error": {
    means: "The server failed (5xx), and retries failed too.",
    todo: "Try again later. A creation may have succeeded anyway: the next apply finds it.",
  },
  "api-redirected": {
    means: "The server redirects to another address. The token is not sent there.",
    todo: "If that is where the API is, make it the base URL.",
  },
  "api-unreadable": {
    means: "The response isn't one of the API. It may be a web page, for example.",
    todo: "Check the API's base URL, and whether a proxy intercepts the request.",
  },
  "api-network": {
    means:
      "There was no response: the host is unknown, the connection was refused or cut, or its certificate isn't trusted.",
    todo: "Check the address, the network and the proxy. For your own certificate authority, set NODE_EXTRA_CA_CERTS.",
  },
  "api-timeout": {
    means: "There was no complete response in time.",
    todo: "Try again, or wait longer with --timeout.",
  },
  "api-interrupted": {
    means: "The run was interrupted before the request was sent.",
    todo: "Run it again.",
  },
} satisfies CodeEntries;
