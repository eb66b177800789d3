import { closeSync, openSync } from "node:fs";
import { constants, open } from "node:fs/promises";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { isatty, ReadStream } from "node:tty";
import { failure, success, type Result } from "../model/integration.ts";
import { LARGEST_FILE } from "../model/limits.ts";
import { kindOfTarget } from "./file-kind.ts";
import { fileProblem, type FileProblem } from "./file-problem.ts";

/** One byte more than a file may have, so that the caller notices a larger file. */
const READ_LIMIT = LARGEST_FILE + 1;

export interface ReadLimits {
  /** In bytes. */
  readonly limit?: number;
  /** Ends the wait for a FIFO or a terminal. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a file, a FIFO or a terminal, but at most `limit` bytes, so that neither a mistyped name nor an endless
 * device fills the memory.
 */
export async function readBytes(
  path: string,
  { limit = READ_LIMIT, signal }: ReadLimits = {},
): Promise<Result<Uint8Array, FileProblem>> {
  try {
    const kind = await kindOfTarget(path);
    if (kind.ok && (kind.value === "FIFO" || kind.value === "device")) {
      const stream = openStream(path, kind.value);
      if (stream !== undefined) return await readStream(stream, limit, signal);
    }
    return await readFileBytes(path, limit);
  } catch (error) {
    return failure(fileProblem(error));
  }
}

/**
 * Opens without blocking. Opening a FIFO without a writer would block a thread, and the program could not be stopped.
 */
const WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

async function readFileBytes(path: string, limit: number): Promise<Result<Uint8Array, FileProblem>> {
  const file = await open(path, WITHOUT_WAITING);
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    while (size < limit) {
      const chunk = new Uint8Array(Math.min(limit - size, 256 * 1024));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      size += bytesRead;
    }
    return success(Buffer.concat(chunks));
  } finally {
    await file.close();
  }
}

/** The stream of a FIFO or a terminal. Undefined for a device that is read like a file. */
function openStream(path: string, kind: "FIFO" | "device"): Readable | undefined {
  if (kind === "FIFO") return new Socket({ fd: openSync(path, WITHOUT_WAITING), readable: true, writable: false });
  const descriptor = openSync(path, WITHOUT_WAITING);
  if (isatty(descriptor)) return new ReadStream(descriptor);
  closeSync(descriptor);
  return undefined;
}

function readStream(
  stream: Readable,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Result<Uint8Array, FileProblem>> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const end = (result: Result<Uint8Array, FileProblem>): void => {
      signal?.removeEventListener("abort", interrupt);
      stream.destroy();
      resolve(result);
    };
    const interrupt = (): void => end(failure({ code: "EINTR", message: "the run was interrupted" }));
    const finish = (): void => end(success(Buffer.concat(chunks).subarray(0, limit)));
    stream.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= limit) finish();
    });
    stream.once("end", finish);
    stream.once("error", (error) => end(failure(fileProblem(error))));
    signal?.addEventListener("abort", interrupt, { once: true });
    if (signal?.aborted) interrupt();
  });
}
