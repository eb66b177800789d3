import type { HashId, Key } from "../model/integration.ts";

/**
 * An integration of the workspace, or what should be one. `superseded`: a former integration of the key, which still
 * exists. `gone`: the lockfile has it, and the workspace doesn't.
 */
export type RowStatus = "managed" | "unmanaged" | "superseded" | "gone";

/** As `list --format json` prints it. */
export interface IntegrationRow {
  readonly status: RowStatus;
  /** Absent: no key has it. */
  readonly key?: Key;
  readonly hash_id: HashId;
  readonly identifier?: string;
  readonly type: string;
  /** Absent if it is gone. */
  readonly name?: string;
  /** Absent if it isn't shown. */
  readonly scope?: string;
  readonly project_name?: string;
}
