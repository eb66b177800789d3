import assert from "node:assert/strict";
import { test } from "node:test";
import { PIPELINE_HASHES, sampleEntry } from "../../../test/support/pipeline-sample.ts";
import type { ListedIntegration } from "../../model/integration.ts";
import { rewriteReferences, type ReferenceStyle } from "../rewrite.ts";
import { scanPipeline } from "../scan/scan.ts";
import { collectUsages } from "../usages.ts";
import { checkReferences } from "./check.ts";
import type { KnownIntegrations } from "./known-integrations.ts";

const ours = sampleEntry(PIPELINE_HASHES.aws, {
  identifier: "aws",
  superseded: [PIPELINE_HASHES.awsBefore],
  lastSent: new Map([["scope", "WORKSPACE"]]),
});
const ofProject = (project: string, hashId: string, identifier = "aws"): ListedIntegration => ({
  hashId,
  name: "Theirs",
  type: "AMAZON",
  identifier,
  projectName: project,
});

function known(listed: readonly ListedIntegration[], project?: string): KnownIntegrations {
  const mine = { hashId: PIPELINE_HASHES.aws, name: "Ours", type: "AMAZON", identifier: "aws" };
  const workspace = { listed: [mine, ...listed], hashes: new Map(), complete: project !== undefined };
  return { section: new Map([["mine", ours]]), wanted: [], workspace, ...(project === undefined ? {} : { project }) };
}

const SHARED = known([ofProject("web", "w".repeat(24))]);
const TEXT = `- integration: aws\n- integration_hash: ${PIPELINE_HASHES.aws}\n- integration_hash: ${PIPELINE_HASHES.awsBefore}\n- integration: mine\n`;

function rewritten(by: KnownIntegrations, style?: ReferenceStyle): string[] {
  return rewriteReferences(scanPipeline("f.yml", TEXT), by, style).text.trimEnd().split("\n");
}

function codes(by: KnownIntegrations, text = "- integration: aws\n"): string[] {
  return checkReferences([scanPipeline("f.yml", text)], by).diagnostics.map(
    ({ code, severity }) => `${severity} ${code}`,
  );
}

test("a warning names both integrations if the workspace and a project share an identifier", () => {
  const [finding] = checkReferences([scanPipeline("f.yml", "- integration: aws\n")], SHARED).diagnostics;
  assert.equal(finding?.severity, "warning");
  assert.match(finding?.message ?? "", /`mine` \(of the workspace\) and of w{24} \(of the project `web`\)/);
  assert.deepEqual(codes(SHARED, `- integration_hash: ${PIPELINE_HASHES.aws}\n`), []);
});

test("--style identifier doesn't change references with a shared identifier, and writes none", () => {
  const hash = `integration_hash: ${PIPELINE_HASHES.aws}`;
  assert.deepEqual(rewritten(SHARED, "identifier"), [
    "- integration: aws",
    `- ${hash}`,
    `- ${hash}`,
    `- integration: ${PIPELINE_HASHES.aws}`,
  ]);
  assert.equal(rewritten(SHARED, "hash")[0], "- integration: aws");
  const alone = rewritten(known([]), "identifier");
  assert.deepEqual(new Set(alone), new Set(["- integration: aws"]));
});

test("if the project of the pipelines is known, integrations of other projects don't count", () => {
  assert.deepEqual(codes(known([ofProject("web", "w".repeat(24))], "shop")), []);
  assert.deepEqual(codes(known([ofProject("web", "w".repeat(24))], "web")), ["warning shared-identifier"]);
  const two = [ofProject("web", "w".repeat(24), "x"), ofProject("shop", "s".repeat(24), "x")];
  assert.deepEqual(codes(known(two), "- integration: x\n"), ["warning shared-identifier"]);
  assert.deepEqual(codes(known(two, "web"), "- integration: x\n"), ["warning unmanaged-identifier"]);
});

test("a shared identifier is also found from the lockfile alone, and each managed integration counts as used", () => {
  const lastSent = new Map([["project_name", "web"]]);
  const other = sampleEntry(PIPELINE_HASHES.spaces, { identifier: "aws", lastSent });
  const locked: KnownIntegrations = {
    section: new Map([
      ["mine", ours],
      ["theirs", other],
    ]),
    wanted: [],
  };
  assert.deepEqual(codes(locked), ["warning shared-identifier"]);
  const { used } = collectUsages([scanPipeline("f.yml", "- integration: aws\n")], locked);
  assert.deepEqual([...used.keys()], ["mine", "theirs"]);
});
