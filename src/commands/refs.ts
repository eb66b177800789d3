import { resolve } from "node:path";
import { writeFileAtomic } from "../checkout/files.ts";
import type { EndReason } from "../exit.ts";
import { errorDiagnostic, hasErrors, type Diagnostic } from "../model/diagnostic.ts";
import { harmlessOutput, visibleText } from "../model/printable.ts";
import { diffOf } from "../pipelines/diff.ts";
import { checkReferences } from "../pipelines/meaning/check.ts";
import type { KnownIntegrations } from "../pipelines/meaning/known-integrations.ts";
import { rewriteReferences, type ReferenceStyle } from "../pipelines/rewrite.ts";
import { collectUsages } from "../pipelines/usages.ts";
import { renderCheck, renderHashes, renderUsages, type CheckFormat, type HashFormat } from "../render/refs.ts";
import { scanPipelineFiles, type PipelineScans } from "./pipeline-scans.ts";
import { findSection, lookUpHashes, wantedIntegrations, type NamedLockSection } from "./refs-sources.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { reportStop, stop } from "./stop.ts";

export interface RefsOptions extends WorkspaceOptions {
  /** Pipeline files; none: the usual ones. */
  readonly files: readonly string[];
  readonly job: RefsJob;
}

export type RefsJob = ListJob | KeyJob | UsagesJob | CheckJob | WriteJob;

export interface ListJob {
  readonly kind: "list";
  readonly format: HashFormat;
}
export interface KeyJob {
  readonly kind: "key";
  readonly key: string;
}
export interface UsagesJob {
  readonly kind: "usages";
  readonly format: HashFormat;
}
export interface CheckJob {
  readonly kind: "check";
  readonly format: CheckFormat;
}
export interface WriteJob {
  readonly kind: "write";
  readonly style: ReferenceStyle | undefined;
  readonly dryRun: boolean;
}

type RefsSession = Session<RefsOptions>;

/** Hashes of the lockfile for pipelines, and what pipeline files make of them. */
export async function refs(session: RefsSession): Promise<readonly EndReason[]> {
  const found = await findSection(session);
  if (!found.ok) return reportStop(session, found.error);
  const { job } = session.options;
  switch (job.kind) {
    case "list":
      return listHashes(session, found.value, job);
    case "key":
      return printHash(session, found.value, job);
    case "usages":
    case "check":
    case "write":
      return runOnScans(session, found.value, job);
    default:
      return job satisfies never;
  }
}

async function runOnScans(
  session: RefsSession,
  found: NamedLockSection,
  job: UsagesJob | CheckJob | WriteJob,
): Promise<readonly EndReason[]> {
  const wanted = await wantedIntegrations(session);
  if (!wanted.ok) return reportStop(session, wanted.error);
  const scanned = await scanPipelineFiles(session, session.options.files);
  const sources = { ...scanned, found, known: { section: found.section, wanted: wanted.value } };
  switch (job.kind) {
    case "usages":
      return printUsages(session, sources, job);
    case "check":
      return printCheck(session, sources, job);
    case "write":
      return writeReferences(session, sources, job);
    default:
      return job satisfies never;
  }
}

interface RefsSources extends PipelineScans {
  readonly found: NamedLockSection;
  readonly known: KnownIntegrations;
}

function printUsages(
  session: RefsSession,
  { scans, diagnostics, found, known }: RefsSources,
  job: UsagesJob,
): readonly EndReason[] {
  session.io.stdout.write(renderUsages(collectUsages(scans, known), found.section, job.format));
  return reportProblems(session, diagnostics);
}

async function printCheck(
  session: RefsSession,
  { scans, diagnostics, found, known }: RefsSources,
  job: CheckJob,
): Promise<readonly EndReason[]> {
  const asked = await lookUpHashes(session, { found, scans, known });
  if (!asked.ok) return reportStop(session, asked.error);
  const report = checkReferences(scans, asked.value.known);
  const all = { ...report, diagnostics: [...diagnostics, ...asked.value.diagnostics, ...report.diagnostics] };
  const { color } = session.options;
  const text = renderCheck(all, job.format, { color, files: scans.length });
  session.io.stdout.write(text, job.format === "github" ? "commands" : undefined);
  return hasErrors(all.diagnostics) ? ["invalid"] : [];
}

async function writeReferences(
  session: RefsSession,
  { scans, diagnostics, known }: RefsSources,
  { style, dryRun }: WriteJob,
): Promise<readonly EndReason[]> {
  const { io, console } = session;
  const problems: Diagnostic[] = [...diagnostics];
  let count = 0;
  let diffs = "";
  for (const scan of scans) {
    const { text, changes, skipped } = rewriteReferences(scan, known, style);
    for (const { at, from, reason } of skipped) {
      io.stderr.write(
        `${visibleText(scan.file)}:${at.line}:${at.column}: left alone: ${from.key}: ${visibleText(from.value)}: ${reason}\n`,
      );
    }
    if (text === scan.text) continue;
    if (dryRun) diffs += diffOf(scan.file, scan.text, text);
    else {
      const written = await writeFileAtomic(resolve(io.cwd, scan.file), text);
      if (!written.ok) {
        problems.push(errorDiagnostic("unwritable", `${scan.file} can't be written: ${written.error.message}`));
        continue;
      }
    }
    count += changes.length;
    for (const { at, managed, from, to } of changes) {
      console.note(
        `${visibleText(scan.file)}:${at.line}:${at.column}: ${visibleText(managed)}: ${from.key}: ${visibleText(from.value)} → ${to.key}: ${visibleText(to.value)}`,
      );
    }
  }
  const what = `${count} ${count === 1 ? "reference" : "references"}`;
  console.note(count === 0 ? "nothing to change" : `${what} ${dryRun ? "to change" : "changed"}`);
  // Nothing in it is a colour of ours.
  io.stdout.write(harmlessOutput(diffs, "without-colors"));
  return reportProblems(session, problems);
}

function listHashes(session: RefsSession, { section }: NamedLockSection, job: ListJob): readonly EndReason[] {
  if (section.size === 0)
    session.console.note("no integration is locked; `sync --apply` locks what it creates and adopts");
  const text = renderHashes(section, job.format);
  if (!text.ok) return reportStop(session, stop("invalid", errorDiagnostic("ambiguous-name", text.error)).error);
  session.io.stdout.write(text.value);
  return [];
}

function printHash(session: RefsSession, { section, name }: NamedLockSection, { key }: KeyJob): readonly EndReason[] {
  const entry = section.get(key);
  if (entry !== undefined) {
    session.io.stdout.write(`${entry.hashId}\n`);
    return [];
  }
  const known = [...section.keys()].join(", ");
  const hint = known === "" ? "it is empty: sync --apply fills it" : `it has ${known}`;
  const message = `the lockfile has no ${key}${name === undefined ? "" : ` for ${name}`}`;
  return reportStop(session, stop("invalid", errorDiagnostic("unknown-key", message, hint)).error);
}

function reportProblems(session: RefsSession, diagnostics: readonly Diagnostic[]): readonly EndReason[] {
  return reportStop(session, { reasons: hasErrors(diagnostics) ? ["invalid"] : [], diagnostics });
}
