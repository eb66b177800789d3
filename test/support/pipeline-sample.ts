import type { LockEntry } from "../../src/model/lockfile.ts";
import {
  knownHashes,
  type KnownIntegrations,
  type WantedIntegration,
} from "../../src/pipelines/meaning/known-integrations.ts";
import type { PipelineScan } from "../../src/pipelines/reference.ts";
import type { ScanKnowledge } from "../../src/pipelines/scan/reference-keys.ts";
import { scanPipeline } from "../../src/pipelines/scan/scan.ts";

/** Hashes in the sample below. `digits` isn't a plain string in YAML, so it needs quotes. */
export const PIPELINE_HASHES = {
  aws: "NLVaDzgp6W2qJljaQlJOoYdmZ3",
  awsBefore: "5e391f5aae784b7208de0d0a",
  digits: "123456789012345678901234",
  dockerBefore: "AbCdEfGhIjKlMnOpQrStUvWx12",
  spaces: "5f3b2c1d9e8f7a6b5c4d3e2f",
  sentry: "7a1b2c3d4e5f6a7b8c9d0e1f",
  import: "0a1b2c3d4e5f6a7b8c9d0e1f",
  unmanaged: "6a0b1c2d3e4f5a6b7c8d9e0f",
  gone: "deadbeefdeadbeefdeadbeef",
} as const;

export function sampleEntry(hashId: string, over: Partial<LockEntry> = {}): LockEntry {
  return {
    hashId,
    type: "AMAZON",
    lifecycle: { protect: false, onRemove: "delete" },
    lastSent: new Map(),
    superseded: [],
    formerIdentifiers: [],
    ...over,
  };
}

export function wantedKey(key: string, movedFrom: readonly string[] = [], importHash?: string): WantedIntegration {
  return { key, lifecycle: importHash === undefined ? { movedFrom } : { movedFrom, import: importHash } };
}

/** The integrations that the fixtures are checked against. */
export const KNOWLEDGE: KnownIntegrations = {
  section: new Map([
    [
      "aws_prod",
      sampleEntry(PIPELINE_HASHES.aws, {
        identifier: "aws_prod",
        superseded: [PIPELINE_HASHES.awsBefore],
        formerIdentifiers: ["aws"],
      }),
    ],
    [
      "docker",
      sampleEntry(PIPELINE_HASHES.digits, {
        identifier: "docker_hub",
        superseded: [PIPELINE_HASHES.dockerBefore],
        type: "DOCKER_HUB",
      }),
    ],
    ["do_spaces", sampleEntry(PIPELINE_HASHES.spaces, { identifier: "do-spaces", type: "DO_SPACES" })],
    ["sentry", sampleEntry(PIPELINE_HASHES.sentry, { type: "SENTRY" })],
  ]),
  wanted: [
    wantedKey("aws_prod", ["aws_production"]),
    wantedKey("slack_alerts"),
    wantedKey("ftp", [], PIPELINE_HASHES.import),
  ],
  workspace: {
    listed: [{ hashId: PIPELINE_HASHES.unmanaged, name: "Old FTP", type: "DIGITAL_OCEAN", identifier: "old_ftp" }],
    hashes: new Map([[PIPELINE_HASHES.gone, "gone"]]),
    complete: true,
  },
};

/** What a scan knows from the sample's lockfile and from an action that is defined next to the pipelines. */
export const SCAN_KNOWLEDGE: ScanKnowledge = {
  hashes: knownHashes(KNOWLEDGE.section),
  inputs: new Map([["deploy", new Set(["aws"])]]),
};

/** Scans a file of the sample with {@link SCAN_KNOWLEDGE}. */
export function scanSample(file: string, text: string): PipelineScan {
  return scanPipeline(file, text, SCAN_KNOWLEDGE);
}

/** The known integrations without a token. */
export const OFFLINE: KnownIntegrations = { section: KNOWLEDGE.section, wanted: KNOWLEDGE.wanted };
