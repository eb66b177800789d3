import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import type { Change, Plan } from "../../src/plan/change.ts";
import type { FileReport, RunsReport } from "../../src/render/report-json.ts";
import { root } from "./root.ts";

/** The plan of a run. */
export interface PlanDocument extends Plan {
  readonly plan_format: string;
  readonly hash?: string;
  readonly drift: readonly { readonly key: string; readonly path: string }[];
  readonly not_reviewed: readonly {
    readonly action: string;
    readonly key: string;
    readonly paths?: readonly string[];
  }[];
  readonly summary: Readonly<Record<Change["action"] | "refused" | "not_reviewed" | "unknown", number>>;
}

/** The part of a report about one file. */
export interface RunDocument {
  readonly file: string;
  readonly exit_code: number;
  readonly diagnostics: readonly {
    readonly code: string;
    readonly severity: "error" | "warning";
    readonly message: string;
    readonly hint?: string;
    readonly file?: string;
    readonly start?: { readonly line: number; readonly column: number };
  }[];
  readonly plan?: PlanDocument;
  readonly outcomes?: readonly {
    readonly action: string;
    readonly key: string;
    readonly outcome: "done" | "failed" | "unknown" | "refused" | "not-started";
    readonly hash_id?: string;
    readonly message?: string;
  }[];
}

/** What `--format json` prints, and `--out` and `--report` write. */
export interface ReportDocument {
  readonly report_format: string;
  readonly command?: "plan" | "apply" | "refs" | "refs --check" | "refs --usages";
  readonly exit_code: number;
  readonly diagnostics: RunDocument["diagnostics"];
  readonly runs?: readonly RunDocument[];
  readonly files?: number;
  readonly references?: number;
  readonly usages?: readonly {
    readonly key: string;
    readonly seen_in: "file" | "web-page" | "git-link";
    readonly file?: string;
    readonly line?: number;
    readonly project?: string;
    readonly pipeline?: string;
    readonly action?: string;
    readonly value: string;
    readonly outdated: boolean;
  }[];
  readonly unused?: readonly string[];
  readonly by_number?: number;
}

/** Its options let it compile quickly: in most processes, compiling takes longer than checking. */
const ajv = new Ajv({ allowUnionTypes: true, inlineRefs: false, code: { optimize: false } });
let compiled: ValidateFunction<ReportDocument> | undefined;

/** Compiled only when a test has a report. Most files with tests of the program have none. */
function reportCheck(): ValidateFunction<ReportDocument> {
  if (compiled !== undefined) return compiled;
  ajv.addSchema(closedSchema(readSchema("plan")), "plan.schema.json");
  compiled = ajv.compile<ReportDocument>(closedSchema(readSchema("report")));
  return compiled;
}

/** A report about one file: the members of its only run are merged into the report. */
export type OneFileReport = ReportDocument & Partial<RunDocument>;

/** The report of a command with one file, or none. See {@link parseRuns}. */
export function parseReport(stdout: string): OneFileReport {
  const report = parseRuns(stdout);
  const [run, ...others] = report.runs ?? [];
  assert.equal(others.length, 0);
  if (run === undefined) return report;
  return { ...report, ...run, exit_code: report.exit_code, diagnostics: [...report.diagnostics, ...run.diagnostics] };
}

/** The report of a run with one file, to be rendered. */
export function runOf({ command, ...run }: Pick<RunsReport, "command"> & OneFileRun): RunsReport {
  const opened = { file: "integrations.yaml", plan: undefined, outcomes: undefined, ...run };
  return { command, exit: run.exit, diagnostics: [], runs: [opened] };
}

type OneFileRun = Pick<FileReport, "exit" | "diagnostics"> & Partial<Pick<FileReport, "file" | "plan" | "outcomes">>;

/** Parses a report and checks it against its schema, which here allows no further members. */
export function parseRuns(stdout: string): ReportDocument {
  const value: unknown = JSON.parse(stdout);
  const isReport = reportCheck();
  assert.ok(isReport(value), `doesn't match schemas/report.schema.json: ${ajv.errorsText(isReport.errors)}`);
  return value;
}

/** The plan of the only file in a report. */
export function parsePlan(text: string): PlanDocument {
  const { plan } = parseReport(text);
  assert.ok(plan !== undefined, "no plan");
  return plan;
}

function readSchema(name: string): object {
  const value: unknown = JSON.parse(readFileSync(new URL(`schemas/${name}.schema.json`, root), "utf8"));
  assert.ok(typeof value === "object" && value !== null);
  return value;
}

/**
 * Readers must ignore members of later minor versions, but this version must write only members that its schema
 * names.
 */
function closedSchema(value: object): object {
  const entries = Object.entries(value).map(([name, inner]: [string, unknown]) => [
    name,
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? closedSchema(inner) : closedList(inner),
  ]);
  const closed: Record<string, unknown> = Object.fromEntries(entries);
  if (closed["type"] === "object" && "properties" in closed) closed["additionalProperties"] ??= false;
  return closed;
}

function closedList(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) => (typeof item === "object" && item !== null ? closedSchema(item) : item));
}
