import type { HashId, Key } from "../model/integration.ts";
import type { FieldRow } from "./side-by-side.ts";

/**
 * Where an integration is: in the file, the lockfile, the workspace. `managed`: locked, and in the workspace. `new`: in the file,
 * not locked. `orphan`: locked and in the workspace, but no longer in the file. `superseded`: one that the key had before.
 * `gone`: locked, but not in the workspace. `unmanaged`: no key has it.
 */
export type ShownStatus = "managed" | "new" | "orphan" | "superseded" | "gone" | "unmanaged";

/** An integration as `show --format json` prints it. */
export interface ShownIntegration {
  readonly status: ShownStatus;
  readonly key?: Key;
  /** Absent if nothing was found in the workspace. */
  readonly hash_id?: HashId;
  readonly identifier?: string;
  readonly type: string;
  readonly scope?: string;
  readonly project_name?: string;
  readonly disabled?: true;
  readonly protect?: true;
  /** The file holds no credentials: they stay as they are in Buddy. */
  readonly credentials?: "unmanaged";
  /** Former hashes of the key, oldest first. */
  readonly superseded?: readonly HashId[];
  /** Other integrations in the workspace with the identifier that the file wants. */
  readonly candidates?: readonly HashId[];
  readonly fields: readonly FieldRow[];
}
