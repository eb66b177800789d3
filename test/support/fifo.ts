import { execFileSync } from "node:child_process";
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { setImmediate as turn } from "node:timers/promises";

/** Opens the FIFO for writing as soon as somebody reads it. */
export async function writerOf(path: string): Promise<FileHandle> {
  for (;;) {
    const writer = await open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
    if (writer !== undefined) return writer;
    await turn();
  }
}

export function makeFifo(path: string): void {
  execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
}
