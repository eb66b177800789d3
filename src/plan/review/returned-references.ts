import type { IntegrationWithIds } from "../../model/integration.ts";
import { Secret } from "../../model/secret.ts";
import { apiField, isReturned } from "../compare/comparable.ts";
import type { Change, PlanWarning } from "../change.ts";

/** References that this change sends in fields that the API returns: their values become readable there. */
export function returnedReferenceWarnings(change: Change, desired: IntegrationWithIds | undefined): PlanWarning[] {
  if (desired === undefined || change.refused !== undefined) return [];
  return changedFields(change, desired).flatMap((path): PlanWarning[] => {
    const value = desired.fields.get(path);
    if (!(value instanceof Secret) || !isReturned(path)) return [];
    return [
      {
        code: "returned-reference",
        key: change.key,
        path,
        message: `the value of $${value.variable} is sent as ${path}, where everybody who sees the integration can read it`,
        hint: "refer only to what everybody there may read, or write the text itself",
      },
    ];
  });
}

function changedFields(change: Change, desired: IntegrationWithIds): readonly string[] {
  switch (change.action) {
    case "create":
    case "replace":
      return [...desired.fields.keys()];
    case "update":
      return [
        ...new Set([...change.fields.map(({ path }) => apiField(path)), ...change.carried.map(({ name }) => name)]),
      ];
    case "adopt":
    case "conflict":
    case "rename":
    case "record":
    case "delete":
    case "orphan":
    case "forget":
    case "keep":
      return [];
    default:
      return change satisfies never;
  }
}
