import type { EndReason } from "../exit.ts";
import { explainAll, explainTerm, suggestTerm } from "../explain/explain-term.ts";
import { errorDiagnostic } from "../model/diagnostic.ts";
import { harmlessJson, quoteName } from "../model/printable.ts";
import { renderExplanations, renderTerms } from "../render/explanation.ts";
import type { ConsoleOptions } from "./console.ts";
import type { Session } from "./session.ts";
import { reportStop, stop } from "./stop.ts";

export interface ExplainOptions extends ConsoleOptions {
  /** Undefined: everything that can be explained. */
  readonly term: string | undefined;
  readonly format: "text" | "json";
}

/**
 * `explain TYPE|FIELD|CODE`: explains it from the schema and the catalog of diagnostics. Reads no file and sends no
 * request.
 */
export function explain(session: Session<ExplainOptions>): Promise<readonly EndReason[]> {
  const { io, options } = session;
  const { term, format } = options;
  const explanations = term === undefined ? explainAll() : explainTerm(term);
  if (term !== undefined && explanations.length === 0) return Promise.resolve(reportUnknown(session, term));
  const columns = io.stdout.columns ?? 100;
  const render = term === undefined ? renderTerms : renderExplanations;
  io.stdout.write(format === "json" ? harmlessJson({ explanations }) : render(explanations, columns));
  return Promise.resolve([]);
}

function reportUnknown(session: Session<ExplainOptions>, term: string): readonly EndReason[] {
  const near = suggestTerm(term);
  const hint = near === undefined ? "`explain` without a name lists everything" : `did you mean ${near}?`;
  const message = `there is no type, field or code ${quoteName(term)}`;
  if (session.options.format === "json") {
    const diagnostics = [{ code: "unknown-term", severity: "error", message, hint }];
    session.io.stdout.write(harmlessJson({ explanations: [], diagnostics }));
  }
  return reportStop(session, stop("invalid", errorDiagnostic("unknown-term", message, hint)).error);
}
