import type { CodeEntries } from "./code-entry.ts";

/** Codes about the lockfile, the journal and the run lock. */
export const LOCKFILE_CODES = {
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
    means: "The lockfile could not be written at the end of an apply, or somebody else changed it since it was read.",
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
  "interrupted-update": {
    means:
      "An earlier apply was interrupted while it sent values that the API never returns. It isn't known which value the integration has.",
    todo: "Apply: it sends what the file wants. Then the lockfile is right again.",
  },
  "unfinished-apply": {
    means: "The journal holds creations of an interrupted apply, so some integrations may belong to keys already.",
    todo: "Run `apply` first: it finds these integrations and records them in the lockfile.",
  },
} satisfies CodeEntries;
