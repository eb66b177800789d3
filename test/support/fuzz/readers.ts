import { foreignRecords, interruptedCreates } from "../../../src/apply/journal.ts";
import { decodeJournal } from "../../../src/checkout/journal/codec.ts";
import { parseResponseJson } from "../../../src/api/http/response-json.ts";
import { KnownTexts } from "../../../src/api/words/known-texts.ts";
import { MAX_ERROR_BYTES } from "../../../src/api/http/transport.ts";
import * as wire from "../../../src/api/wire.ts";
import { loadConfig, resolveConfig } from "../../../src/config/load-config.ts";
import { parseSecretsFile } from "../../../src/config/secrets-file.ts";
import { decodeText } from "../../../src/config/yaml/decode-text.ts";
import { parseLockfile } from "../../../src/checkout/lockfile/read.ts";
import { formatLockfile } from "../../../src/checkout/lockfile/write.ts";
import { hasErrors, type Diagnostic } from "../../../src/model/diagnostic.ts";
import { LARGEST_PIPELINE } from "../../../src/checkout/pipeline-files.ts";
import { checkReferences } from "../../../src/pipelines/meaning/check.ts";
import { rewriteReferences } from "../../../src/pipelines/rewrite.ts";
import { PIPELINE_HASHES } from "../pipeline-sample.ts";
import { declaredInputs } from "../../../src/pipelines/scan/declared-inputs.ts";
import { isOwnFile } from "../../../src/pipelines/scan/own-files.ts";
import { scanPipeline } from "../../../src/pipelines/scan/scan.ts";
import { findReviewedPlan, readReviewedReport } from "../../../src/plan/review/reviewed-report.ts";
import { conditionDifferences } from "../../../src/plan/review/plan-conditions.ts";
import { planHash } from "../../../src/plan/review/plan-hash.ts";
import { ReviewedChanges } from "../../../src/plan/review/reviewed-changes.ts";
import { renderAnnotations } from "../../../src/render/annotations.ts";
import { renderRunsMarkdown } from "../../../src/render/markdown-runs.ts";
import { renderRunsJson } from "../../../src/render/report-json.ts";
import { renderRunsText } from "../../../src/render/runs-text.ts";
import { readSavedReport } from "../../../src/render/saved-report.ts";
import { renderDiagnostics } from "../../../src/render/diagnostics.ts";

/** Reads a text that others wrote. It must end without an exception for any bytes. */
export type FuzzReader = (bytes: Uint8Array) => void;

const LARGEST = 64 * 1024 * 1024;
/** The hashes in the pipeline fixtures. */
const FUZZ_HASHES: ReadonlySet<string> = new Set(Object.values(PIPELINE_HASHES));
const TARGET = { api: "https://api.buddy.works", workspace: "my-company" };

/** A value of many lines, like the key of a service account. */
const KEY_FILE = Array.from({ length: 60 }, (_, line) => `${line}`.padEnd(64, "kEy/+")).join("\n");

/**
 * The readers, by what they read. Each does what the commands do with the text, except for file access and API calls.
 */
export const READERS = {
  "the desired file": (bytes) => {
    const loaded = loadConfig("integrations.yaml", bytes);
    mustHold(loaded.ok !== hasErrors(loaded.diagnostics), "it is either read or refused");
    renderAll(loaded.diagnostics);
    if (!loaded.ok) return;
    const resolved = resolveConfig(loaded.value, () => ({ kind: "unset" }));
    renderAll(resolved.diagnostics);
    for (const key of loaded.value.keys) loaded.value.placeOf(key, ["name"]);
  },
  "the lockfile": (bytes) => {
    const text = decodeText(bytes, LARGEST);
    if (!text.ok) return;
    const lock = parseLockfile("integrations.lock.yaml", text.value);
    if (!lock.ok) {
      mustHold(hasErrors(lock.error), "it is either read or refused");
      renderAll(lock.error);
      return;
    }
    const canonical = formatLockfile(lock.value);
    const again = parseLockfile("integrations.lock.yaml", canonical);
    mustHold(again.ok && formatLockfile(again.value) === canonical, "what was read is written and read again");
  },
  "the journal": (bytes) => {
    const records = decodeJournal(new TextDecoder().decode(bytes));
    if (!records.ok) return;
    interruptedCreates(records.value, TARGET, "trusted");
    foreignRecords(records.value, TARGET);
  },
  "a report": (bytes) => {
    const saved = readSavedReport(new TextDecoder().decode(bytes));
    if (saved.ok) {
      const again = readSavedReport(renderRunsJson(saved.value));
      mustHold(again.ok, "what was read is written and read again");
      renderRunsMarkdown(saved.value);
      renderRunsText(saved.value, { color: false }, false);
      renderAnnotations(saved.value.runs);
    }
    const report = readReviewedReport(new TextDecoder().decode(bytes));
    if (!report.ok) return;
    const plan = findReviewedPlan(report.value, { ...TARGET, file: "integrations.yaml" });
    if (!plan.ok) return;
    const differences = conditionDifferences(plan.value, plan.value);
    mustHold(differences.length === 0 || plan.value.offline, "a plan equals itself");
    const flags = { ...plan.value.flags, prune: !plan.value.flags.prune };
    conditionDifferences(plan.value, { ...plan.value, flags });
    planHash(plan.value);
    const reviewed = new ReviewedChanges([plan.value, plan.value]);
    mustHold(
      !reviewed.hasUnsent({ key: "", path: "", variable: "", value: "here" }) || plan.value.unsent.length > 0,
      "it lists only what is there",
    );
  },
  "a pipeline": (bytes) => {
    if (bytes.length > LARGEST_PIPELINE) return;
    const text = new TextDecoder().decode(bytes);
    isOwnFile(text);
    const scan = scanPipeline("buddy.yml", text, { hashes: FUZZ_HASHES, inputs: declaredInputs([text]) });
    const knowledge = { section: new Map(), wanted: [] };
    renderAll(checkReferences([scan], knowledge).diagnostics);
    mustHold(rewriteReferences(scan, knowledge).text === text, "nothing is known, so nothing is rewritten");
  },
  "a response of the API": (bytes) => {
    const json = parseResponseJson(new TextDecoder().decode(bytes));
    if (!json.ok) return;
    for (const read of [
      wire.decodeLive,
      wire.decodeList,
      wire.decodeMembers,
      wire.decodeGroups,
      wire.decodeProjects,
      wire.decodePipelines,
      wire.decodeOwner,
    ]) {
      const decoded = read(json.value);
      if (decoded.ok) JSON.stringify(decoded.value);
    }
    // The client reads only this much of an error.
    if (bytes.length <= MAX_ERROR_BYTES) wire.decodeErrors(json.value);
  },
  "the server's message": (bytes) => {
    if (bytes.length > MAX_ERROR_BYTES) return;
    const text = new TextDecoder().decode(bytes);
    const values = [KEY_FILE, "x".repeat(1000), text.slice(0, 5000)];
    const sent = values.map((value) => ({ variable: "V", value, use: "secret" as const }));
    for (const word of new KnownTexts(sent, [text.slice(5000)]).showable([text, text.slice(1)], { path: "/", sent }))
      mustHold(
        !word.includes(KEY_FILE.slice(0, 40)) && word.length <= 500,
        "no value is left, and no more than is shown",
      );
  },
  "a secrets file": (bytes) => {
    const text = decodeText(bytes);
    if (text.ok) renderAll(parseSecretsFile(".env", text.value, new Set(["A", "B", "C", "D"])).diagnostics);
  },
} as const satisfies Readonly<Record<string, FuzzReader>>;

export type ReaderName = keyof typeof READERS;

export const READER_NAMES: readonly ReaderName[] = [
  "the desired file",
  "the lockfile",
  "the journal",
  "a report",
  "a pipeline",
  "a response of the API",
  "the server's message",
  "a secrets file",
];

function renderAll(diagnostics: readonly Diagnostic[]): void {
  renderDiagnostics(diagnostics.slice(0, 100), "text", { color: false });
}

function mustHold(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken: ${what}`);
  if (Object.keys(Object.prototype).length > 0) throw new Error("the prototype of all objects is polluted");
}
