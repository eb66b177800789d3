import type { DiagnosticCode } from "../../model/diagnostic-catalog.ts";
import type { Until } from "../../model/diagnostic.ts";
import type { YamlProblem, YamlSpan } from "../yaml/node.ts";

/** Collects what rules find. */
export interface RuleReporter {
  error(code: DiagnosticCode, span: YamlSpan, message: string, hint?: string): void;
  /** A warning names what to do about it. */
  warning(code: DiagnosticCode, span: YamlSpan, message: string, hint: string): void;
  /** A warning that requires no action: it ends when the lockfile has what `until` names. */
  untilLocked(until: Until, code: DiagnosticCode, span: YamlSpan, message: string, hint: string): void;
}

export function createRuleReporter(problems: YamlProblem[]): RuleReporter {
  const add =
    (severity: YamlProblem["severity"]) => (code: DiagnosticCode, span: YamlSpan, message: string, hint?: string) => {
      problems.push({ code, severity, message, span, ...(hint !== undefined && { hint }) });
    };
  return {
    error: add("error"),
    warning: add("warning"),
    untilLocked: (until, code, span, message, hint) => {
      problems.push({ code, severity: "warning", message, hint, until, span });
    },
  };
}
