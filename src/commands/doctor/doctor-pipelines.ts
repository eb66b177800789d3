import type { HealthCheck } from "../../model/health-check.ts";
import type { LockSection } from "../../model/lockfile.ts";
import { counted } from "../../model/text.ts";
import { checkReferences } from "../../pipelines/meaning/check.ts";
import type { KnownIntegrations } from "../../pipelines/meaning/known-integrations.ts";
import type { PipelineScan } from "../../pipelines/reference.ts";
import { commandText } from "../command-text.ts";
import { scanPipelineFiles } from "../refs/pipeline-scans.ts";
import { findSection, lookUpHashes, wantedIntegrations } from "../refs/refs-sources.ts";
import type { Session } from "../session.ts";

/**
 * Checks the references in the pipeline files here.
 * @param workspace whether the API can be asked about hashes that the lockfile doesn't have
 */
export async function checkPipelines(
  session: Session,
  section: LockSection,
  workspace: "readable" | "not readable",
): Promise<HealthCheck> {
  const check = "pipelines";
  const { scans, diagnostics, nothingFound } = await scanPipelineFiles(session, section);
  const [problem] = diagnostics;
  if (problem !== undefined) {
    const next = problem.hint ?? "make it readable, or remove it";
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
  const head = `${counted(scans.length, "pipeline file")} with ${counted(references, "reference")} to integrations`;
  const found = await checkScans(session, { section, scans }, workspace);
  if (found === undefined) return { check, status: "ok", message: `${head}, not checked` };
  const next = `${commandText("refs --check", session.options)}, which shows where and what to do`;
  if (found.broken > 0) return { check, status: "warning", message: `${head}, ${found.broken} broken`, next };
  if (found.doubtful > 0) return { check, status: "warning", message: `${head}, ${found.doubtful} to look at`, next };
  return { check, status: "ok", message: references === 0 ? head : `${head}, all known` };
}

interface ReferenceCounts {
  readonly broken: number;
  readonly doubtful: number;
}

/** The same check as `refs --check`. @returns undefined if something that the check needs can't be read */
async function checkScans(
  session: Session,
  { section, scans }: { readonly section: LockSection; readonly scans: readonly PipelineScan[] },
  workspace: "readable" | "not readable",
): Promise<ReferenceCounts | undefined> {
  const wanted = await wantedIntegrations(session);
  if (!wanted.ok) return undefined;
  const project = session.io.env["BUDDY_PROJECT_NAME_ID"] || undefined;
  const known = { section, wanted: wanted.value, ...(project === undefined ? {} : { project }) };
  const asked = workspace === "readable" ? await askWorkspace(session, scans, known) : known;
  if (asked === undefined) return undefined;
  const { diagnostics } = checkReferences(scans, asked);
  const broken = diagnostics.filter(({ severity }) => severity === "error").length;
  return { broken, doubtful: diagnostics.length - broken };
}

async function askWorkspace(
  session: Session,
  scans: readonly PipelineScan[],
  known: KnownIntegrations,
): Promise<KnownIntegrations | undefined> {
  const found = await findSection(session);
  if (!found.ok) return undefined;
  const asked = await lookUpHashes(session, { found: found.value, scans, known });
  return asked.ok ? asked.value.known : undefined;
}
