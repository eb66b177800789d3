/** A report that is written to a file beside what is printed, by the ending of the file's name. */
export type ReportKind = "json" | "markdown" | "sarif" | "code-quality" | "terraform";

const ENDINGS = [
  [".codequality.json", "code-quality"],
  [".terraform.json", "terraform"],
  [".json", "json"],
  [".md", "markdown"],
  [".sarif", "sarif"],
] as const;

/** The endings, in the order of their kinds' names in help. */
export const REPORT_ENDINGS = ".json, .md, .sarif, .codequality.json or .terraform.json";

/** Undefined: the ending is none of these. */
export function reportKindOf(file: string): ReportKind | undefined {
  return ENDINGS.find(([ending]) => file.toLowerCase().endsWith(ending))?.[1];
}
