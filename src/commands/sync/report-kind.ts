/** The format of a report that is written to a file. The ending of the file's name decides it. */
export type ReportKind = "json" | "markdown" | "sarif" | "code-quality" | "terraform";

const ENDINGS = [
  [".codequality.json", "code-quality"],
  [".terraform.json", "terraform"],
  [".json", "json"],
  [".md", "markdown"],
  [".sarif", "sarif"],
] as const;

/** The endings as help and messages list them. */
export const REPORT_ENDINGS = ".json, .md, .sarif, .codequality.json or .terraform.json";

/** Undefined: the ending is none of these. */
export function reportKindOf(file: string): ReportKind | undefined {
  return ENDINGS.find(([ending]) => file.toLowerCase().endsWith(ending))?.[1];
}
