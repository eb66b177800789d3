import { resolve } from "node:path";
import { followLinks } from "../../checkout/files.ts";
import {
  findPipelineFiles,
  folderWithPipelines,
  readPipelineFile,
  type PipelineFiles,
} from "../../checkout/pipeline-files.ts";
import { isActionFile, lockfileOf, PIPELINE_FOLDER } from "../../checkout/paths.ts";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import type { LockSection } from "../../model/lockfile.ts";
import { knownHashes } from "../../pipelines/meaning/known-integrations.ts";
import type { PipelineScan } from "../../pipelines/reference.ts";
import { declaredInputs } from "../../pipelines/scan/declared-inputs.ts";
import { isOwnFile } from "../../pipelines/scan/own-files.ts";
import { scanPipeline } from "../../pipelines/scan/scan.ts";
import type { Session } from "../session.ts";

export interface PipelineScans {
  readonly scans: readonly PipelineScan[];
  /** Files and folders that can't be read, so that references may be missed. */
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined if files were found or named. */
  readonly nothingFound: NothingFound | undefined;
}

/** No pipeline file is in its usual place. */
export interface NothingFound {
  /** Says which places were searched. */
  readonly problem: Diagnostic;
  /** A parent folder has pipeline files, which were not read. */
  readonly isElsewhere: boolean;
}

/**
 * Reads and scans these files, relative to the working directory, or without names those in the usual places. Files
 * of this program are never scanned as pipelines.
 */
export async function scanPipelineFiles(
  session: Session,
  section: LockSection,
  named: readonly string[] = [],
): Promise<PipelineScans> {
  const { io } = session;
  const found = await findPipelineFiles(io.cwd);
  const usual = [...found.files, ...(found.rootAction === undefined ? [] : [found.rootAction])];
  const own = await ownPaths(session);
  const reader = new PipelineReader(session, own);
  const isNamed = named.length > 0;
  for (const name of isNamed ? named : usual) await reader.read(name, isNamed);
  // Read the definitions of actions, to know which inputs take integrations.
  const definitions = await reader.texts(usual.filter((name) => isActionFile(name.split("/").at(-1) ?? "")));
  const knowledge = { hashes: knownHashes(section), inputs: declaredInputs(definitions) };
  const scans: PipelineScan[] = [];
  for (const [name, text] of reader.found) {
    if (io.signal.aborted) break;
    scans.push(scanPipeline(name, text, knowledge));
  }
  const unread = found.unread.map(({ path, problem }) =>
    errorDiagnostic("unreadable-file", `${path} ${problem}`, MAKE_READABLE),
  );
  const pipelines = [...reader.found.keys()].filter((name) => name !== found.rootAction);
  return {
    scans,
    diagnostics: [
      ...(isNamed ? unread.map((each) => asWarning(each, "which inputs are integrations may not be known")) : unread),
      ...reader.diagnostics,
      ...interruptedProblem(session),
    ],
    nothingFound: isNamed || pipelines.length > 0 ? undefined : await nothingFoundProblem(io.cwd, found),
  };
}

const MAKE_READABLE = "make it readable, or remove it";

/** The same problem as a warning, since the run goes on without the file. */
export function asWarning({ code, message, place }: Diagnostic, consequence: string): Diagnostic {
  return {
    ...warningDiagnostic(code, `${message}: ${consequence}`, MAKE_READABLE),
    ...(place === undefined ? {} : { place }),
  };
}

class PipelineReader {
  readonly found = new Map<string, string>();
  readonly diagnostics: Diagnostic[] = [];
  readonly #session: Session;
  readonly #own: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(session: Session, own: ReadonlySet<string>) {
    this.#session = session;
    this.#own = own;
  }

  async read(name: string, isNamed: boolean): Promise<void> {
    const { io } = this.#session;
    if (io.signal.aborted) return;
    const path = resolve(io.cwd, name);
    const real = await followLinks(path);
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    const text = this.#own.has(real) ? undefined : await readPipelineFile(path, io.signal);
    if (text !== undefined && !text.ok) {
      this.diagnostics.push(errorDiagnostic("unreadable-file", `${name} can't be read: ${text.error.message}`));
    } else if (text === undefined || isOwnFile(text.value)) {
      if (!isNamed) return;
      const message = `${name} is a desired state or a lockfile of this tool, so it wasn't read as a pipeline file`;
      this.diagnostics.push(warningDiagnostic("own-file", message, "name pipeline files only"));
    } else this.found.set(name, text.value);
  }

  /** The texts of these files. Files that can't be read are left out. */
  async texts(names: readonly string[]): Promise<string[]> {
    const texts: string[] = [];
    for (const name of names) {
      const known = this.found.get(name);
      const text = known === undefined ? await readPipelineFile(resolve(this.#session.io.cwd, name)) : undefined;
      if (known !== undefined) texts.push(known);
      else if (text?.ok) texts.push(text.value);
    }
    return texts;
  }
}

/** The real paths of the desired state and the lockfile of this run. */
async function ownPaths({ io, options }: Session): Promise<ReadonlySet<string>> {
  const names = [options.file, options.lockfile ?? lockfileOf(options.file)];
  return new Set(await Promise.all(names.map((name) => followLinks(resolve(io.cwd, name)))));
}

function interruptedProblem({ io }: Session): Diagnostic[] {
  if (!io.signal.aborted) return [];
  return [errorDiagnostic("interrupted", "the run was interrupted before all pipeline files were read")];
}

async function nothingFoundProblem(folder: string, { unread }: PipelineFiles): Promise<NothingFound | undefined> {
  // Unreadable folders are reported already.
  if (unread.length > 0) return undefined;
  const above = await folderWithPipelines(folder);
  const message = `there is no pipeline file: neither buddy.yml nor a YAML file below ${PIPELINE_FOLDER}/ in ${folder}`;
  const hint =
    above === undefined
      ? "name the files, or run this where they are"
      : `there are some in ${above}: run this there, or name the files`;
  return { problem: errorDiagnostic("no-pipeline-files", message, hint), isElsewhere: above !== undefined };
}
