import type { IntegrationWithIds, Key, Payload, FieldValue } from "../../model/integration.ts";
import { Secret } from "../../model/secret.ts";
import type { Plan } from "../change.ts";
import type { ObservedWorkspace } from "../input.ts";
import { createPayload, updatePayload } from "./payload.ts";

/** A value that has to be sent and isn't here. */
export interface MissingValue {
  readonly key: Key;
  readonly path: readonly (string | number)[];
  readonly variable: string;
}

/** Every value that an apply of the plan must send and that isn't here, once for each field. */
export function missingValues(
  plan: Plan,
  desired: readonly IntegrationWithIds[],
  { live }: ObservedWorkspace,
): MissingValue[] {
  const byKey = new Map(desired.map((integration) => [integration.key, integration]));
  return plan.changes.flatMap((change): MissingValue[] => {
    const integration = byKey.get(change.key);
    if (integration === undefined || change.refused !== undefined) return [];
    if (change.action === "create" || change.action === "replace") {
      return missingInPayload(change.key, createPayload(integration, change.identifier), integration);
    }
    const view = change.action === "update" ? live.get(change.hash_id) : undefined;
    if (change.action !== "update" || view === undefined) return [];
    return missingInPayload(change.key, updatePayload(integration, view, change), integration);
  });
}

function missingInPayload(key: Key, payload: Payload, { extra }: IntegrationWithIds): MissingValue[] {
  return [...payload].flatMap(([name, value]) =>
    missingInValue(key, value, extra.has(name) ? ["extra", name] : [name]),
  );
}

function missingInValue(key: Key, value: FieldValue, path: MissingValue["path"]): MissingValue[] {
  if (value instanceof Secret) return value.known ? [] : [{ key, path, variable: value.variable }];
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([name, item]: [string, FieldValue]) =>
    missingInValue(key, item, [...path, isList ? Number(name) : name]),
  );
}
