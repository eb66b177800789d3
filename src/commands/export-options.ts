import type { WorkspaceOptions } from "./session.ts";

/** `file` is what is written. */
export interface ExportOptions extends WorkspaceOptions {
  /** Globs for keys. */
  readonly only: readonly string[];
  readonly type: string | undefined;
  readonly project: string | undefined;
  /** Add to the file, which must be there; else it must not. */
  readonly append: boolean;
  /** Write names of people, groups and pipelines instead of numbers. */
  readonly names: boolean;
  readonly credentials: "managed" | "unmanaged" | "if-known";
}
