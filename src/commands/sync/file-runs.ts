import { isLink } from "../../checkout/files.ts";
import { expandFilePattern } from "../../checkout/file-patterns.ts";
import { lockfileOf } from "../../checkout/paths.ts";
import { pathsFromTop } from "../../checkout/repository-top.ts";
import { fileIdentity } from "../../checkout/same-file.ts";
import { resolve } from "node:path";
import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import { identifierOf } from "../../model/identity.ts";
import { failure, success, type HashId, type Result } from "../../model/integration.ts";
import { workspaceSection } from "../../model/lockfile.ts";
import { classifyHash } from "../../plan/review/plan-hash.ts";
import { unmatchedInAll } from "../../plan/review/unmatched-flags.ts";
import { readCommandInputs, type CommandInputs, type InputsStop } from "../inputs/inputs.ts";
import type { PlanningOptions } from "./prepare-plan.ts";
import type { FileInUse } from "./report-files.ts";
import type { Session } from "../session.ts";

/** The options of a command that takes several files. `file` and `lockfile` are those of the current file. */
export interface FilesOptions extends PlanningOptions {
  /** Names and patterns, as the user gave them. */
  readonly files: readonly string[];
  readonly file: string;
  readonly lockfile: string | undefined;
  readonly workspace: string | undefined;
  readonly expect: readonly string[];
}

/** A file of a run, with what was read from it. */
export interface FileRun<Options extends FilesOptions> {
  /** The path from the top of the repository. */
  readonly file: string;
  /** A session whose options are those of this file. */
  readonly session: Session<Options & SessionOptions>;
  readonly inputs: CommandInputs;
  /** Whether it is the only file of the run. */
  readonly isOnly: boolean;
}

type SessionOptions = Session["options"];

/** A file that was opened, or why it can't be planned. */
export interface OpenedFile<Options extends FilesOptions> extends Omit<FileRun<Options>, "inputs"> {
  readonly read: Result<CommandInputs, InputsStop>;
}

/** The files that the options name, each once and in order, or why the run can't begin. */
export async function namedFiles<Options extends FilesOptions & SessionOptions>({
  io,
  options,
}: Session<Options>): Promise<Result<readonly string[], Diagnostic>> {
  const named = new Map<string, string>();
  for (const pattern of options.files) {
    const found = await expandFilePattern(io.cwd, pattern);
    if (!found.ok) {
      const message = `--file ${pattern}: a folder can't be read, so a file may be missed (${found.error})`;
      return failure(errorDiagnostic("unreadable-file", message, "make it readable, or name the files"));
    }
    if (found.value.length === 0) return failure(errorDiagnostic("missing-file", `--file ${pattern} matches no file`));
    for (const name of found.value) {
      const path = resolve(io.cwd, name);
      const identity = await fileIdentity(path);
      const known = named.get(identity);
      // Prefer a file to a link to it, whichever was named first: the lockfile is beside the file itself.
      if (known === undefined || ((await isLink(resolve(io.cwd, known))) && !(await isLink(path)))) {
        named.set(identity, name);
      }
    }
  }
  const names = [...named.values()];
  if (names.length > MOST_FILES) {
    const message = `--file names ${names.length} files, and one run takes ${MOST_FILES}`;
    return failure(errorDiagnostic("bad-arguments", message, "spread them over several runs: see docs/fleet.md"));
  }
  if (names.length > 1 && options.lockfile !== undefined) {
    const message = "--lockfile names one lockfile, and --file several files";
    return failure(errorDiagnostic("bad-arguments", message, "leave it out: x.lock.yaml belongs to x.yaml"));
  }
  if (names.length > 1 && options.expect.some((each) => classifyHash(each) !== "none")) {
    const message = "--expect takes a hash for one file only, and --file names several";
    return failure(errorDiagnostic("bad-arguments", message, "pass the report that plan --out wrote"));
  }
  return success(names);
}

/** A run keeps the lockfiles, journals and plans of all files in memory. */
const MOST_FILES = 1_000;

/** Reads all files; an error in one doesn't stop the others. */
export async function openFiles<Options extends FilesOptions & SessionOptions>(
  session: Session<Options>,
  names: readonly string[],
): Promise<readonly OpenedFile<Options>[]> {
  const pathOf = await pathsFromTop(session.io);
  const isOnly = names.length === 1;
  const opened: OpenedFile<Options>[] = [];
  for (const name of names) {
    const own: Session<Options> = { ...session, options: { ...session.options, file: name } };
    const read = await readCommandInputs(own, isOnly ? "one file" : "several files");
    opened.push({ file: pathOf(name), session: own, read, isOnly });
  }
  return isOnly ? opened : withSharedProblems(opened);
}

/** The files that a report must not overwrite. */
export function filesInUse(opened: readonly OpenedFile<FilesOptions>[]): FileInUse[] {
  return opened.map(({ session: { options }, read }) => ({
    file: options.file,
    lockfile: read.ok ? read.value.lock.path : (options.lockfile ?? lockfileOf(options.file)),
    references: read.ok ? read.value.written.references : read.error.references,
  }));
}

/** Adds problems that arise only from several files together, to each file that has them. */
function withSharedProblems<Options extends FilesOptions>(
  opened: readonly OpenedFile<Options>[],
): readonly OpenedFile<Options>[] {
  const problems = new Map<string, Diagnostic[]>();
  const report = (file: string, problem: Diagnostic): void => {
    problems.set(file, [...(problems.get(file) ?? []), problem]);
  };
  const readable = opened.flatMap(({ file, read }) => (read.ok ? [{ file, inputs: read.value }] : []));
  for (const [file, problem] of [...sharedLockfiles(readable), ...sharedIntegrations(readable)]) report(file, problem);
  return opened.map((each) => {
    const found = problems.get(each.file);
    if (found === undefined || !each.read.ok) return each;
    const { warnings, written } = each.read.value;
    const diagnostics = [...found, ...warnings];
    return {
      ...each,
      read: failure({ reasons: ["invalid"] as const, diagnostics, plan: undefined, references: written.references }),
    };
  });
}

interface ReadableFile {
  readonly file: string;
  readonly inputs: CommandInputs;
}

type FileProblems = readonly (readonly [file: string, problem: Diagnostic])[];

function sharedLockfiles(files: readonly ReadableFile[]): FileProblems {
  return groupsOf(files, ({ inputs }) => [inputs.lock.path]).flatMap(([, group]) =>
    group.map(({ item: { file, inputs } }) => {
      const message = `${inputs.lock.name} would also be the lockfile of ${othersOf(file, group)}`;
      return [file, errorDiagnostic("shared-lockfile", message, "give each file its own name")] as const;
    }),
  );
}

/** One integration that two files describe, by its identifier or by its hash. */
function sharedIntegrations(files: readonly ReadableFile[]): FileProblems {
  const described = files.flatMap(({ file, inputs }) => {
    const { target, lock, integrations, written } = inputs;
    const section = workspaceSection(lock.lock, target);
    return integrations.map((integration) => {
      const { key, scope, projectName = "" } = integration;
      const entry = section.get(key);
      const identifier = identifierOf(integration, entry);
      const place = JSON.stringify([target.api, target.workspace, identifier, scope, projectName]);
      const hash = entry === undefined ? [] : [JSON.stringify([target.api, target.workspace, entry.hashId])];
      return { file, key, identifier, at: written.placeOf(key), place, hash, hashId: entry?.hashId };
    });
  });
  const inTwo = (by: (item: (typeof described)[number]) => readonly string[], what: (item: Described) => string) =>
    groupsOf(described, by).flatMap(([, group]) =>
      group.map(({ item }) => {
        const message = `${item.key}: ${what(item)} is also in ${othersOf(item.file, group)}`;
        const hint = "keep it in one of the files; the other forgets it, and nothing is deleted";
        const problem = errorDiagnostic("identifier-in-two-files", message, hint);
        return [item.file, item.at === undefined ? problem : { ...problem, place: item.at }] as const;
      }),
    );
  return [
    ...inTwo(
      ({ place }) => [place],
      ({ identifier }) => `the integration with the identifier ${identifier}`,
    ),
    ...inTwo(
      ({ hash }) => hash,
      ({ hashId }) => `the integration ${hashId}`,
    ),
  ];
}

interface Described {
  readonly identifier: string;
  readonly hashId: HashId | undefined;
}

/** Groups the items by what they have in common. Keeps the groups with items of several files. */
function groupsOf<T extends { readonly file: string }>(
  items: readonly T[],
  by: (item: T) => readonly string[],
): [string, { readonly item: T }[]][] {
  const groups = new Map<string, { readonly item: T }[]>();
  for (const item of items) for (const name of by(item)) groups.set(name, [...(groups.get(name) ?? []), { item }]);
  return [...groups].filter(([, group]) => new Set(group.map(({ item }) => item.file)).size > 1);
}

function othersOf(file: string, group: readonly { readonly item: { readonly file: string } }[]): string {
  return [...new Set(group.map(({ item }) => item.file).filter((other) => other !== file))].join(", ");
}

/** Problems that stop the whole run, although each file alone is valid. */
export function problemsOfRun(opened: readonly OpenedFile<FilesOptions>[]): readonly Diagnostic[] {
  const read = opened.flatMap(({ file, read: each }) => (each.ok ? [{ file, inputs: each.value }] : []));
  const hosts = new Map(read.map(({ file, inputs }) => [inputs.target.api, file]));
  if (hosts.size > 1) {
    const named = [...hosts].map(([api, file]) => `${api} (${file})`).join(", ");
    const message = `the files are for ${hosts.size} hosts: ${named}`;
    return [errorDiagnostic("several-hosts", message, "a run has one token for one host: run once for each")];
  }
  const [first] = opened;
  // A flag may name a key of an unreadable file. The problems of that file are reported instead.
  if (first === undefined || first.isOnly || read.length < opened.length) return [];
  return unmatchedInAll(
    first.session.options.flags,
    read.map(({ inputs: { integrations, lock, target } }) => ({
      integrations,
      lockedKeys: [...workspaceSection(lock.lock, target).keys()],
    })),
  );
}
