import { resolve } from "node:path";
import { writeFileAtomic } from "../checkout/files.ts";
import { pathsFromTop } from "../checkout/repository-top.ts";
import { exitCode, type EndReason } from "../exit.ts";
import { errorDiagnostic, hasErrors, warningDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import { failure, success, type Result } from "../model/integration.ts";
import { harmlessOutput, visibleText } from "../model/printable.ts";
import { diffOf } from "../pipelines/diff.ts";
import { checkReferences } from "../pipelines/meaning/check.ts";
import type { KnownIntegrations } from "../pipelines/meaning/known-integrations.ts";
import { rewriteReferences, type ReferenceStyle, type ReferenceText } from "../pipelines/rewrite.ts";
import { collectUsages } from "../pipelines/usages.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import { renderCheck, renderHashes, renderUsages, type CheckFormat, type HashFormat } from "../render/refs.ts";
import { renderReportJson } from "../render/report-json.ts";
import { commandText, targetFlags } from "./command-text.ts";
import { NOTHING_LIVE, readLiveUsages } from "./refs/live-usages.ts";
import { scanPipelineFiles, type PipelineScans } from "./refs/pipeline-scans.ts";
import { findSection, lookUpHashes, wantedIntegrations, type NamedLockSection } from "./refs/refs-sources.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { reportStop, stop, type CommandStop } from "./stop.ts";

export interface RefsOptions extends WorkspaceOptions {
  /** Pipeline files. Empty: those in the usual places. */
  readonly files: readonly string[];
  readonly job: RefsJob;
  /** The project that the pipelines belong to. */
  readonly project: string | undefined;
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
  /** Read uses from the API too. */
  readonly live: boolean;
}
export interface CheckJob {
  readonly kind: "check";
  readonly format: CheckFormat;
  /** Succeed if there is no pipeline file. */
  readonly allowNone: boolean;
}
export interface WriteJob {
  readonly kind: "write";
  readonly style: ReferenceStyle | undefined;
  readonly dryRun: boolean;
}

type RefsSession = Session<RefsOptions>;
type JobEnd = Result<readonly EndReason[], CommandStop>;

/** `refs`: prints hashes of the lockfile, and checks or rewrites references in pipeline files. */
export async function refs(session: RefsSession): Promise<readonly EndReason[]> {
  const ended = await runJob(session);
  return ended.ok ? ended.value : reportRefsStop(session, ended.error);
}

async function runJob(session: RefsSession): Promise<JobEnd> {
  const found = await findSection(session);
  if (!found.ok) return found;
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

/** Writes a document or annotations, if the user asked for them, even though the run failed. */
async function reportRefsStop(
  session: RefsSession,
  { reasons, diagnostics }: CommandStop,
): Promise<readonly EndReason[]> {
  const { io, options } = session;
  const { job, color } = options;
  const format = "format" in job ? job.format : "text";
  if (format === "json") {
    const command = job.kind === "check" || job.kind === "usages" ? (`refs --${job.kind}` as const) : "refs";
    io.stdout.write(renderReportJson({ command, exit: exitCode(reasons, io.signal), diagnostics }));
  } else if (format === "github") {
    io.stdout.write(renderDiagnostics(diagnostics, format, { color, pathOf: await pathsFromTop(io) }), "commands");
  }
  return reportStop(session, { reasons, diagnostics });
}

async function runOnScans(
  session: RefsSession,
  found: NamedLockSection,
  job: UsagesJob | CheckJob | WriteJob,
): Promise<JobEnd> {
  const { io, options } = session;
  const wanted = await wantedIntegrations(session);
  if (!wanted.ok) return wanted;
  const scanned = await scanPipelineFiles(session, found.section, options.files);
  const project = options.project ?? (io.env["BUDDY_PROJECT_NAME_ID"] || undefined);
  const known = {
    section: found.section,
    wanted: wanted.value,
    flags: targetFlags(options),
    ...(project === undefined ? {} : { project }),
  };
  const sources = { ...scanned, found, known };
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

async function printUsages(session: RefsSession, sources: RefsSources, job: UsagesJob): Promise<JobEnd> {
  const { scans, found, known, nothingFound } = sources;
  const live = job.live ? await readLiveUsages(session, { found, known }) : success(NOTHING_LIVE);
  if (!live.ok) return live;
  const diagnostics = [
    ...sources.diagnostics,
    ...scans.flatMap(({ notes }) => notes),
    ...(nothingFound === undefined ? [] : [asMissing(nothingFound.problem)]),
    ...live.value.diagnostics,
  ];
  const reasons: readonly EndReason[] = hasErrors(diagnostics) ? ["invalid"] : [];
  const report = collectUsages(scans, known, live.value);
  const exit = exitCode(reasons, session.io.signal);
  session.io.stdout.write(renderUsages(report, found.section, { format: job.format, exit, diagnostics }));
  return success(reportStop(session, { reasons, diagnostics }));
}

async function printCheck(session: RefsSession, sources: RefsSources, job: CheckJob): Promise<JobEnd> {
  const { scans, found, known, nothingFound } = sources;
  const { io, options } = session;
  const asked = await lookUpHashes(session, { found, scans, known });
  if (!asked.ok) return failure({ ...asked.error, diagnostics: [...sources.diagnostics, ...asked.error.diagnostics] });
  const report = checkReferences(scans, asked.value.known);
  const diagnostics = [
    ...(nothingFound === undefined || job.allowNone ? [] : [withFlag(nothingFound.problem)]),
    ...sources.diagnostics,
    ...asked.value.diagnostics,
    ...report.diagnostics,
  ];
  const reasons: readonly EndReason[] = hasErrors(diagnostics) ? ["invalid"] : [];
  const pathOf = job.format === "github" ? await pathsFromTop(io) : undefined;
  const columns = io.stdout.isTTY ? io.stdout.columns : undefined;
  const exit = exitCode(reasons, io.signal);
  const { color } = options;
  const text = renderCheck(
    { ...report, diagnostics },
    { format: job.format, exit, color, files: scans.length, pathOf, columns },
  );
  io.stdout.write(text, job.format === "github" ? "commands" : undefined);
  return success(reasons);
}

function withFlag({ hint, ...problem }: Diagnostic): Diagnostic {
  return { ...problem, hint: `${hint}; --allow-none passes where there are none` };
}

function asMissing({ code, message, hint = "" }: Diagnostic): Diagnostic {
  return warningDiagnostic(code, message, hint);
}

async function writeReferences(session: RefsSession, sources: RefsSources, job: WriteJob): Promise<JobEnd> {
  const { scans, known, nothingFound } = sources;
  const { io, console } = session;
  const problems: Diagnostic[] = [
    ...sources.diagnostics,
    ...scans.flatMap(({ notes }) => notes),
    ...(nothingFound === undefined ? [] : [asMissing(nothingFound.problem)]),
  ];
  let count = 0;
  let diffs = "";
  for (const scan of scans) {
    // Check between files only: each file is written as a whole, so an interruption leaves none half done.
    if (io.signal.aborted) break;
    const { text, changes, skipped } = rewriteReferences(scan, known, job.style);
    for (const { at, from, reason } of skipped) {
      io.stderr.write(
        `${visibleText(scan.file)}:${at.line}:${at.column}: left alone: ${referenceText(from)}: ${reason}\n`,
      );
    }
    if (text === scan.text) continue;
    if (job.dryRun) diffs += diffOf(scan.file, scan.text, text);
    else {
      const written = await writeFileAtomic(resolve(io.cwd, scan.file), text);
      if (!written.ok) {
        problems.push(errorDiagnostic("unwritable", `${scan.file} can't be written: ${written.error.message}`));
        continue;
      }
    }
    count += changes.length;
    for (const { at, managed, from, to } of changes) {
      const place = `${visibleText(scan.file)}:${at.line}:${at.column}`;
      console.note(`${place}: ${visibleText(managed)}: ${referenceText(from)} → ${referenceText(to)}`);
    }
  }
  const what = `${count} ${count === 1 ? "reference" : "references"}`;
  console.note(count === 0 ? "nothing to change" : `${what} ${job.dryRun ? "to change" : "changed"}`);
  // The diff has no colours of this program, so any escape sequence in it is removed.
  io.stdout.write(harmlessOutput(diffs, "without-colors"));
  return success(reportStop(session, { reasons: hasErrors(problems) ? ["invalid"] : [], diagnostics: problems }));
}

function referenceText({ key, value }: ReferenceText): string {
  return visibleText(key === undefined ? value : `${key}: ${value}`);
}

function listHashes(session: RefsSession, { section }: NamedLockSection, job: ListJob): JobEnd {
  if (section.size === 0) session.console.note("no integration is locked; `apply` locks what it creates and adopts");
  const text = renderHashes(section, job.format);
  if (!text.ok) return stop("invalid", errorDiagnostic("ambiguous-name", text.error));
  session.io.stdout.write(text.value);
  return success([]);
}

function printHash(session: RefsSession, { section, name }: NamedLockSection, { key }: KeyJob): JobEnd {
  const entry = section.get(key);
  if (entry !== undefined) {
    session.io.stdout.write(`${entry.hashId}\n`);
    return success([]);
  }
  const known = [...section.keys()].join(", ");
  const apply = commandText("apply", session.options);
  const hint = known === "" ? `it is empty: \`${apply}\` fills it` : `it has ${known}`;
  const message = `the lockfile has no ${key}${name === undefined ? "" : ` for ${name}`}`;
  return stop("invalid", errorDiagnostic("unknown-key", message, hint));
}
