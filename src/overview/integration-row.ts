import type { HashId, Key } from "../model/integration.ts";

/**
 * The status of a row. `managed`: a key has it. `unmanaged`: no key has it. `superseded`: a former integration of a
 * key, which still exists. `gone`: the lockfile has it, and the workspace doesn't.
 */
export type RowStatus = "managed" | "unmanaged" | "superseded" | "gone";

/** A row of `list`, as `--format json` prints it. */
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
