import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import type { StateChange, EmulatorState } from "./state.ts";
import { applyChange, emptyState, snapshot } from "./state.ts";
import type { ChangeLog } from "./store.ts";

const DATA_FILE_HEADER = '{"buddy-emulator-data":1}\n';
/** Rewriting is worth it only when most of the file is history. */
const MIN_HISTORY_LINES = 20_000;

export interface OpenedData {
  readonly state: EmulatorState;
  readonly log: ChangeLog;
  /** The file was empty, so it still has to be seeded. */
  readonly isNew: boolean;
}

/**
 * Opens the file that keeps the state: a header, then a JSON array of changes per line, appended before a change is
 * applied or answered. One `write` per line survives a SIGKILL (not a power cut: only rewrites are synced).
 * A last line without its end is a write that was cut off, and is dropped. Throws when any other line is damaged.
 */
export function openDataFile(path: string): OpenedData {
  const state = emptyState();
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const end = bytes.lastIndexOf("\n") + 1;
  const [header, ...lines] = bytes.subarray(0, end).toString("utf8").split("\n");
  if (end > 0 && `${header}\n` !== DATA_FILE_HEADER) throw new Error(`${path} isn't a data file of this emulator`);
  for (const [at, line] of lines.entries()) {
    if (line === "") continue;
    for (const change of parseDataLine(line, path, at + 2)) applyChange(state, change);
  }
  const fd = openSync(path, "a", 0o600);
  if (end === 0) {
    ftruncateSync(fd, 0);
    writeSync(fd, DATA_FILE_HEADER);
  } else if (end < bytes.length) ftruncateSync(fd, end);
  return { state, log: new DataFile(path, fd, lines.length), isNew: lines.every((line) => line === "") };
}

class DataFile implements ChangeLog {
  readonly #path: string;
  #fd: number;
  #lines: number;
  #size: number;

  constructor(path: string, fd: number, lines: number) {
    this.#path = path;
    this.#fd = fd;
    this.#lines = lines;
    this.#size = fstatSync(fd).size;
  }

  /** Throws when the disk is full; the file is then as it was. */
  append(changes: readonly StateChange[]): void {
    const line = Buffer.from(`${JSON.stringify(changes)}\n`);
    try {
      writeAll(this.#fd, line);
    } catch (error) {
      ftruncateSync(this.#fd, this.#size);
      throw error;
    }
    this.#size += line.length;
    this.#lines += 1;
  }

  settle(state: EmulatorState): void {
    if (this.#lines < MIN_HISTORY_LINES || this.#lines < 4 * countRecords(state)) return;
    const lines = [DATA_FILE_HEADER, ...Array.from(snapshot(state), (change) => `${JSON.stringify([change])}\n`)];
    const next = `${this.#path}.new`;
    // Never write into a file that somebody else put there.
    rmSync(next, { force: true });
    const fd = openSync(next, "wx", 0o600);
    writeAll(fd, Buffer.from(lines.join("")));
    fsyncSync(fd);
    closeSync(fd);
    renameSync(next, this.#path);
    closeSync(this.#fd);
    this.#fd = openSync(this.#path, "a", 0o600);
    this.#size = fstatSync(this.#fd).size;
    this.#lines = lines.length;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}

function parseDataLine(line: string, path: string, number: number): readonly StateChange[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error(`${path}:${number}: damaged line`, { cause });
  }
  if (!isChanges(value)) throw new Error(`${path}:${number}: not a list of changes`);
  return value;
}

/**
 * Only the outer shape is checked, which is enough to recognise a foreign file: the emulator wrote all other lines
 * itself.
 */
function isChanges(value: unknown): value is readonly StateChange[] {
  return (
    Array.isArray(value) &&
    value.every((change: unknown) => typeof change === "object" && change !== null && "op" in change)
  );
}

function countRecords(state: EmulatorState): number {
  let total = state.tokens.size + state.users.size;
  for (const { tables } of state.workspaces.values())
    for (const table of Object.values(tables)) total += table.size + 1;
  return total;
}
