import { resolve } from "node:path";
import type { Diagnostic } from "../model/diagnostic.ts";
import { hasErrors } from "../model/diagnostic.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { writeFileAtomic } from "../checkout/files.ts";
import type { Io } from "../io.ts";
import type { LockSection } from "../model/lockfile.ts";
import { checkReferences } from "../pipelines/meaning/check.ts";
import { diffOf } from "../pipelines/diff.ts";
import type { Scan } from "../pipelines/reference.ts";
import { rewriteReferences, type Style } from "../pipelines/rewrite.ts";
import { usagesOf } from "../pipelines/usages.ts";
import { renderCheck, renderHashes, renderUsages, type CheckFormat, type HashFormat } from "../render/refs.ts";
import type { ConnectOptions } from "./connect.ts";
import { createConsole, type ConsoleOptions } from "./console.ts";
import { eventLine } from "./connect.ts";
import type { InputOptions } from "./inputs.ts";
import { ask, findSection, scanFiles, wantedIntegrations, type Section } from "./knowledge.ts";
import { problem, reportStop } from "./stop.ts";

export interface RefsOptions extends InputOptions, ConnectOptions, ConsoleOptions {
  /** Pipeline files; none: the usual ones. */
  readonly files: readonly string[];
  readonly job:
    | { readonly kind: "list"; readonly format: HashFormat }
    | { readonly kind: "key"; readonly key: string }
    | { readonly kind: "usages"; readonly format: HashFormat }
    | { readonly kind: "check"; readonly format: CheckFormat }
    | { readonly kind: "write"; readonly style?: Style; readonly dryRun: boolean };
}

/** Hashes of the lockfile for pipelines, and what pipeline files make of them. */
export async function refs(options: RefsOptions, io: Io): Promise<ExitCode> {
  const found = await findSection(options, io);
  if (!found.ok) return reportStop(found.error, options, io);
  const { job } = options;
  switch (job.kind) {
    case "list":
      if (found.value.section.size === 0 && !options.quiet) {
        io.stderr.write("no integration is locked; `sync --apply` locks what it creates and adopts\n");
      }
      return print(renderHashes(found.value.section, job.format), options, io);
    case "key":
      return oneHash(found.value, job.key, options, io);
    case "usages":
    case "check":
    case "write":
      return withScans(found.value, options, io);
    default:
      return job satisfies never;
  }
}

async function withScans(found: Section, options: RefsOptions, io: Io): Promise<ExitCode> {
  const wanted = await wantedIntegrations(options, io);
  if (!wanted.ok) return reportStop(wanted.error, options, io);
  const { scans, diagnostics } = await scanFiles(options.files, io);
  const knowledge = { section: found.section, wanted: wanted.value };
  const { job } = options;
  if (job.kind === "usages") {
    const text = renderUsages(usagesOf(scans, knowledge), found.section, job.format);
    return reportStop({ exit: hasErrors(diagnostics) ? EXIT.invalid : EXIT.done, diagnostics }, options, io, text);
  }
  if (job.kind === "write") return write(found.section, { scans, diagnostics, ...knowledge }, job, options, io);
  if (job.kind !== "check") throw new Error(`${job.kind} needs no pipeline files`);

  const console = createConsole(options, io, eventLine);
  const asked = await ask(found, scans, knowledge, options, io, console);
  if (!asked.ok) return reportStop(asked.error, options, io);
  const report = checkReferences(scans, asked.value.knowledge);
  const all = { ...report, diagnostics: [...diagnostics, ...asked.value.diagnostics, ...report.diagnostics] };
  io.stdout.write(renderCheck(all, job.format, { color: options.color, files: scans.length }));
  return hasErrors(all.diagnostics) ? EXIT.invalid : EXIT.done;
}

async function write(
  section: LockSection,
  {
    scans,
    diagnostics,
    wanted,
  }: {
    scans: readonly Scan[];
    diagnostics: readonly Diagnostic[];
    wanted: Parameters<typeof rewriteReferences>[1]["wanted"];
  },
  { style, dryRun }: { readonly style?: Style; readonly dryRun: boolean },
  options: RefsOptions,
  io: Io,
): Promise<ExitCode> {
  const problems: Diagnostic[] = [...diagnostics];
  let count = 0;
  let diffs = "";
  for (const scan of scans) {
    const { text, changes, skipped } = rewriteReferences(scan, { section, wanted }, style);
    for (const { at, from, reason } of skipped) {
      io.stderr.write(`${scan.file}:${at.line}:${at.column}: left alone: ${from.key}: ${from.value}: ${reason}\n`);
    }
    if (text === scan.text) continue;
    if (dryRun) diffs += diffOf(scan.file, scan.text, text);
    else {
      const written = await writeFileAtomic(resolve(io.cwd, scan.file), text);
      if (!written.ok) {
        problems.push(problem("unwritable", `${scan.file} can't be written: ${written.error.message}`));
        continue;
      }
    }
    count += changes.length;
    for (const { at, managed, from, to } of changes) {
      if (!options.quiet) {
        io.stderr.write(
          `${scan.file}:${at.line}:${at.column}: ${managed}: ${from.key}: ${from.value} → ${to.key}: ${to.value}\n`,
        );
      }
    }
  }
  if (!options.quiet) {
    const what = `${count} ${count === 1 ? "reference" : "references"}`;
    io.stderr.write(count === 0 ? "nothing to change\n" : `${what} ${dryRun ? "to change" : "changed"}\n`);
  }
  return reportStop(
    { exit: hasErrors(problems) ? EXIT.invalid : EXIT.done, diagnostics: problems },
    options,
    io,
    diffs,
  );
}

function oneHash({ section, name }: Section, key: string, options: RefsOptions, io: Io): ExitCode {
  const entry = section.get(key);
  if (entry !== undefined) {
    io.stdout.write(`${entry.hashId}\n`);
    return EXIT.done;
  }
  const known = [...section.keys()].join(", ");
  const hint = known === "" ? "it is empty: sync --apply fills it" : `it has ${known}`;
  const diagnostics = [
    problem("unknown-key", `the lockfile has no ${key}${name === undefined ? "" : ` for ${name}`}`, hint),
  ];
  return reportStop({ exit: EXIT.invalid, diagnostics }, options, io);
}

function print(text: ReturnType<typeof renderHashes>, options: RefsOptions, io: Io): ExitCode {
  if (text.ok) {
    io.stdout.write(text.value);
    return EXIT.done;
  }
  return reportStop({ exit: EXIT.invalid, diagnostics: [problem("ambiguous-name", text.error)] }, options, io);
}
