import assert from "node:assert/strict";
import { test } from "node:test";
import { scanPipeline } from "./scan/scan.ts";
import { PIPELINE_HASHES, KNOWLEDGE } from "../../test/support/pipeline-sample.ts";
import { collectUsages } from "./usages.ts";

const scans = [
  scanPipeline(
    "buddy.yml",
    `- pipeline: Deploy\n  actions:\n  - action: Upload\n    integration_hash: ${PIPELINE_HASHES.awsBefore}\n`,
  ),
  scanPipeline(
    ".buddy/b.yml",
    `- integration: aws_prod\n- integration_hash: ${PIPELINE_HASHES.aws}\n- integration: slack_alerts\n`,
  ),
];

test("usages are listed by key and outdated ones are marked; locked integrations without a usage are listed too", () => {
  const { used, unused } = collectUsages(scans, KNOWLEDGE);
  assert.deepEqual(
    [...used].map(([key, usages]) => [
      key,
      usages.map(
        ({ place, value, outdated }) =>
          `${place.kind === "file" ? `${place.file}:${place.range.start.line}` : place.project} ${value}${outdated ? " outdated" : ""}`,
      ),
    ]),
    [
      [
        "aws_prod",
        [
          `buddy.yml:4 ${PIPELINE_HASHES.awsBefore} outdated`,
          ".buddy/b.yml:1 aws_prod",
          `.buddy/b.yml:2 ${PIPELINE_HASHES.aws}`,
        ],
      ],
      ["slack_alerts", [".buddy/b.yml:3 slack_alerts"]],
    ],
  );
  assert.deepEqual(unused, ["do_spaces", "docker", "sentry"]);
});
