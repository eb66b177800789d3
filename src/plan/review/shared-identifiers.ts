import type { Key } from "../../model/integration.ts";
import type { IntegrationPlace } from "../../model/identity.ts";
import type { Change, FieldChange, Refusal } from "../change.ts";
import { conflictRefusal } from "../match/counterpart.ts";

/**
 * An identifier in one place can have only one key. If several keys would get the same one, none does. The keys of a file
 * never share an identifier, but an identifier may also come from the lockfile.
 * @param places where the integration of each key belongs
 */
export function refuseSharedIdentifiers(
  changes: readonly Change[],
  places: ReadonlyMap<Key, IntegrationPlace>,
): Change[] {
  const claims = new Map<Change, string>();
  const keys = new Map<string, Key[]>();
  for (const change of changes) {
    const identifier = newIdentifier(change);
    const place = places.get(change.key);
    if (identifier === undefined || place === undefined) continue;
    const claim = JSON.stringify([identifier, place.scope, place.projectName]);
    claims.set(change, claim);
    keys.set(claim, [...(keys.get(claim) ?? []), change.key]);
  }
  return changes.map((change): Change => {
    const identifier = newIdentifier(change);
    const others = (keys.get(claims.get(change) ?? "") ?? []).filter((key) => key !== change.key);
    if (identifier === undefined || others.length === 0 || change.refused !== undefined) return change;
    return { ...change, refused: sharedRefusal(identifier, [...new Set(others)]) };
  });
}

function newIdentifier(change: Change): string | undefined {
  if (change.action === "create" || change.action === "replace") return change.identifier;
  const after = change.action === "update" ? change.fields.find(isIdentifier)?.after : undefined;
  return typeof after === "string" ? after : undefined;
}

function isIdentifier({ path }: FieldChange): boolean {
  return path === "identifier";
}

function sharedRefusal(identifier: string, others: readonly Key[]): Refusal {
  return conflictRefusal(
    `${others.toSorted().join(", ")} would get the identifier ${identifier} in the same place too`,
    "give each key its own identifier in the file",
  );
}
