import type { WorkspaceOptions } from "../session.ts";

/** The options of `export`. `file` is the file to write. */
export interface ExportOptions extends WorkspaceOptions {
  /** Globs for keys. */
  readonly only: readonly string[];
  readonly type: string | undefined;
  readonly project: string | undefined;
  /** Add to the file, which must exist. Otherwise the file must not exist. */
  readonly append: boolean;
  /** Write names of people, groups and pipelines instead of numbers. */
  readonly names: boolean;
  readonly credentials: "managed" | "unmanaged" | "if-known";
}
