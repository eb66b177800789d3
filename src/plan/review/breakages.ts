import type { Position } from "../../model/diagnostic.ts";
import type { Plan, PlanWarning } from "../change.ts";
import type { LostName, LostNames } from "./lost-names.ts";

/** A place in a pipeline file that names an integration. */
export interface PipelineReference {
  readonly value: string;
  /** Whether an identifier is allowed there; a hash is allowed everywhere. */
  readonly takesIdentifier: boolean;
  /** `refs --write` doesn't change it. */
  readonly ignored: boolean;
  readonly file: string;
  readonly at: Position;
  readonly context: { readonly pipeline: string | undefined; readonly action: string | undefined };
}

/** The plan with a warning for each place that refers to what the plan takes away. */
export function withBreakages(plan: Plan, references: readonly PipelineReference[], lost: LostNames): Plan {
  const warnings = references.flatMap((reference): PlanWarning[] => {
    const hash = lost.hashes.get(reference.value);
    if (hash !== undefined) return [breakageWarning(reference, hash, `a hash that ${hash.fate}`)];
    const name = reference.takesIdentifier ? lost.identifiers.get(reference.value) : undefined;
    return name === undefined
      ? []
      : [breakageWarning(reference, name, `the identifier ${reference.value}, which ${name.fate}`)];
  });
  return warnings.length === 0 ? plan : { ...plan, warnings: [...plan.warnings, ...warnings] };
}

function breakageWarning({ file, at, context, ignored }: PipelineReference, lost: LostName, what: string): PlanWarning {
  const where = [context.pipeline, context.action].filter((name) => name !== undefined).join(" / ");
  const { line, column } = at;
  return {
    code: "breaks-pipeline",
    key: lost.key,
    message: `${file}:${line}${where === "" ? "" : ` (${where})`} refers to ${what}`,
    hint: ignored && lost.fixable !== "never" ? REMEDY_OF_IGNORED[lost.fixable] : REMEDIES[lost.fixable],
    place: { file, line, column },
  };
}

const REMEDIES: Readonly<Record<LostName["fixable"], string>> = {
  before: "run refs --write before the apply: it writes the current hash there",
  after: "after the apply, refs --write points it to the new one",
  never: "point it to another integration first",
};

const REMEDY_OF_IGNORED = {
  before: "edit this line before the apply, to name the current one: refs --write skips ignored lines",
  after: "edit this line after the apply, to name the new one: refs --write skips ignored lines",
} as const;
