import { resolve } from "node:path";
import type { Diagnostic } from "../model/diagnostic.ts";
import { hasErrors } from "../model/diagnostic.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { writeFileAtomic } from "../checkout/files.ts";
import type { Io } from "../io.ts";
import type { LockSection } from "../model/lockfile.ts";
import { visibleText } from "../model/printable.ts";
import { checkReferences } from "../pipelines/meaning/check.ts";
import { diffOf } from "../pipelines/diff.ts";
import type { PipelineScan } from "../pipelines/reference.ts";
import { rewriteReferences, type ReferenceStyle } from "../pipelines/rewrite.ts";
import { collectUsages } from "../pipelines/usages.ts";
import { renderCheck, renderHashes, renderUsages, type CheckFormat, type HashFormat } from "../render/refs.ts";
import type { ConnectOptions } from "./connect.ts";
import { createConsole, type ConsoleOptions } from "./console.ts";
import { eventLine } from "./connect.ts";
import type { InputOptions } from "./inputs.ts";
import {
  lookUpHashes,
  findSection,
  scanFiles,
  wantedIntegrations,
  type NamedLockSection,
} from "./reference-sources.ts";
import { errorDiagnostic, finishCommand } from "./command-stop.ts";

export interface RefsOptions extends InputOptions, ConnectOptions, ConsoleOptions {
  /** Pipeline files; none: the usual ones. */
  readonly files: readonly string[];
  readonly job:
    | { readonly kind: "list"; readonly format: HashFormat }
    | { readonly kind: "key"; readonly key: string }
    | { readonly kind: "usages"; readonly format: HashFormat }
    | { readonly kind: "check"; readonly format: CheckFormat }
    | { readonly kind: "write"; readonly style?: ReferenceStyle; readonly dryRun: boolean };
}

/** Hashes of the lockfile for pipelines, and what pipeline files make of them. */
export async function refs(options: RefsOptions, io: Io): Promise<ExitCode> {
  const found = await findSection(options, io);
  if (!found.ok) return finishCommand(found.error, options, io);
  const { job } = options;
  switch (job.kind) {
    case "list":
      if (found.value.section.size === 0 && !options.quiet) {
        io.stderr.write("no integration is locked; `sync --apply` locks what it creates and adopts\n");
      }
      return printHashes(renderHashes(found.value.section, job.format), options, io);
    case "key":
      return printHash(found.value, job.key, options, io);
    case "usages":
    case "check":
    case "write":
      return runOnScans(found.value, options, io);
    default:
      return job satisfies never;
  }
}

async function runOnScans(found: NamedLockSection, options: RefsOptions, io: Io): Promise<ExitCode> {
  const wanted = await wantedIntegrations(options, io);
  if (!wanted.ok) return finishCommand(wanted.error, options, io);
  const { scans, diagnostics } = await scanFiles(options.files, io);
  const knowledge = { section: found.section, wanted: wanted.value };
  const { job } = options;
  if (job.kind === "usages") {
    const text = renderUsages(collectUsages(scans, knowledge), found.section, job.format);
    return finishCommand({ exit: hasErrors(diagnostics) ? EXIT.invalid : EXIT.done, diagnostics }, options, io, text);
  }
  if (job.kind === "write")
    return writeReferences(found.section, { scans, diagnostics, ...knowledge }, job, options, io);
  if (job.kind !== "check") throw new Error(`${job.kind} needs no pipeline files`);

  const console = createConsole(options, io, eventLine);
  const asked = await lookUpHashes(found, scans, knowledge, options, io, console);
  if (!asked.ok) return finishCommand(asked.error, options, io);
  const report = checkReferences(scans, asked.value.knowledge);
  const all = { ...report, diagnostics: [...diagnostics, ...asked.value.diagnostics, ...report.diagnostics] };
  io.stdout.write(renderCheck(all, job.format, { color: options.color, files: scans.length }));
  return hasErrors(all.diagnostics) ? EXIT.invalid : EXIT.done;
}

async function writeReferences(
  section: LockSection,
  {
    scans,
    diagnostics,
    wanted,
  }: {
    scans: readonly PipelineScan[];
    diagnostics: readonly Diagnostic[];
    wanted: Parameters<typeof rewriteReferences>[1]["wanted"];
  },
  { style, dryRun }: { readonly style?: ReferenceStyle; readonly dryRun: boolean },
  options: RefsOptions,
  io: Io,
): Promise<ExitCode> {
  const problems: Diagnostic[] = [...diagnostics];
  let count = 0;
  let diffs = "";
  for (const scan of scans) {
    const { text, changes, skipped } = rewriteReferences(scan, { section, wanted }, style);
    for (const { at, from, reason } of skipped) {
      io.stderr.write(
        `${scan.file}:${at.line}:${at.column}: left alone: ${from.key}: ${visibleText(from.value)}: ${reason}\n`,
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
      if (!options.quiet) {
        io.stderr.write(
          `${scan.file}:${at.line}:${at.column}: ${visibleText(managed)}: ${from.key}: ${visibleText(from.value)} → ${to.key}: ${visibleText(to.value)}\n`,
        );
      }
    }
  }
  if (!options.quiet) {
    const what = `${count} ${count === 1 ? "reference" : "references"}`;
    io.stderr.write(count === 0 ? "nothing to change\n" : `${what} ${dryRun ? "to change" : "changed"}\n`);
  }
  return finishCommand(
    { exit: hasErrors(problems) ? EXIT.invalid : EXIT.done, diagnostics: problems },
    options,
    io,
    diffs,
  );
}

function printHash({ section, name }: NamedLockSection, key: string, options: RefsOptions, io: Io): ExitCode {
  const entry = section.get(key);
  if (entry !== undefined) {
    io.stdout.write(`${entry.hashId}\n`);
    return EXIT.done;
  }
  const known = [...section.keys()].join(", ");
  const hint = known === "" ? "it is empty: sync --apply fills it" : `it has ${known}`;
  const diagnostics = [
    errorDiagnostic("unknown-key", `the lockfile has no ${key}${name === undefined ? "" : ` for ${name}`}`, hint),
  ];
  return finishCommand({ exit: EXIT.invalid, diagnostics }, options, io);
}

function printHashes(text: ReturnType<typeof renderHashes>, options: RefsOptions, io: Io): ExitCode {
  if (text.ok) {
    io.stdout.write(text.value);
    return EXIT.done;
  }
  return finishCommand(
    { exit: EXIT.invalid, diagnostics: [errorDiagnostic("ambiguous-name", text.error)] },
    options,
    io,
  );
}
