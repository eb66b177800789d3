import { isList } from "../../model/json.ts";
import type { HashId, Key } from "../../model/integration.ts";
import type { Adopt, Change, Create, Forget, PlanWarning } from "../change.ts";

/** The hashes that a key loses when it is dropped from the lockfile, former ones too. */
export function forgottenHashes({ hash_id, details }: Forget): HashId[] {
  const former = details.find(({ path }) => path === "superseded")?.before;
  return [hash_id, ...(isList(former) ? former : []).filter((each) => typeof each === "string")];
}

/** The existing hashes that a change gives to a key: the one that it adopts, and those that count as replaced. */
export function takenOverHashes(change: Change): HashId[] {
  if (change.action === "create") return [...change.supersedes];
  return change.action === "adopt" ? [change.hash_id, ...change.supersedes] : [];
}

/**
 * Warns of integrations that a key takes over while the same plan drops them from the lockfile under another key. Then
 * they belong to nobody, so that is allowed. But whoever dropped them may have wanted them to be left alone.
 */
export function takenOverWarnings(changes: readonly Change[]): PlanWarning[] {
  const owners = new Map(
    changes.flatMap((change): [HashId, Key][] =>
      change.action === "forget" && !change.refused
        ? forgottenHashes(change).map((hashId) => [hashId, change.key])
        : [],
    ),
  );
  return changes.flatMap((change): PlanWarning[] => {
    if (change.action !== "adopt" && change.action !== "create") return [];
    return takenOverHashes(change).flatMap((hashId) => {
      const owner = owners.get(hashId);
      // The file names its hash, so it is meant.
      const isNamed = change.action === "adopt" && change.via === "import" && change.hash_id === hashId;
      return owner === undefined || isNamed ? [] : [takenOverWarning(change, hashId, owner)];
    });
  });
}

function takenOverWarning(change: Adopt | Create, hashId: HashId, owner: Key): PlanWarning {
  const { key } = change;
  if (change.action === "adopt" && change.hash_id === hashId) {
    return {
      code: "adopts-forgotten",
      key,
      message: `finds ${hashId}, which this plan drops from the lockfile as ${owner}`,
      hint: `if only the key changes, give ${key} lifecycle.moved_from: [${owner}] instead of dropping ${owner}: then nothing has to be sent again; if ${hashId} should be left alone, give ${key} another identifier`,
    };
  }
  return {
    code: "adopts-forgotten",
    key,
    message: `replaces ${hashId}, which this plan drops from the lockfile as ${owner}; a later run with --prune would delete it`,
    hint: `if ${hashId} should be left alone, give ${key} another identifier, or change that of ${hashId} in Buddy's web page`,
  };
}
