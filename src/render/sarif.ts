import { createHash } from "node:crypto";
import { codeEntry } from "../model/diagnostic-catalog.ts";
import { harmlessJson } from "../model/printable.ts";
import { counted } from "../model/text.ts";
import { fingerprintsOf, type ReportedFinding } from "./findings.ts";

/** Code hosts show this many results. They refuse a file with many more. */
const MOST_RESULTS = 5_000;

/**
 * Findings as SARIF 2.1.0, for GitHub's code scanning and other viewers. Each code of a finding is a rule, described with
 * the text that `explain` shows.
 */
export function renderSarif(findings: readonly ReportedFinding[], exit: number): string {
  const shown = findings.slice(0, MOST_RESULTS);
  const left = findings.length - shown.length;
  const codes = [...new Set(shown.map(({ code }) => code))].toSorted();
  const fingerprints = fingerprintsOf(shown);
  const notifications =
    left === 0
      ? {}
      : {
          toolExecutionNotifications: [
            { level: "warning", message: { text: `${counted(left, "more finding")} left out: see the log` } },
          ],
        };
  return harmlessJson({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "buddy-integrations", rules: codes.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: exit === 0 || exit === 2, exitCode: exit, ...notifications }],
        results: shown.map((finding, index) => ({
          ruleId: finding.code,
          ruleIndex: codes.indexOf(finding.code),
          level: finding.level,
          message: { text: messageOf(finding) },
          locations: [{ physicalLocation: locationOf(finding) }],
          partialFingerprints: { "buddyIntegrations/v1": sha256(fingerprints[index] ?? "") },
        })),
      },
    ],
  });
}

function ruleOf(code: string): object {
  const { means = code, todo = "" } = codeEntry(code) ?? {};
  return {
    id: code,
    shortDescription: { text: means },
    fullDescription: { text: means },
    help: { text: todo === "" ? means : todo, markdown: todo === "" ? means : `${means}\n\n**What to do:** ${todo}` },
  };
}

function messageOf({ message, hint }: ReportedFinding): string {
  return hint === undefined || hint === "" ? message : `${message}\nhint: ${hint}`;
}

/** Viewers need a place, so a finding without one is at the top of its file. */
function locationOf({ file, range }: ReportedFinding): object {
  const { start, end } = range ?? {};
  const isEmpty = start?.line === end?.line && start?.column === end?.column;
  return {
    artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" },
    region: {
      startLine: start?.line ?? 1,
      ...(start === undefined ? {} : { startColumn: start.column }),
      ...(end === undefined || isEmpty ? {} : { endLine: end.line, endColumn: end.column }),
    },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
