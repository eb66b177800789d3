import type { StoredValue } from "../../model/lockfile.ts";
import type { FieldValue, IntegrationWithIds, Key } from "../../model/integration.ts";
import { compareTexts } from "../../model/text.ts";
import type { Adopt, Change, Update } from "../change.ts";
import type { UnsentValue } from "../field-change.ts";
import { comparableDesired } from "../compare/comparable.ts";
import { neverSentReferences, neverSentValue } from "../compare/stored-references.ts";
import type { PairedIntegration } from "../input.ts";
import { areRolesUnseen, isSentWithRoles } from "../decide/unseen-roles.ts";

/**
 * Every value that is sent as soon as its variable is set, since its integration was adopted before, or is adopted by this
 * plan. A plan that is made without values can't show these as changes, so it lists them.
 */
export function unsentValues(wanted: readonly PairedIntegration[], changes: readonly Change[]): UnsentValue[] {
  const byKey = new Map<Key, Change[]>();
  for (const change of changes) byKey.set(change.key, [...(byKey.get(change.key) ?? []), change]);
  return wanted
    .flatMap((item) => unsentOf(item, byKey.get(item.desired.key) ?? []))
    .toSorted((a, b) => compareTexts(a.key, b.key) || compareTexts(a.path, b.path));
}

function unsentOf({ desired, entry }: PairedIntegration, changes: readonly Change[]): UnsentValue[] {
  const adopted = changes.find((change) => change.action === "adopt");
  if (adopted !== undefined) return adoptedValues(desired, adopted);
  const isOther = changes.some(({ action }) => action === "create" || action === "replace" || action === "conflict");
  if (entry === undefined || isOther) return [];
  const update = changes.find((change) => change.action === "update");
  const sent = new Set(pathsSentAnyway(update));
  return valuesOf(desired, areRolesUnseen(desired, entry), (path) =>
    sent.has(path) ? undefined : entry.lastSent.get(path),
  );
}

function adoptedValues(desired: IntegrationWithIds, { origin }: Adopt): UnsentValue[] {
  const needsRoles = origin === "adopted" && areRolesUnseen(desired, undefined);
  return valuesOf(desired, needsRoles, (_path, value) => neverSentValue(value));
}

/** Paths that an update sends because the file changed. It can't be applied without their values. */
function pathsSentAnyway(update: Update | undefined): string[] {
  return (update?.fields ?? []).flatMap(({ path, basis }) => (basis === "file" ? [path] : []));
}

function valuesOf(
  desired: IntegrationWithIds,
  needsRoles: boolean,
  storedFor: (path: string, value: FieldValue) => StoredValue | undefined,
): UnsentValue[] {
  return [...comparableDesired(desired)].flatMap(([field, value]) =>
    neverSentReferences(value, storedFor(field, value), field).map(({ path, secret }): UnsentValue => ({
      key: desired.key,
      path,
      variable: secret.variable,
      value: secret.known ? "here" : "not here",
      ...(needsRoles && isSentWithRoles(field) ? { needs: "role_assumptions" } : {}),
    })),
  );
}
