import { isInPlace } from "../../model/identity.ts";
import { compareTexts } from "../../model/text.ts";
import type { Replace } from "../change.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { conflictCandidate, type CounterpartMatch } from "./counterpart.ts";
import { indexAt } from "./list-index.ts";

/**
 * What has the identifier already where a replacement would be made, such as what a run made there whose lockfile was
 * lost: another one would be made beside it. One of another wanted key is leaving, since no two may have one identifier.
 */
export function occupied(
  { identifier, hash_id: replaced }: Pick<Replace, "identifier" | "hash_id">,
  { desired }: PairedIntegration,
  context: PlanContext,
): Extract<CounterpartMatch, { kind: "conflict" }> | undefined {
  const { index, live, owners, former, desired: all } = context;
  const wantedKeys = new Set(all.map(({ key }) => key));
  const [found] = (indexAt(desired, index).byIdentifier.get(identifier) ?? [])
    .flatMap(({ hashId }) => (hashId === replaced ? [] : (live.get(hashId) ?? [])))
    .filter((view) => isInPlace(desired, view) && !wantedKeys.has(owners.get(view.hashId) ?? ""))
    // Of several, always the same one, whatever the order of the list.
    .toSorted((a, b) => compareTexts(a.hashId, b.hashId));
  if (found === undefined) return undefined;
  const owner = owners.get(found.hashId) ?? former.get(found.hashId);
  const whose = owner === undefined ? "is there already" : `is there already, of the key ${owner}`;
  return {
    kind: "conflict",
    candidates: [conflictCandidate(desired, found, owners)],
    refused: {
      code: "conflict",
      message: `it has to be made anew, and an integration with the identifier ${identifier} ${whose} (${found.hashId})`,
      hint:
        owner === undefined
          ? "delete that one or change its identifier in Buddy's web page, or give this one another identifier"
          : "--prune deletes that one; then apply again",
    },
  };
}
