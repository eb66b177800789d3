import { warningDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import type { PipelineScan } from "../../pipelines/reference.ts";
import type { Plan } from "../../plan/change.ts";
import { withBreakages, type PipelineReference } from "../../plan/review/breakages.ts";
import { losesNames, lostNames, type NameSources } from "../../plan/review/lost-names.ts";
import { asWarning, scanPipelineFiles } from "../refs/pipeline-scans.ts";
import type { Session } from "../session.ts";

/** A plan that lists the references in pipelines that it breaks. */
export interface PlanWithBreakages {
  readonly plan: Plan;
  /** Why some references may be missing. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the pipeline files, if the plan removes a name that they may refer to. */
export async function warnOfBreakages(session: Session, plan: Plan, sources: NameSources): Promise<PlanWithBreakages> {
  const lost = lostNames(plan, sources);
  if (!losesNames(lost)) return { plan, diagnostics: [] };
  const { scans, diagnostics, nothingFound } = await scanPipelineFiles(session, sources.section);
  const problems = [...diagnostics, ...scans.flatMap(({ notes }) => notes)];
  return {
    plan: withBreakages(plan, scans.flatMap(pipelineReferences), lost),
    diagnostics: [
      ...problems.map((each) => asWarning(each, MISSED)),
      // A repository without pipelines is fine; one whose pipelines are elsewhere needs a warning.
      ...(nothingFound?.isElsewhere === true ? [notLookedAt(nothingFound.problem)] : []),
    ],
  };
}

const MISSED = "breakage of pipelines may be missed";

function notLookedAt({ code, message, hint = "" }: Diagnostic): Diagnostic {
  return warningDiagnostic(code, `${message}: ${MISSED}`, hint);
}

function pipelineReferences({ file, references }: PipelineScan): PipelineReference[] {
  return references.flatMap(({ kind, value, slot, ignored, range, context }): PipelineReference[] => {
    if (kind === "dynamic" || slot === "number") return [];
    return [{ value, takesIdentifier: slot === "identifier", ignored, file, at: range.start, context }];
  });
}
