import type { Change, PlanWarning } from "../change.ts";

/** What an offline plan can't know of these changes. */
export function offlineWarnings(changes: readonly Change[]): PlanWarning[] {
  return changes.flatMap((change): PlanWarning[] => {
    const message = offlineMessage(change);
    return message === undefined
      ? []
      : [{ code: "offline", key: change.key, message, hint: "plan with a token and without --offline to see it" }];
  });
}

function offlineMessage(change: Change): string | undefined {
  switch (change.action) {
    case "create":
      return "isn't in the lockfile; whether it exists already, and would be adopted, can't be seen offline";
    case "adopt":
      return "whether it exists, and what differs from the file, can't be seen offline";
    case "delete":
      return "whether it still exists, as the lockfile has it, can't be seen offline";
    case "replace":
      return "what the new one would take over from the live one can't be seen offline";
    case "update":
    case "keep":
      return change.unknown.some(({ path }) => path === "scope" || path === "project_name")
        ? "the lockfile doesn't know its scope or project; whether they differ can't be seen offline"
        : undefined;
    case "conflict":
    case "rename":
    case "record":
    case "orphan":
    case "forget":
      return undefined;
    default:
      return change satisfies never;
  }
}
