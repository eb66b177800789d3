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
      return "isn't in the lockfile; an offline plan doesn't show whether it exists already and would be adopted";
    case "adopt":
      return "an offline plan doesn't show whether it exists, and what differs from the file";
    case "delete":
      return "an offline plan doesn't show whether it still exists as the lockfile has it";
    case "replace":
      return "an offline plan doesn't show what the new one would copy from the live one";
    case "update":
    case "keep":
      return change.unknown.some(({ path }) => path === "scope" || path === "project_name")
        ? "the lockfile doesn't have its scope or project, so an offline plan doesn't show whether they differ"
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
