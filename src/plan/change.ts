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
  /** This tool never sent it: the integration was adopted, or the API never returns the field; and the value is here. */
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

/** A field that can't be compared. It isn't a change, but it is counted. */
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

/**
 * What changes in the lockfile: `lifecycle.protect`, `identifier`, `last_sent.name`… Absent values: there is none, or it
 * isn't shown, or only what is known of a sent value changes.
 */
export interface RecordedDetail {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** An API field that goes along with others, since the API wants it with them. */
export interface CarriedField {
  readonly name: string;
  /** `unknown`: whether it changes with that can't be known. */
  readonly compared: "unchanged" | "unknown";
  /** `live`: it is sent as the workspace has it, since no reviewed plan has the value of the file. */
  readonly value?: "live";
}

/** A value that the next apply sends if its variable is set, since this tool never sent it: its integration was adopted. */
export interface UnsentValue {
  readonly key: Key;
  /** `token`, `role_assumptions.0.external_id`… */
  readonly path: string;
  readonly variable: string;
  /** Whether it is here, so that this plan sends it. */
  readonly value: "here" | "not here";
  /** It can be sent only once the file names the roles, which the API never shows. */
  readonly needs?: "role_assumptions";
}

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
    | "roles-unseen"
    | "journal-claim"
    | "needs-recreate"
    | "wanted-elsewhere"
    | "doubtful-creation"
    | "unknown-name"
    | "conflict"
    /** `--expect`: no reviewed plan has it. */
    | "not-reviewed";
  /** Absent: a plan without the values of references refuses it too. */
  readonly basis?: "secret";
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
  /** What the lockfile gets to know of its lifecycle with this change. */
  readonly lifecycle: readonly RecordedDetail[];
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
  /** `created`: an interrupted run of this tool made it, with exactly what the file names. */
  readonly origin: "created" | "adopted";
  /** What the live one has: a creation that was reviewed made it only if all of these are equal. Absent where unknown. */
  readonly identifier?: string;
  readonly scope?: string;
  readonly project_name?: string;
  /** What the lockfile gets to know with this change, without what only the values of references show. */
  readonly details: readonly RecordedDetail[];
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
  readonly carried: readonly CarriedField[];
  /** A `lifecycle.rotate` that the lockfile gets to know once the values were sent again. */
  readonly lifecycle: readonly RecordedDetail[];
  readonly pending: readonly string[];
}

/** A field that can't change differs: a new one is made, and the old one stays until `--prune`. */
export interface Replace extends ChangeBase {
  readonly action: "replace";
  readonly hash_id: HashId;
  readonly identifier: string;
  readonly scope: string;
  readonly project_name?: string;
  /** `type`, `scope` or `project_name`: what forces the replacement. */
  readonly forces: readonly FieldChange[];
  readonly fields: readonly FieldChange[];
  /** Paths that the file doesn't name and that are carried over from the live one. */
  readonly carried_over: readonly string[];
  /** A `lifecycle.rotate` that the lockfile gets to know with the new integration. */
  readonly lifecycle: readonly RecordedDetail[];
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
  /** With the basis `file`, without what only the values of references show. */
  readonly details: readonly RecordedDetail[];
  /**
   * `journal`: an interrupted run made it, and the lockfile doesn't know. Another machine's plan doesn't show it.
   * `assumed`: a person says that the values of references which are here are the live ones.
   */
  readonly basis: "file" | "secret" | "journal" | "assumed";
}

/**
 * Which of a key's integrations: the one that it has; one that was replaced, and still has the temporary identifier that
 * the replacement gave it; or another former one, which may be in use.
 */
export type Which = "current" | "set-aside" | "superseded";

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
  /** `removed`: the file says so. `moved`: another file of the run has it or adopts it. `retain`: its block is gone, and its lifecycle says so. */
  readonly why: "gone" | "retain" | "removed" | "moved";
  /** What goes with the entry and a reviewer should know: the protection, and former hashes. */
  readonly details: readonly RecordedDetail[];
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

/** Whether `--expect` left it out. */
export function isNotReviewed({ refused }: { readonly refused?: { readonly code: string } | undefined }): boolean {
  return refused?.code === "not-reviewed";
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
  /** Where it is in another file than the desired state: a pipeline. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

/** The flags that decide what the plan says. */
export interface PlanFlags {
  readonly adopt: boolean;
  readonly allow_replace: boolean;
  readonly prune: boolean;
  readonly max_deletions?: number;
  /** Keys that may be created again though nobody knows whether their integration exists, sorted; absent: none. */
  readonly recreate?: readonly string[];
  /** `KEY`, `KEY.FIELD` or `*`, sorted. */
  readonly resend: readonly string[];
  /** Keys and globs, sorted; empty: everything. */
  readonly only: readonly string[];
  /** Keys and globs that are left out, sorted; absent: none. */
  readonly exclude?: readonly string[];
  /** Only what changed in the workspace since the last apply: a report, and nothing to apply. */
  readonly drift?: true;
  /** A key or glob: nothing is done but to record that the values of references which are here are the live ones. */
  readonly assume_sent?: string;
}

/** The major version of a plan's format: what a change of it breaks is the meaning of the plan's parts and of its hash. */
export const PLAN_FORMAT_MAJOR = 2;

/** Of the report around plans. */
export const REPORT_FORMAT_MAJOR = 2;

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
  /** Sorted by key and path. */
  readonly unsent: readonly UnsentValue[];
  /** How many integrations in the parts of the list that were read belong to no key; absent where none was read. */
  readonly unmanaged?: number;
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
