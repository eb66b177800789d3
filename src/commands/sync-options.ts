import type { PlanFlags } from "../plan/change.ts";
import type { ConnectOptions } from "./connect.ts";
import type { ConsoleOptions } from "./console.ts";
import type { InputOptions } from "./inputs.ts";
import type { ReportFormat } from "./report.ts";

/** The options of `sync`. */
export interface SyncOptions extends InputOptions, ConnectOptions, ConsoleOptions {
  readonly mode: "plan" | "apply";
  readonly format: ReportFormat;
  readonly flags: PlanFlags;
  /** `--plan`: exit 2 when there are changes. */
  readonly detailedExitcode: boolean;
  /** `--plan`: plan from the lockfile alone. */
  readonly offline: boolean;
  /** `--plan`: where to write the plan. */
  readonly out?: string;
  /** `--apply`: the reviewed plan, a file or `sha256:…`. */
  readonly expect?: string;
  /** `--apply`: don't ask. */
  readonly yes: boolean;
}
