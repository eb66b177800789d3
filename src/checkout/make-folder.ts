import { mkdir } from "node:fs/promises";
import { failure, success, type Result } from "../model/integration.ts";
import { fileProblem, type FileProblem } from "./file-problem.ts";

/** Creates a folder and its parents, if they don't exist yet. */
export async function makeFolder(path: string): Promise<Result<void, FileProblem>> {
  try {
    await mkdir(path, { recursive: true });
    return success(undefined);
  } catch (error) {
    return failure(fileProblem(error));
  }
}
