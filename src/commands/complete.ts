import { parseLockfile } from "../checkout/lockfile/read.ts";
import { DEFAULT_CONFIG, lockfileOf } from "../checkout/paths.ts";
import type { ProgramShape } from "../completion/command-shape.ts";
import { completeWords, type Candidate, type Completion } from "../completion/complete-words.ts";
import { FILES_DIRECTIVE } from "../completion/scripts.ts";
import type { ValueKind } from "../completion/value-kinds.ts";
import { placedReferences } from "../config/references.ts";
import { childNode, scalarText, type YamlNode } from "../config/yaml/node.ts";
import { parseYaml } from "../config/yaml/parse.ts";
import type { EndReason } from "../exit.ts";
import { explainAll } from "../explain/explain-term.ts";
import { typeDocs } from "../explain/schema-docs.ts";
import type { Io } from "../io.ts";
import { visibleText } from "../model/printable.ts";
import type { ConsoleOptions } from "./console.ts";
import { readInput } from "./inputs/read-input.ts";
import type { Session } from "./session.ts";

export interface CompleteOptions extends ConsoleOptions {
  readonly program: ProgramShape;
  /** The words up to the cursor. The user is still typing the last one. */
  readonly words: readonly string[];
}

/**
 * Prints proposals for the scripts of `completion`. It sends no request. A file that can't be read adds no proposals.
 */
export async function complete({ io, options }: Session<CompleteOptions>): Promise<readonly EndReason[]> {
  const completion = completeWords(options.program, options.words);
  if (completion.kind === "values" && completion.values === "files") {
    io.stdout.write(`${FILES_DIRECTIVE}\n`);
    return [];
  }
  const candidates =
    completion.kind === "candidates"
      ? completion.candidates
      : await completionValues(completion.values, completion, io);
  const { prefix, part } = completion;
  const lines = candidates
    .filter(({ value }) => value.startsWith(part))
    .map(({ value, description }) => `${prefix}${value}${description === "" ? "" : `\t${visibleText(description)}`}\n`);
  io.stdout.write([...new Set(lines)].join(""));
  return [];
}

async function completionValues(kind: ValueKind, completion: Completion, io: InputIo): Promise<readonly Candidate[]> {
  switch (kind) {
    case "types":
      return typeDocs.map(({ name, title }) => ({ value: name, description: title }));
    case "terms":
      return explainAll().map(({ name, kind: what }) => ({ value: name, description: what }));
    case "keys":
      return (await readCheckout(completion, io)).keys;
    case "resend":
      return resendValues(await readCheckout(completion, io), completion.part);
    case "projects":
      return (await readCheckout(completion, io)).projects;
    case "variables":
      return (await readCheckout(completion, io)).variables;
    case "files":
    case "commands":
    case "free":
      return [];
    default:
      return kind satisfies never;
  }
}

interface CheckoutValues {
  readonly keys: readonly Candidate[];
  readonly projects: readonly Candidate[];
  readonly variables: readonly Candidate[];
  /** Fields of each block. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** What the file and the lockfile contain. The file may be invalid, since the user is editing it. */
async function readCheckout({ file = DEFAULT_CONFIG, lockfile }: Completion, io: InputIo): Promise<CheckoutValues> {
  const text = await readText(io, file);
  const yaml = text === undefined ? undefined : parseYaml(text);
  const root = yaml?.kind === "tree" ? yaml.root : undefined;
  const integrations = childNode(root, "integrations");
  const blocks =
    integrations?.kind === "map" ? [...integrations.entries].map(([key, { value }]) => [key, value] as const) : [];
  const lock = await readText(io, lockfile ?? lockfileOf(file));
  const parsed = lock === undefined ? undefined : parseLockfile(lockfile ?? lockfileOf(file), lock);
  const sections = parsed?.ok ? [...parsed.value.sections.values()] : [];
  const locked = sections.flatMap((section) => [...section].map(([key, { type }]) => [key, type] as const));
  const described = new Map([...locked, ...blocks.map(([key, block]) => [key, blockWords(block)] as const)]);
  const projects = blocks.map(([, block]) => scalarText(childNode(block, "project_name")) ?? "");
  return {
    keys: [...described].filter(([key]) => isWordLike(key)).map(([value, description]) => ({ value, description })),
    projects: plainWords(projects),
    variables: plainWords(blocks.flatMap(([, block]) => blockVariables(block))),
    fields: new Map(blocks.map(([key, block]) => [key, block.kind === "map" ? [...block.entries.keys()] : []])),
  };
}

function blockVariables(block: YamlNode): string[] {
  return block.kind === "map" ? [...placedReferences(block)].map(({ name }) => name) : [];
}

type InputIo = Pick<Io, "cwd" | "signal">;

async function readText(io: InputIo, name: string): Promise<string | undefined> {
  const bytes = await readInput(io, name);
  return bytes.ok ? new TextDecoder().decode(bytes.value) : undefined;
}

function blockWords(block: YamlNode): string {
  return [scalarText(childNode(block, "type")), scalarText(childNode(block, "name"))].filter(Boolean).join(" ");
}

/** Any other text could contain characters that a shell interprets. */
function isWordLike(text: string): boolean {
  return /^[A-Za-z][\w-]*$/.test(text);
}

function plainWords(words: readonly string[]): Candidate[] {
  const kept = words.filter((word) => /^[\w.-]+$/.test(word));
  return [...new Set(kept)].toSorted().map((value) => ({ value, description: "" }));
}

const NEVER_SENT_AGAIN = new Set(["type", "scope", "project_name", "lifecycle"]);

/** Keys, or the fields of a key after `KEY.`. */
function resendValues({ keys, fields }: CheckoutValues, part: string): readonly Candidate[] {
  const [key = "", ...rest] = part.split(".");
  if (rest.length === 0) return keys;
  return (fields.get(key) ?? [])
    .filter((field) => !NEVER_SENT_AGAIN.has(field) && isWordLike(field))
    .map((field) => ({ value: `${key}.${field}`, description: "" }));
}
