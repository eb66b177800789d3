import { createHash } from "node:crypto";
import { harmlessJson } from "../model/printable.ts";
import { fingerprintsOf, type ReportedFinding } from "./findings.ts";

/** Findings as GitLab's code quality report, a subset of Code Climate's issues: a merge request shows which are new. */
export function renderCodeQuality(findings: readonly ReportedFinding[]): string {
  const fingerprints = fingerprintsOf(findings);
  return harmlessJson(
    findings.map(({ code, level, message, hint, file, range }, index) => ({
      description: hint === undefined || hint === "" ? message : `${message} (${hint})`,
      check_name: code,
      fingerprint: createHash("sha256")
        .update(fingerprints[index] ?? "")
        .digest("hex"),
      severity: level === "error" ? "critical" : "minor",
      location: { path: file, lines: { begin: range?.start.line ?? 1 } },
    })),
  );
}
