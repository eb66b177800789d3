import { appendFile, stat } from "node:fs/promises";
import { cutMarkdown } from "./cut-markdown.ts";

/** GitHub takes summaries of a step of up to this many bytes, and drops larger ones. */
const LARGEST_SUMMARY = 1024 * 1024;

/**
 * A name and a value for `GITHUB_OUTPUT` or `GITHUB_STATE`. The delimiter is random: a value must not be able to end itself and
 * begin another one.
 */
export function fileCommand(name: string, value: string, random: string): string {
  const delimiter = `end-of-value-${random}`;
  if (value.includes(delimiter)) throw new Error(`the value of ${name} holds the delimiter`);
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}

export async function appendFileCommand(path: string, name: string, value: string, random: string): Promise<void> {
  if (path !== "") await appendFile(path, fileCommand(name, value, random));
}

/** Adds to the summary, and cuts the text if there isn't enough room. */
export async function appendSummary(path: string, markdown: string): Promise<void> {
  if (path === "") return;
  const used = (await stat(path).catch(() => undefined))?.size ?? 0;
  await appendFile(path, cutMarkdown(`${markdown.trimEnd()}\n\n`, LARGEST_SUMMARY - used, byteLength));
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
