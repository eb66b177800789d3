import type { Problem, Span } from "../../yaml/node.ts";

/** Collects what rules find. */
export interface Report {
  error(code: string, span: Span, message: string, hint?: string): void;
  warning(code: string, span: Span, message: string, hint?: string): void;
}

export function createReport(problems: Problem[]): Report {
  const add = (severity: Problem["severity"]) => (code: string, span: Span, message: string, hint?: string) => {
    problems.push({ code, severity, message, span, ...(hint !== undefined && { hint }) });
  };
  return { error: add("error"), warning: add("warning") };
}
