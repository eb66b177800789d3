import { isInPlace } from "../../model/identity.ts";
import { compareTexts } from "../../model/text.ts";
import type { Replace } from "../change.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { conflictCandidate, type CounterpartMatch } from "./counterpart.ts";
import { indexAt } from "./list-index.ts";

/**
 * Integrations in the new place of a replacement that already have its identifier, or a former key as identifier. For
 * example, a run whose lockfile was lost may have created one there. Creating another would make a duplicate. An
 * integration of another wanted key doesn't count: `review/shared-identifiers.ts` compares the keys with each other.
 */
export function occupied(
  { identifier, hash_id: replaced }: Pick<Replace, "identifier" | "hash_id">,
  { desired }: PairedIntegration,
  context: PlanContext,
): Extract<CounterpartMatch, { kind: "conflict" }> | undefined {
  const { index, live, owners, former, desired: all } = context;
  const wantedKeys = new Set(all.map(({ key }) => key));
  const { byIdentifier } = indexAt(desired, index);
  const found = [...new Set([identifier, ...desired.lifecycle.movedFrom])]
    .flatMap((name) => byIdentifier.get(name) ?? [])
    .flatMap(({ hashId }) => (hashId === replaced ? [] : (live.get(hashId) ?? [])))
    .filter((view) => isInPlace(desired, view) && !wantedKeys.has(owners.get(view.hashId) ?? ""))
    .toSorted((a, b) => compareTexts(a.hashId, b.hashId));
  if (found.length === 0) return undefined;
  const isOurs = found.every(({ hashId }) => owners.has(hashId) || former.has(hashId));
  const hashes = found.map(({ hashId }) => hashId).join(", ");
  const names = [...new Set(found.map((view) => view.identifier ?? identifier))].toSorted().join(", ");
  return {
    kind: "conflict",
    candidates: found.map((view) => conflictCandidate(desired, view, owners)),
    refused: {
      code: "conflict",
      message: `it has to be replaced, but its new place already has an integration with the identifier ${names} (${hashes})`,
      hint: isOurs
        ? "delete it with --prune, since the file no longer names it; then apply again"
        : "delete that one or change its identifier in Buddy's web page, or give this one another identifier",
    },
  };
}
