import type { HashId, Key } from "../../model/integration.ts";
import type { LockSection } from "../../model/lockfile.ts";
import type { Change } from "../change.ts";

/** What other files of the same run have of the same workspace. */
export interface OtherFiles {
  /** Hashes that another file manages, by what to call their owner: they can't be adopted. */
  readonly owners: ReadonlyMap<HashId, string>;
  /** Every hash in the lockfiles of other files. */
  readonly held: ReadonlySet<HashId>;
  /** Hashes that another file manages or adopts, with their owner there: this one forgets them, and never deletes them. */
  readonly movedTo: ReadonlyMap<HashId, string>;
  /** Hashes that another file may be about to adopt, with that file: they are not deleted. */
  readonly wantedBy: ReadonlyMap<HashId, string>;
  /** Files that can't be read now, so that what they want isn't known: nothing is deleted. */
  readonly unreadable: readonly string[];
}

/** A run with one file, or none of the others in its workspace. */
export const NO_OTHER_FILES: OtherFiles = {
  owners: new Map(),
  held: new Set(),
  movedTo: new Map(),
  wantedBy: new Map(),
  unreadable: [],
};

/** A file of a run, as the others of its workspace see it. */
export interface FileClaims {
  readonly file: string;
  readonly lock: LockSection;
  /** Keys of the lockfile that the file still wants, also under a new name. */
  readonly wanted: ReadonlySet<Key>;
  /** What it would do alone; undefined: not planned yet. */
  readonly changes: readonly Change[] | undefined;
}

/** What a file has to know of the other files, once each of them is planned or can't be planned. */
export function otherFilesOf(file: string, all: readonly FileClaims[], unreadable: readonly string[]): OtherFiles {
  const own = all.find((claims) => claims.file === file);
  const others = all.filter((claims) => claims.file !== file);
  const ownWanted = new Set(own === undefined ? [] : managedHashes(own).map(([hashId]) => hashId));
  const managed = others.flatMap((claims) =>
    managedHashes(claims).map(([hashId, key]) => ({ hashId, key, by: claims.file })),
  );
  const adopted = others.flatMap((claims) =>
    adoptedHashes(claims).map(([hashId, key]) => ({ hashId, key, by: claims.file })),
  );
  const considered = others.flatMap((claims) =>
    consideredHashes(claims).map((hashId) => ({ hashId, by: claims.file })),
  );
  return {
    owners: new Map(managed.map(({ hashId, key, by }) => [hashId, `${key} of ${by}`])),
    held: new Set(
      others.flatMap(({ lock }) => [...lock.values()].flatMap((entry) => [entry.hashId, ...entry.superseded])),
    ),
    movedTo: new Map(
      [...managed, ...adopted]
        .filter(({ hashId }) => !ownWanted.has(hashId))
        .map(({ hashId, key, by }) => [hashId, `${key} of ${by}`]),
    ),
    wantedBy: new Map(considered.map(({ hashId, by }) => [hashId, by])),
    unreadable: unreadable.filter((name) => name !== file),
  };
}

function managedHashes({ lock, wanted }: FileClaims): (readonly [HashId, Key])[] {
  return [...lock].flatMap(([key, { hashId }]) => (wanted.has(key) ? [[hashId, key] as const] : []));
}

function adoptedHashes({ changes = [] }: FileClaims): (readonly [HashId, Key])[] {
  return changes.flatMap((change) =>
    change.action === "adopt" && !change.refused ? [[change.hash_id, change.key] as const] : [],
  );
}

/** Hashes that it may adopt: those of adoptions, even refused ones, and the candidates of conflicts. */
function consideredHashes({ changes = [] }: FileClaims): HashId[] {
  return changes.flatMap((change) => {
    if (change.action === "adopt") return [change.hash_id];
    return change.action === "conflict" ? change.candidates.map(({ hash_id }) => hash_id) : [];
  });
}

/** Keeps what another file may want from being deleted. */
export function refuseWantedElsewhere(change: Change, { wantedBy, unreadable }: OtherFiles): Change {
  if (change.action !== "delete") return change;
  const [lost] = unreadable;
  const by = wantedBy.get(change.hash_id) ?? lost;
  if (by === undefined) return change;
  const message = wantedBy.has(change.hash_id) ? `${by} may adopt it` : `${by} may want it, and can't be planned now`;
  const hint = `fix ${by}, then plan again; to delete it anyway, leave ${by} out of the run`;
  return { ...change, refused: { code: "wanted-elsewhere", message, hint } };
}
