import type { DiagnosticCode } from "../model/diagnostic-catalog.ts";
import type { HashId, Json, Key } from "../model/integration.ts";

// The plan is a document that is written, published and read again: names are as in its JSON (schemas/plan.schema.json).

/** Why a field is sent. */
export type SendReason =
  /** The file changed. */
  | "edited"
  /** The workspace changed. */
  | "drift"
  /** The value of a reference changed. */
  | "rotated"
  /** The API never returns it, we never sent it, and the value is here. */
  | "never-sent"
  /** `lifecycle.rotate` changed, or `--resend` asks for it. */
  | "resend";

/**
 * One field that will be sent. Values are JSON in which `{ "$secret": NAME }` stands for a reference,
 * `{ "$hidden": … }` for a value that isn't shown and `{ "$pending": NAME }` for a pipeline that doesn't exist yet.
 */
export interface FieldChange {
  /** `name`, `permissions.users`, `extra.x`… */
  readonly path: string;
  /** Absent where nothing was there before. */
  readonly before?: Json;
  readonly after: Json;
  readonly reason: SendReason;
  /** What `before` is: what the API answered, or, where it doesn't return the field, what was last sent. */
  readonly compared_with: "live" | "last sent" | "nothing";
  /** `secret`: seen only because the value of a reference is here; a plan made without it doesn't show it. */
  readonly basis: "file" | "secret";
}

/** A field that can't be compared. It is no change, and it is counted. */
export interface UncomparedField {
  readonly path: string;
  readonly why: WhyUncompared;
}

export type WhyUncompared =
  /** Its variable isn't set. */
  | "no-value"
  /** It was last sent without a fingerprint. */
  | "no-fingerprint"
  /** It has a fingerprint, and there is no key to compare with. */
  | "no-key"
  /** Its fingerprint is another key's. */
  | "other-key"
  /** The answer doesn't show all that would have to be sent along. */
  | "not-shown"
  /** Neither the file nor the lockfile has it, and the workspace isn't read. */
  | "offline";

/** A rule or a missing flag that keeps a change from being applied. */
export interface Refusal {
  readonly code:
    | "needs-adopt"
    | "needs-allow-replace"
    | "protected"
    | "threshold"
    | "lock-mismatch"
    | "unmanaged-credentials"
    | "environment-scope"
    | "unseen-limits"
    | "unreadable-project"
    | "conflict";
  readonly message: string;
  /** What would allow it. */
  readonly hint?: string;
}

interface ChangeBase {
  readonly key: Key;
  readonly type: string;
  readonly name: string;
  readonly refused?: Refusal;
}

/** Wanted, and no live one was found. */
export interface Create extends ChangeBase {
  readonly action: "create";
  readonly identifier: string;
  readonly scope: string;
  readonly project_name?: string;
  readonly fields: readonly FieldChange[];
  /** The recorded hash that is gone, when this recreates the integration. */
  readonly recreates?: HashId;
  /** Hashes that it takes the place of. */
  readonly supersedes: readonly HashId[];
  readonly pending: readonly string[];
}

/** A live one is recorded in the lockfile as it is; what differs follows as an update. */
export interface Adopt extends ChangeBase {
  readonly action: "adopt";
  readonly hash_id: HashId;
  readonly via: "import" | "identifier" | "key" | "moved_from" | "journal";
  /** Hashes that it takes the place of: the recorded one, and those that an interrupted replacement set aside. */
  readonly supersedes: readonly HashId[];
  /** Paths in which the live one differs from the file, where that is why adoption is refused. */
  readonly differences: readonly FieldChange[];
  readonly unknown: readonly UncomparedField[];
}

/** Several live integrations may be meant, or the one that was found can't be. */
export interface Conflict extends ChangeBase {
  readonly action: "conflict";
  readonly candidates: readonly ConflictCandidate[];
  readonly refused: Refusal;
}

export interface ConflictCandidate {
  readonly hash_id: HashId;
  readonly type: string;
  readonly name: string;
  readonly identifier?: string;
  readonly scope?: string;
  readonly project_name?: string;
  /** The key that it belongs to already. */
  readonly owner?: Key;
}

/** A managed field differs. */
export interface Update extends ChangeBase {
  readonly action: "update";
  readonly hash_id: HashId;
  readonly fields: readonly FieldChange[];
  readonly unknown: readonly UncomparedField[];
  /** API fields that go along unchanged, since the API wants them with these. */
  readonly carried: readonly string[];
  readonly pending: readonly string[];
}

/** A field that can't change differs: a new one is made, and the old one stays until `--prune`. */
export interface Replace extends ChangeBase {
  readonly action: "replace";
  readonly hash_id: HashId;
  readonly identifier: string;
  /** `type`, `scope` or `project_name`: what forces the replacement. */
  readonly forces: readonly FieldChange[];
  readonly fields: readonly FieldChange[];
  /** Paths that the file doesn't name and that are carried over from the live one. */
  readonly carried_over: readonly string[];
  readonly pending: readonly string[];
}

/** The lock's key changes, the integration doesn't. */
export interface Rename extends ChangeBase {
  readonly action: "rename";
  readonly hash_id: HashId;
  readonly from: Key;
}

/** Only the lock's content changes. */
export interface LockRecord extends ChangeBase {
  readonly action: "record";
  readonly hash_id: HashId;
  /** What changes in the lock: `lifecycle.protect`, `identifier`, `last_sent.name`… With the basis `file`, without what only secrets show. */
  readonly details: readonly string[];
  /** `journal`: an interrupted run made it, and the lockfile doesn't know. Another machine's plan doesn't show it. */
  readonly basis: "file" | "secret" | "journal";
}

/** Which of a key's integrations: the one that it has, or one that was replaced before. */
export type Which = "current" | "superseded";

/** Locked and no longer wanted, or superseded. */
export interface Delete extends ChangeBase {
  readonly action: "delete";
  readonly hash_id: HashId;
  readonly which: Which;
}

/** The same without `--prune`: left alone. */
export interface Orphan extends ChangeBase {
  readonly action: "orphan";
  readonly hash_id: HashId;
  readonly which: Which;
}

/** Dropped from the lockfile, nothing else. */
export interface Forget extends ChangeBase {
  readonly action: "forget";
  readonly hash_id: HashId;
  readonly why: "gone" | "retain";
}

/** Nothing to do. */
export interface Keep extends ChangeBase {
  readonly action: "keep";
  readonly hash_id: HashId;
  readonly unknown: readonly UncomparedField[];
}

export type Change =
  | Create
  | Adopt
  | Conflict
  | Update
  | Replace
  | Rename
  | LockRecord
  | Delete
  | Orphan
  | Forget
  | Keep;
export type Action = Change["action"];

/** Whether a change leaves everything, the lockfile too, as it is. */
export function isPassive(change: Change): boolean {
  return change.action === "keep" || change.action === "orphan";
}

/** Something about the plan that a reviewer should know. */
export interface PlanWarning {
  readonly code: DiagnosticCode;
  readonly key: Key;
  /** The path in the file that it is about, for a place. */
  readonly path?: string;
  /** Without the key, which is its subject: several integrations may share one. */
  readonly message: string;
  /** What to do about it. What has no such thing isn't a warning. */
  readonly hint: string;
}

/** The flags that decide what the plan says. */
export interface PlanFlags {
  readonly adopt: boolean;
  readonly allow_replace: boolean;
  readonly prune: boolean;
  readonly max_deletions?: number;
  /** `KEY`, `KEY.FIELD` or `*`, sorted. */
  readonly resend: readonly string[];
  /** Keys and globs, sorted; empty: everything. */
  readonly only: readonly string[];
}

/** What `sync` would do: ordered, serialisable, the same for the same input. */
export interface Plan {
  readonly api: string;
  readonly workspace: string;
  readonly flags: PlanFlags;
  /** The lock had nothing of this workspace: such a plan can't be replayed later. */
  readonly empty_lock: boolean;
  /** Made from the lockfile alone. */
  readonly offline: boolean;
  readonly changes: readonly Change[];
  readonly warnings: readonly PlanWarning[];
  /** How many integrations `--only` left out. */
  readonly left_out: number;
  readonly names: DisplayNames;
}

/** Names to show for numbers: from the file and from live answers. */
export interface DisplayNames {
  readonly pipelines: Readonly<Record<string, string>>;
  readonly users: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, string>>;
}
