import type { DiagnosticCode } from "../model/diagnostic-catalog.ts";
import type { HashId, Key } from "../model/integration.ts";
import type { CarriedField, FieldChange, RecordedDetail, UncomparedField, UnsentValue } from "./field-change.ts";

// The plan is a document that is written, published and read again: names are as in its JSON (schemas/plan.schema.json).

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

/** The file wants it, and no live one was found. */
export interface Create extends ChangeBase {
  readonly action: "create";
  readonly identifier: string;
  readonly scope: string;
  readonly project_name?: string;
  readonly fields: readonly FieldChange[];
  /** What this change records of its lifecycle in the lockfile. */
  readonly lifecycle: readonly RecordedDetail[];
  /** The recorded hash that is gone, when this recreates the integration. */
  readonly recreates?: HashId;
  /** Hashes that it replaces. */
  readonly supersedes: readonly HashId[];
  readonly pending: readonly string[];
}

/** A live integration is recorded in the lockfile as it is. If it differs from the file, an update follows. */
export interface Adopt extends ChangeBase {
  readonly action: "adopt";
  readonly hash_id: HashId;
  readonly via: "import" | "identifier" | "key" | "moved_from" | "journal";
  /** `created`: an interrupted run of this tool created it, with exactly what the file names. */
  readonly origin: "created" | "adopted";
  /** The identity of the live one: a reviewed creation made it only if all of these are equal. Absent where unknown. */
  readonly identifier?: string;
  readonly scope?: string;
  readonly project_name?: string;
  /** What this change records in the lockfile, except what only the values of references show. */
  readonly details: readonly RecordedDetail[];
  /** Hashes that it replaces: the recorded one, and those that an interrupted replacement set aside. */
  readonly supersedes: readonly HashId[];
  /** Fields in which the live one differs from the file. They are the reason if the adoption is refused. */
  readonly differences: readonly FieldChange[];
  readonly unknown: readonly UncomparedField[];
}

/** Several live integrations match, or the only match can't be the wanted one. */
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
  /** The key that already has it. */
  readonly owner?: Key;
}

/** A managed field differs. */
export interface Update extends ChangeBase {
  readonly action: "update";
  readonly hash_id: HashId;
  readonly fields: readonly FieldChange[];
  readonly unknown: readonly UncomparedField[];
  readonly carried: readonly CarriedField[];
  /** The `lifecycle.rotate` that the lockfile records once the values have been sent again. */
  readonly lifecycle: readonly RecordedDetail[];
  readonly pending: readonly string[];
}

/** A field that can't change differs. A new integration is created, and the old one stays until `--prune`. */
export interface Replace extends ChangeBase {
  readonly action: "replace";
  readonly hash_id: HashId;
  readonly identifier: string;
  readonly scope: string;
  readonly project_name?: string;
  /** `type`, `scope` or `project_name`: what forces the replacement. */
  readonly forces: readonly FieldChange[];
  readonly fields: readonly FieldChange[];
  /** Paths that the file doesn't name and that are copied from the live one. */
  readonly carried_over: readonly string[];
  /** The `lifecycle.rotate` that the lockfile records with the new integration. */
  readonly lifecycle: readonly RecordedDetail[];
  readonly pending: readonly string[];
}

/** The key in the lockfile changes, the integration doesn't. */
export interface Rename extends ChangeBase {
  readonly action: "rename";
  readonly hash_id: HashId;
  readonly from: Key;
}

/** Only the lockfile changes. */
export interface LockRecord extends ChangeBase {
  readonly action: "record";
  readonly hash_id: HashId;
  /** With the basis `file`, these are without what only the values of references show. */
  readonly details: readonly RecordedDetail[];
  /**
   * `journal`: an interrupted run created it, and the lockfile doesn't have it yet. Plans of other machines don't show it.
   * `assumed`: a person says that this run's values of references are the live ones.
   */
  readonly basis: "file" | "secret" | "journal" | "assumed";
}

/**
 * Which of a key's integrations: the one that it has; one that was replaced, and still has the temporary identifier that
 * the replacement gave it; or another former one, which may be in use.
 */
export type Which = "current" | "set-aside" | "superseded";

/** It is locked and no longer wanted, or superseded. It is deleted from the workspace. */
export interface Delete extends ChangeBase {
  readonly action: "delete";
  readonly hash_id: HashId;
  readonly which: Which;
}

/** It is locked and no longer wanted, or superseded. Without `--prune` it is left alone. */
export interface Orphan extends ChangeBase {
  readonly action: "orphan";
  readonly hash_id: HashId;
  readonly which: Which;
}

/** It is dropped from the lockfile, and nothing else changes. */
export interface Forget extends ChangeBase {
  readonly action: "forget";
  readonly hash_id: HashId;
  readonly why:
    /** It no longer exists. */
    | "gone"
    /** Its block is gone from the file, and its `lifecycle.on_remove` is `retain`. */
    | "retain"
    /** The file lists its key under `removed`. */
    | "removed"
    /** Another file of the run has it or adopts it. */
    | "moved";
  /** What is lost with the entry and matters to a reviewer: the protection, and former hashes. */
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

/** Whether a change changes neither the workspace nor the lockfile. */
export function isPassive(change: Change): boolean {
  return change.action === "keep" || change.action === "orphan";
}

/** Whether `--expect` left the change out. */
export function isNotReviewed({ refused }: { readonly refused?: { readonly code: string } | undefined }): boolean {
  return refused?.code === "not-reviewed";
}

/** Something about the plan that a reviewer should know. */
export interface PlanWarning {
  readonly code: DiagnosticCode;
  readonly key: Key;
  /** The path of the integration that it is about. It gives the warning a place in the file. */
  readonly path?: string;
  /** A sentence whose subject, the key, is left out: several integrations may share one warning. */
  readonly message: string;
  /** What to do about it. Every warning has one. */
  readonly hint: string;
  /** The place in a pipeline file, if the warning is about one. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

/** The flags that decide what the plan says. */
export interface PlanFlags {
  readonly adopt: boolean;
  readonly allow_replace: boolean;
  readonly prune: boolean;
  readonly max_deletions?: number;
  /** Keys that may be recreated although their integration may still exist, sorted; absent: none. */
  readonly recreate?: readonly string[];
  /** `KEY`, `KEY.FIELD` or `*`, sorted. */
  readonly resend: readonly string[];
  /** Keys and globs, sorted; empty: everything. */
  readonly only: readonly string[];
  /** Keys and globs that are left out, sorted; absent: none. */
  readonly exclude?: readonly string[];
  /** The plan shows only what changed in the workspace since the last apply. It is a report and can't be applied. */
  readonly drift?: true;
  /** A key or glob. The plan only records that this run's values of references are the live ones. */
  readonly assume_sent?: string;
}

/** The major version of the plan format. It changes when a part of the plan or its hash gets another meaning. */
export const PLAN_FORMAT_MAJOR = 2;

/** The major version of the format of reports, which contain plans. */
export const REPORT_FORMAT_MAJOR = 2;

/** What an apply would do: ordered, serialisable, the same for the same input. */
export interface Plan {
  readonly api: string;
  readonly workspace: string;
  readonly flags: PlanFlags;
  /** The lockfile had no entry of this workspace. */
  readonly empty_lock: boolean;
  /** Made from the lockfile alone. */
  readonly offline: boolean;
  readonly changes: readonly Change[];
  readonly warnings: readonly PlanWarning[];
  /** Sorted by key and path. */
  readonly unsent: readonly UnsentValue[];
  /** How many integrations in the parts of the list that were read belong to no key; absent where none was read. */
  readonly unmanaged?: number;
  /** How many integrations `--only` and `--exclude` left out. */
  readonly left_out: number;
  readonly names: DisplayNames;
}

/** Names to show for numbers: from the file and from live answers. */
export interface DisplayNames {
  readonly pipelines: Readonly<Record<string, string>>;
  readonly users: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, string>>;
}
