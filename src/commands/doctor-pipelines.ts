import type { HealthCheck } from "../model/health-check.ts";
import type { LockSection } from "../model/lockfile.ts";
import { counted } from "../model/text.ts";
import { scanPipelineFiles } from "./pipeline-scans.ts";
import type { Session } from "./session.ts";

/** Which pipeline files are found, and how many references they hold. */
export async function checkPipelines(session: Session, section: LockSection): Promise<HealthCheck> {
  const check = "pipelines";
  const { scans, diagnostics, nothingFound } = await scanPipelineFiles(session, section);
  const [problem] = diagnostics;
  if (problem !== undefined) {
    const next = problem.hint ?? "make it readable, or take it out";
    return { check, status: "warning", message: problem.message, next };
  }
  if (nothingFound?.isElsewhere === true) {
    return {
      check,
      status: "warning",
      message: nothingFound.problem.message,
      next: nothingFound.problem.hint ?? "run it there",
    };
  }
  if (nothingFound !== undefined) return { check, status: "ok", message: "there are no pipeline files here" };
  const references = scans.reduce((sum, scan) => sum + scan.references.length, 0);
  const message = `${counted(scans.length, "pipeline file")} with ${counted(references, "reference")} to integrations; refs --check looks whether they are right`;
  return { check, status: "ok", message };
}
