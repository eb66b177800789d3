import { resolve } from "node:path";
import { findPipelineFiles, readPipelineFile } from "../checkout/pipeline-files.ts";
import { errorDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import type { PipelineScan } from "../pipelines/reference.ts";
import { scanPipeline } from "../pipelines/scan/scan.ts";
import type { ConsoleOptions } from "./console.ts";
import type { Session } from "./session.ts";

export interface PipelineScans {
  readonly scans: readonly PipelineScan[];
  /** Files that can't be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and scans these files, relative to the working directory; without any, `buddy.yml` and those in `.buddy/`. */
export async function scanPipelineFiles(
  { io }: Session<ConsoleOptions>,
  files: readonly string[] = [],
): Promise<PipelineScans> {
  const names = files.length > 0 ? files : await findPipelineFiles(io.cwd);
  const scans: PipelineScan[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const name of names) {
    const text = await readPipelineFile(resolve(io.cwd, name), io.signal);
    if (text.ok) scans.push(scanPipeline(name, text.value));
    else diagnostics.push(errorDiagnostic("unreadable-file", `${name} can't be read: ${text.error.message}`));
  }
  return { scans, diagnostics };
}
