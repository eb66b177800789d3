import type { ApplyLockOptions } from "./apply-lock.ts";
import type { ExpectOptions } from "./expected-plan.ts";
import type { FilesOptions } from "./file-runs.ts";
import type { ReportOptions } from "./sync-report.ts";

/** The options of `apply`. */
export interface SyncApplyOptions extends FilesOptions, ReportOptions, ExpectOptions, ApplyLockOptions {
  readonly mode: "apply";
  /** Apply without asking for confirmation. */
  readonly yes: boolean;
  /** How long the server may take to finish and show a creation whose answer was lost. */
  readonly settleSeconds: number;
}
