import assert from "node:assert/strict";
import { Ajv } from "ajv";

/**
 * The parts of SARIF 2.1.0 (OASIS) and of GitHub's code scanning rules that this tool uses, from their documentation.
 * Any other member is an error.
 */
const position = { type: "integer", minimum: 1 };
const message = closed({ text: { type: "string", minLength: 1 } }, ["text"]);
const SARIF = closed(
  {
    $schema: { type: "string", pattern: "^https://.*sarif.*2\\.1\\.0\\.json$" },
    version: { const: "2.1.0" },
    runs: {
      type: "array",
      minItems: 1,
      maxItems: 20,
      items: closed(
        {
          tool: closed(
            {
              driver: closed(
                {
                  name: { type: "string", minLength: 1 },
                  rules: {
                    type: "array",
                    uniqueItems: true,
                    items: closed(
                      {
                        id: { type: "string", minLength: 1, maxLength: 255 },
                        shortDescription: { ...message, properties: { text: { type: "string", maxLength: 1024 } } },
                        fullDescription: { ...message, properties: { text: { type: "string", maxLength: 1024 } } },
                        help: closed({ text: { type: "string" }, markdown: { type: "string" } }, ["text"]),
                      },
                      ["id", "shortDescription", "fullDescription", "help"],
                    ),
                  },
                },
                ["name", "rules"],
              ),
            },
            ["driver"],
          ),
          columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
          invocations: {
            type: "array",
            items: closed(
              {
                executionSuccessful: { type: "boolean" },
                exitCode: { type: "integer" },
                toolExecutionNotifications: {
                  type: "array",
                  items: closed({ level: { enum: ["none", "note", "warning", "error"] }, message }, ["message"]),
                },
              },
              ["executionSuccessful"],
            ),
          },
          results: {
            type: "array",
            maxItems: 25_000,
            items: closed(
              {
                ruleId: { type: "string" },
                ruleIndex: { type: "integer", minimum: 0 },
                level: { enum: ["none", "note", "warning", "error"] },
                message,
                locations: {
                  type: "array",
                  minItems: 1,
                  items: closed(
                    {
                      physicalLocation: closed(
                        {
                          artifactLocation: closed(
                            // A relative reference, percent-encoded (RFC 3986).
                            {
                              uri: { type: "string", pattern: "^(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+$" },
                              uriBaseId: { const: "%SRCROOT%" },
                            },
                            ["uri"],
                          ),
                          region: closed(
                            { startLine: position, startColumn: position, endLine: position, endColumn: position },
                            ["startLine"],
                          ),
                        },
                        ["artifactLocation"],
                      ),
                    },
                    ["physicalLocation"],
                  ),
                },
                partialFingerprints: { type: "object", additionalProperties: { type: "string" } },
              },
              ["ruleId", "message", "locations", "partialFingerprints"],
            ),
          },
        },
        ["tool", "results"],
      ),
    },
  },
  ["version", "runs"],
);

/** GitLab's code quality report. */
const CODE_QUALITY = {
  type: "array",
  items: closed(
    {
      description: { type: "string", minLength: 1 },
      check_name: { type: "string", minLength: 1 },
      fingerprint: { type: "string", minLength: 1 },
      severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
      location: closed(
        {
          // GitLab rejects a path that begins with ./
          path: { type: "string", pattern: "^(?!\\./)." },
          lines: closed({ begin: { type: "integer", minimum: 1 } }, ["begin"]),
        },
        ["path", "lines"],
      ),
    },
    ["description", "check_name", "fingerprint", "severity", "location"],
  ),
};

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string };
        readonly region: { readonly startLine: number };
      };
    },
  ];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

export interface SarifRun {
  readonly tool: {
    readonly driver: { readonly rules: readonly { readonly id: string; readonly help: { readonly text: string } }[] };
  };
  readonly invocations: readonly { readonly executionSuccessful: boolean; readonly exitCode: number }[];
  readonly results: readonly SarifResult[];
}

export interface CodeQualityIssue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const ajv = new Ajv({ strict: false });
const isSarif = ajv.compile<{ readonly runs: readonly [SarifRun] }>(SARIF);
const isCodeQuality = ajv.compile<readonly CodeQualityIssue[]>(CODE_QUALITY);

/** Parses a SARIF log and checks it against the rules above: each result has its rule, and all fingerprints differ. */
export function parseSarif(text: string): SarifRun {
  const value: unknown = JSON.parse(text);
  assert.ok(isSarif(value), ajv.errorsText(isSarif.errors));
  const [run] = value.runs;
  for (const { ruleId, ruleIndex } of run.results) assert.equal(run.tool.driver.rules[ruleIndex]?.id, ruleId);
  assertUnique(run.results.flatMap(({ partialFingerprints }) => Object.values(partialFingerprints)));
  return run;
}

export function parseCodeQuality(text: string): readonly CodeQualityIssue[] {
  const value: unknown = JSON.parse(text);
  assert.ok(isCodeQuality(value), ajv.errorsText(isCodeQuality.errors));
  assertUnique(value.map(({ fingerprint }) => fingerprint));
  return value;
}

function assertUnique(fingerprints: readonly string[]): void {
  assert.equal(new Set(fingerprints).size, fingerprints.length, "two findings have the same fingerprint");
}

function closed(properties: Readonly<Record<string, object>>, required: readonly string[]) {
  return { type: "object", additionalProperties: false, properties, required };
}
