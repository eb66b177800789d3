import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { failure, success, type Result } from "../model/integration.ts";
import type { FileProblem } from "./file-problem.ts";
import { isPipelineFile, isYamlFile, PIPELINE_FOLDER } from "./paths.ts";
import { readBytes } from "./read-bytes.ts";

/** Largest pipeline file that is read, in bytes. */
export const LARGEST_PIPELINE = 5 * 1024 * 1024;

/** The pipeline files of a checkout, relative to its folder, sorted. */
export async function findPipelineFiles(folder: string): Promise<string[]> {
  const root = await readdir(folder).catch(() => []);
  const below = await readdir(join(folder, PIPELINE_FOLDER), { recursive: true, withFileTypes: true }).catch(() => []);
  return [
    ...root.filter(isPipelineFile),
    ...below
      .filter((entry) => !entry.isDirectory() && isYamlFile(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
  ].toSorted();
}

/** A pipeline file's text, a BOM included, so that it can be written back byte for byte. */
export async function readPipelineFile(path: string, signal?: AbortSignal): Promise<Result<string, FileProblem>> {
  const bytes = await readBytes(path, { limit: LARGEST_PIPELINE + 1, ...(signal && { signal }) });
  if (!bytes.ok) return bytes;
  if (bytes.value.length > LARGEST_PIPELINE) return failure({ code: "EFBIG", message: "it is larger than 5 MiB" });
  try {
    return success(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.value));
  } catch {
    return failure({ code: "EILSEQ", message: "it isn't UTF-8" });
  }
}
