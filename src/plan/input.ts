import type { LockedLifecycle, LockEntry, LockSection } from "../model/lockfile.ts";
import type { Identity } from "../model/identity.ts";
import type { IntegrationWithIds, HashId, Key, LiveIntegration, Target } from "../model/integration.ts";
import type { FingerprintKey } from "../model/secret.ts";
import type { Forget, PlanFlags, Refusal } from "./change.ts";
import type { OtherFiles } from "./match/other-files.ts";
import type { ListIndex } from "./match/list-index.ts";
import type { ListedParts } from "./match/list-parts.ts";

/** What was read from the workspace. */
export interface ObservedWorkspace {
  /** Every hash that was read: its full view, or undefined if the server says that it is gone. */
  readonly live: ReadonlyMap<HashId, LiveIntegration | undefined>;
  readonly parts: ListedParts;
  /** When reading began, in milliseconds since 1970. Absent where that isn't known. */
  readonly readAt?: number;
}

/** What the journal of an interrupted run says about a key: the hash if the response arrived, otherwise only the request. */
export interface InterruptedCreate extends Identity {
  readonly hashId?: HashId;
  /** What was requested. */
  readonly identifier: string;
  /** The identifier in the response, with `hashId`; absent if it had none. */
  readonly returnedIdentifier?: string;
  /** A pull request may have planted the journal, so it is only used to know what to look up. */
  readonly isLookUpOnly?: true;
  /** The hash that it should replace. */
  readonly replaces?: HashId;
  readonly lifecycle: LockedLifecycle;
  /** When it was about to be sent, in milliseconds since 1970. */
  readonly at?: number;
  /** The name that was sent, unless it comes from a reference. */
  readonly name?: string;
  /** Hashes that had this type and name before. Without them it isn't known which integrations are new. */
  readonly alike?: readonly HashId[];
}

export interface PlanInput {
  readonly target: Target;
  readonly desired: readonly IntegrationWithIds[];
  /** Keys that the file drops from management. */
  readonly removed: readonly Key[];
  /** Wanted keys that name a person, group or pipeline that can't be resolved. */
  readonly unknownNames: ReadonlyMap<Key, Refusal>;
  /** What the lockfile holds. */
  readonly lock: LockSection;
  /** `offline`: nothing was read, the plan is made from the lockfile alone. */
  readonly observed: ObservedWorkspace | "offline";
  readonly flags: PlanFlags;
  readonly key: FingerprintKey | undefined;
  /** What interrupted runs began, according to the journal of this checkout. */
  readonly interruptedCreates: ReadonlyMap<Key, InterruptedCreate>;
  /** What other files of the run have of this workspace. */
  readonly others: OtherFiles;
  /** Paths that hold names which could not be resolved, offline: they are left out of `desired`. */
  readonly unresolved: ReadonlyMap<Key, readonly string[]>;
  /** All people and groups, if they were read: names to show for numbers. */
  readonly directory: {
    readonly members: readonly { readonly id: number; readonly name: string }[];
    readonly groups: readonly { readonly id: number; readonly name: string }[];
  };
}

/** The state that the steps of planning share. Its `lock` is without the keys that this plan drops. */
export interface PlanContext extends PlanInput {
  /** The keys that the file names. */
  readonly wantedKeys: ReadonlySet<Key>;
  /** Keys for which nothing is done. */
  readonly refusedKeys: ReadonlyMap<Key, Refusal>;
  /** The owner of each current hash: its key in the lockfile, or what to call the owner if another file manages it. */
  readonly owners: ReadonlyMap<HashId, Key>;
  /** Keys that this plan drops from the lockfile, with the reason. Those that are refused are dropped by a later plan. */
  readonly forgotten: ReadonlyMap<Key, Forget["why"]>;
  /** Hashes that this plan drops from the lockfile. They belong to nobody, in every other step too. */
  readonly leaving: ReadonlySet<HashId>;
  /** The key that an entry of the lockfile belongs to: its new one, if it is renamed. */
  readonly ownerOf: (key: Key) => Key;
  /** The key of each superseded hash in the lockfile. */
  readonly former: ReadonlyMap<HashId, Key>;
  /** What was read; nothing when planning offline. */
  readonly live: ObservedWorkspace["live"];
  readonly parts: ListedParts;
  readonly index: ListIndex;
  /** Keys of interrupted creations that may have made one of these hashes. */
  readonly doubtful: ReadonlyMap<Key, readonly HashId[]>;
}

/** A wanted integration with its place in the lockfile. */
export interface PairedIntegration {
  readonly desired: IntegrationWithIds;
  readonly entry: LockEntry | undefined;
  /** The key that the lockfile still has it under. */
  readonly movedFrom: Key | undefined;
}
