import type { Dirent, Stats } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { failure, success, type Result } from "../model/integration.ts";
import { fileProblem, type FileProblem } from "./file-problem.ts";
import { isActionFile, isPipelineFile, isYamlFile, PIPELINE_FOLDER } from "./paths.ts";
import { readBytes } from "./read-bytes.ts";
import { repositoryTop } from "./repository-top.ts";

/** Largest pipeline file that is read, in bytes. */
export const LARGEST_PIPELINE = 5 * 1024 * 1024;

/** A path that can't be read. Whether it hides pipeline files is unknown, so it must not count as having none. */
export interface UnreadPath {
  readonly path: string;
  /** The problem, in words that follow the path in a message. */
  readonly problem: string;
}

/** The pipeline files of a checkout, by paths relative to its folder, with `/`. */
export interface PipelineFiles {
  /** Sorted. Each file once, even if several links lead to it. */
  readonly files: readonly string[];
  /** The definition of a custom action at the root, if there is one: it is not a pipeline. */
  readonly rootAction: string | undefined;
  readonly unread: readonly UnreadPath[];
}

/** `buddy.yml`, and every YAML file below `.buddy/`. Links are followed as long as they stay in the repository. */
export async function findPipelineFiles(folder: string): Promise<PipelineFiles> {
  const root = await realpath(folder).catch(() => folder);
  const search = new PipelineSearch(root, (await repositoryTop(root)) ?? root);
  await search.run();
  const files = search.files.toSorted((a, b) => (a < b ? -1 : 1));
  return { files, rootAction: search.rootAction, unread: search.unread };
}

/** The nearest parent folder that has pipelines, within the same repository if there is one. */
export async function folderWithPipelines(folder: string): Promise<string | undefined> {
  const start = await realpath(folder).catch(() => folder);
  const top = await repositoryTop(start);
  for (let at = start; at !== top && at !== dirname(at);) {
    at = dirname(at);
    const names = await readdir(at).catch((): string[] => []);
    if (names.some((name) => isPipelineFile(name) || name === PIPELINE_FOLDER)) return at;
  }
  return undefined;
}

class PipelineSearch {
  readonly files: string[] = [];
  readonly unread: UnreadPath[] = [];
  rootAction: string | undefined;
  readonly #root: string;
  /** The top of the repository. Links must not lead out of it. */
  readonly #top: string;
  /** The real paths of files and folders that were already found. */
  readonly #seen = new Set<string>();

  constructor(root: string, top: string) {
    this.#root = root;
    this.#top = top;
  }

  async run(): Promise<void> {
    const names = await this.#listed("", () => readdir(this.#root));
    for (const name of names.toSorted()) {
      if (isPipelineFile(name)) await this.#file(name, this.files);
      else if (isActionFile(name)) {
        const found: string[] = [];
        await this.#file(name, found);
        this.rootAction ??= found[0];
      }
    }
    // Open the folder by its name: it may be readable even if its parent can't be listed.
    const state = await lstat(join(this.#root, PIPELINE_FOLDER)).catch((error: unknown) => fileProblem(error));
    if ("code" in state) {
      if (state.code !== "ENOENT") this.#report(PIPELINE_FOLDER, `can't be read: ${state.message}`);
      return;
    }
    const kind = await this.#kindOf(PIPELINE_FOLDER, state);
    if (kind === "folder") await this.#folder(PIPELINE_FOLDER, []);
    else if (kind !== undefined) this.#report(PIPELINE_FOLDER, "isn't a folder");
  }

  async #folder(path: string, above: readonly string[]): Promise<void> {
    const real = await this.#realPath(path);
    if (real === undefined) return;
    if (above.includes(real) || this.#root === real || this.#root.startsWith(`${real}${sep}`)) {
      this.#report(path, "is a link that leads in a circle");
      return;
    }
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    const entries = await this.#listed(path, () => readdir(join(this.#root, path), { withFileTypes: true }));
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const below = `${path}/${entry.name}`;
      const kind = await this.#kindOf(below, entry);
      if (kind === "folder") await this.#folder(below, [...above, real]);
      else if (kind !== undefined && isYamlFile(entry.name)) await this.#file(below, this.files);
    }
  }

  /** Adds a file that exists, readable or not. */
  async #file(path: string, found: string[]): Promise<void> {
    const state = await lstat(join(this.#root, path)).catch((error: unknown) => fileProblem(error));
    if ("code" in state) {
      this.#report(path, `can't be read: ${state.message}`);
      return;
    }
    const kind = await this.#kindOf(path, state);
    if (kind === undefined) return;
    // Opening a pipe would wait for a writer.
    if (kind !== "file") {
      this.#report(path, kind === "folder" ? "is a folder" : "is neither a file nor a folder");
      return;
    }
    const real = await this.#realPath(path);
    if (real === undefined || this.#seen.has(real)) return;
    this.#seen.add(real);
    found.push(path);
  }

  /** The kind of a path, with links followed. Undefined if that fails, which is reported. */
  async #kindOf(path: string, entry: Dirent | Stats): Promise<"file" | "folder" | "other" | undefined> {
    let state: Dirent | Stats = entry;
    if (!entry.isFile() && !entry.isDirectory()) {
      const followed = await stat(join(this.#root, path)).catch((error: unknown) => fileProblem(error));
      if ("code" in followed) {
        const { code, message } = followed;
        if (!entry.isSymbolicLink()) this.#report(path, `can't be read: ${message}`);
        else if (code === "ENOENT") this.#report(path, "is a link that leads nowhere");
        else if (code === "ELOOP") this.#report(path, "is a link that leads in a circle");
        else this.#report(path, `is a link that can't be followed: ${message}`);
        return undefined;
      }
      state = followed;
    }
    if (state.isFile()) return "file";
    return state.isDirectory() ? "folder" : "other";
  }

  /** The real path. Undefined if it can't be read or is out of the repository, which is reported. */
  async #realPath(path: string): Promise<string | undefined> {
    const real = await realpath(join(this.#root, path)).catch((error: unknown) => fileProblem(error));
    if (typeof real !== "string") this.#report(path, `can't be read: ${real.message}`);
    else if (real !== this.#top && !real.startsWith(this.#top.endsWith(sep) ? this.#top : `${this.#top}${sep}`))
      this.#report(path, "is a link that leads out of the repository");
    else return real;
    return undefined;
  }

  async #listed<Entry>(path: string, list: () => Promise<Entry[]>): Promise<Entry[]> {
    try {
      return await list();
    } catch (error) {
      this.#report(path === "" ? "." : path, `can't be read: ${fileProblem(error).message}`);
      return [];
    }
  }

  #report(path: string, problem: string): void {
    this.unread.push({ path, problem });
  }
}

/** A pipeline file's text, a BOM included, so that it can be written back byte for byte. */
export async function readPipelineFile(path: string, signal?: AbortSignal): Promise<Result<string, FileProblem>> {
  const bytes = await readBytes(path, { limit: LARGEST_PIPELINE + 1, ...(signal && { signal }) });
  if (!bytes.ok) return bytes;
  if (bytes.value.length > LARGEST_PIPELINE) return failure({ code: "EFBIG", message: "it is larger than 5 MiB" });
  try {
    return success(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.value));
  } catch {
    return failure({ code: "EILSEQ", message: "it isn't UTF-8" });
  }
}
