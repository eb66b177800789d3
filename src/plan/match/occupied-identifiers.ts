import { isInPlace } from "../../model/identity.ts";
import { compareTexts } from "../../model/text.ts";
import type { Replace } from "../change.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { conflictCandidate, type CounterpartMatch } from "./counterpart.ts";
import { indexAt } from "./list-index.ts";

/**
 * What has the identifier already where a replacement would be made, or a former key as its identifier: such as what a
 * run made there whose lockfile was lost. Another one would be made beside it. One of another wanted key is leaving,
 * since no two may have one identifier.
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
      message: `it has to be recreated, and there is one with the identifier ${names} already (${hashes})`,
      hint: isOurs
        ? "--prune deletes what the file no longer names; then apply again"
        : "delete that one or change its identifier in Buddy's web page, or give this one another identifier",
    },
  };
}
