import type { Until } from "../../model/diagnostic.ts";
import type { Problem, Span } from "../yaml/node.ts";

/** Collects what rules find. */
export interface Report {
  error(code: string, span: Span, message: string, hint?: string): void;
  /** A warning names what to do about it. */
  warning(code: string, span: Span, message: string, hint: string): void;
  /** A warning that names nothing that has to be done, and so ends when what it is about is locked. */
  once(until: Until, code: string, span: Span, message: string, hint: string): void;
}

export function createReport(problems: Problem[]): Report {
  const add = (severity: Problem["severity"]) => (code: string, span: Span, message: string, hint?: string) => {
    problems.push({ code, severity, message, span, ...(hint !== undefined && { hint }) });
  };
  return {
    error: add("error"),
    warning: add("warning"),
    once: (until, code, span, message, hint) => {
      problems.push({ code, severity: "warning", message, hint, until, span });
    },
  };
}
