import { loadConfig, refusedVariableWarnings, type ParsedConfig } from "../config/load-config.ts";
import { counted } from "../model/text.ts";
import { hasErrors, sortDiagnostics, type Checked, type Diagnostic } from "../model/diagnostic.ts";
import { harmlessJson } from "../model/printable.ts";
import type { EndReason } from "../exit.ts";
import type { Io } from "../io.ts";
import { DEFAULT_CONFIG } from "../checkout/paths.ts";
import { pathsFromTop } from "../checkout/repository-top.ts";
import { diagnosticJson, renderDiagnostics, type DiagnosticFormat } from "../render/diagnostics.ts";
import type { ConsoleOptions } from "./console.ts";
import { readInput } from "./inputs/read-input.ts";
import type { Session } from "./session.ts";

/** The options of `validate`. `quiet` leaves out the summary. */
export interface ValidateOptions extends ConsoleOptions {
  /** Empty: the default file. */
  readonly files: readonly string[];
  readonly format: DiagnosticFormat;
  /** Lists the variables that the files refer to. In text format, only this list goes to stdout. */
  readonly variables: boolean;
}

/** Checks files without any request and without any value. Problems go to stdout, a summary to stderr. */
export async function validate({ io, console, options }: Session<ValidateOptions>): Promise<readonly EndReason[]> {
  const named = options.files.length > 0 ? options.files : [DEFAULT_CONFIG];
  const checked: Checked<ParsedConfig>[] = [];
  for (const file of named) checked.push(await validateFile(file, io));
  const diagnostics = checked.flatMap((each) => each.diagnostics);
  const ok = !hasErrors(diagnostics);
  if (options.format === "json") {
    const variables = options.variables ? { variables: checkedVariables(checked) } : {};
    const report = {
      valid: ok,
      files: named,
      diagnostics: diagnostics.map((diagnostic) => diagnosticJson(diagnostic)),
      ...variables,
    };
    io.stdout.write(harmlessJson(report));
  } else {
    const stream = options.variables ? io.stderr : io.stdout;
    const text = renderDiagnostics(diagnostics, options.format, {
      color: options.color,
      columns: stream.isTTY ? stream.columns : undefined,
      pathOf: options.format === "github" ? await pathsFromTop(io) : undefined,
    });
    if (options.variables)
      io.stdout.write(
        checkedVariables(checked)
          .map((name) => `${name}\n`)
          .join(""),
      );
    stream.write(text, options.format === "github" ? "commands" : undefined);
  }
  console.note(validationSummary(checked));
  return ok ? [] : ["invalid"];
}

/** Names of all variables that the files refer to, sorted. */
function checkedVariables(checked: readonly Checked<ParsedConfig>[]): string[] {
  return [...new Set(checked.flatMap((each) => (each.ok ? each.value.references : [])))].toSorted();
}

async function validateFile(file: string, io: Pick<Io, "cwd" | "env" | "signal">): Promise<Checked<ParsedConfig>> {
  const bytes = await readInput(io, file);
  if (bytes.ok) {
    const loaded = loadConfig(file, bytes.value);
    const refused = loaded.ok ? refusedVariableWarnings(loaded.value, io.env) : [];
    return { ...loaded, diagnostics: sortDiagnostics([...loaded.diagnostics, ...refused]) };
  }
  const start = { line: 1, column: 1, offset: 0 };
  return {
    ok: false,
    diagnostics: [
      {
        code: bytes.error.code === "ENOENT" ? "missing-file" : "unreadable-file",
        severity: "error",
        message: `the file can't be read: ${bytes.error.message}`,
        ...(bytes.error.code === "ENOENT" && { hint: "name the file; `buddy-integrations init` makes a first one" }),
        place: { file, range: { start, end: start } },
      },
    ],
  };
}

function validationSummary(checked: readonly Checked<ParsedConfig>[]): string {
  const diagnostics = checked.flatMap((each) => each.diagnostics);
  const errors = countSeverity(diagnostics, "error");
  const warnings = countSeverity(diagnostics, "warning");
  const integrations = checked.reduce((sum, each) => sum + (each.ok ? each.value.keys.length : 0), 0);
  const found = [...(errors ? [counted(errors, "error")] : []), ...(warnings ? [counted(warnings, "warning")] : [])];
  const files = counted(checked.length, "file");
  if (errors > 0) return `${found.join(" and ")} in ${files}`;
  return `${counted(integrations, "integration")} in ${files}: valid${warnings > 0 ? `, with ${found.join("")}` : ""}`;
}

function countSeverity(diagnostics: readonly Diagnostic[], severity: Diagnostic["severity"]): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}
