import { constants, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { Journal, JournalRecord } from "../../apply/journal.ts";
import { failure, success, type Result } from "../../model/integration.ts";
import { fileProblem, type FileProblem } from "../file-problem.ts";
import { syncFolder, writeFileAtomic } from "../files.ts";
import { damagedJournalOf } from "../paths.ts";
import { encodeJournalRecord } from "./codec.ts";

/** Somebody may have planted the file, so a link isn't followed, and a FIFO doesn't block. */
const APPEND =
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_WRONLY |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

type AppendCallback = (result: Result<void, FileProblem>) => void;

/**
 * The journal of a lockfile: JSON lines. The file is created with the first record. Each record is flushed before
 * `append` resolves. Records that come during a flush share the next one.
 */
export class JournalFile implements Journal {
  readonly #path: string;
  #file: FileHandle | undefined;
  /** Bytes of whole records. */
  #size = 0;
  /** The file ends with half a record that can't be removed, so nothing may follow it. */
  #torn: FileProblem | undefined;
  #lines: string[] = [];
  #waiting: AppendCallback[] = [];
  #flushing = false;

  constructor(path: string) {
    this.#path = path;
  }

  append(record: JournalRecord): Promise<Result<void, FileProblem>> {
    this.#lines.push(encodeJournalRecord(record));
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#flushing) void this.#flush();
    });
  }

  /** Keeps only these records. If there are none, the file is removed. */
  async keep(records: readonly JournalRecord[]): Promise<Result<void, FileProblem>> {
    try {
      await this.close();
      if (records.length > 0)
        return await writeFileAtomic(this.#path, records.map(encodeJournalRecord).join(""), 0o600);
      await rm(this.#path, { force: true });
      await syncFolder(dirname(this.#path));
      return success(undefined);
    } catch (error) {
      return failure(fileProblem(error));
    }
  }

  /** Renames a journal that can't be read. @returns its new name */
  async setAside(now: number): Promise<Result<string, FileProblem>> {
    const name = damagedJournalOf(this.#path, now);
    try {
      await rename(this.#path, name);
      return success(name);
    } catch (error) {
      return failure(fileProblem(error));
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#torn = undefined;
    await file?.close();
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    while (this.#waiting.length > 0) {
      const [lines, waiting] = [this.#lines, this.#waiting];
      this.#lines = [];
      this.#waiting = [];
      const result = await this.#write(lines.join(""));
      for (const resolve of waiting) resolve(result);
    }
    this.#flushing = false;
  }

  async #write(text: string): Promise<Result<void, FileProblem>> {
    if (this.#torn !== undefined) return failure(this.#torn);
    try {
      const file = this.#file ?? (await this.#open());
      await file.appendFile(text);
      await file.datasync();
      this.#size += Buffer.byteLength(text);
      return success(undefined);
    } catch (error) {
      const problem = fileProblem(error);
      await this.#file?.truncate(this.#size).catch(() => (this.#torn = problem));
      return failure(problem);
    }
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#path, APPEND, 0o600);
    this.#file = file;
    const stats = await file.stat();
    if (!stats.isFile()) throw Object.assign(new Error("it is not a regular file"), { code: "NOT_A_FILE" });
    this.#size = stats.size;
    await syncFolder(dirname(this.#path));
    return file;
  }
}
