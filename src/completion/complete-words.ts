import type { CommandShape, OptionShape, ProgramShape } from "./command-shape.ts";
import { ARGUMENT_VALUES, OPTION_CHOICES, OPTION_VALUES, type ValueKind } from "./value-kinds.ts";

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/**
 * What the word at the cursor can be: one of the candidates, or a value of a kind that is looked up in the checkout.
 */
export type Completion = {
  /** The part of the word that every candidate must keep: `--format=`, or nothing. */
  readonly prefix: string;
  /** The rest of the word. */
  readonly part: string;
  /** Files that the line names: keys are looked up in them. */
  readonly file: string | undefined;
  readonly lockfile: string | undefined;
} & (
  | { readonly kind: "candidates"; readonly candidates: readonly Candidate[] }
  | { readonly kind: "values"; readonly values: ValueKind }
);

/**
 * @param words the words after the program's name, up to the cursor. The last one is still being typed, and may be
 * empty
 */
export function completeWords(program: ProgramShape, words: readonly string[]): Completion {
  const tokens = withJoinedValues(words);
  const current = tokens.pop() ?? { text: "", inlineOf: undefined };
  const line = readLine(program, tokens);
  const { command, pending, positionals, isEnded } = line;
  const options = command?.options ?? program.options;
  const base = { file: line.values.get("--file"), lockfile: line.values.get("--lockfile") };
  const inline = current.inlineOf ?? (isEnded ? undefined : /^(--[^=]+)=/.exec(current.text)?.[1]);
  if (inline !== undefined) {
    const prefix = current.inlineOf === undefined ? `${inline}=` : "";
    const part = current.text.slice(prefix.length);
    return {
      ...base,
      prefix,
      part,
      ...optionValues(
        command,
        options.find(({ name }) => name === inline),
      ),
    };
  }
  const whole = { ...base, prefix: "", part: current.text };
  if (!isEnded && current.text.startsWith("-")) {
    return {
      ...whole,
      kind: "candidates",
      candidates: options.map(({ name, description }) => ({ value: name, description })),
    };
  }
  if (pending !== undefined) return { ...whole, ...optionValues(command, pending) };
  if (command === undefined) {
    // Nothing can follow a wrong command.
    return { ...whole, kind: "candidates", candidates: positionals === 0 ? namesOf(program.commands) : [] };
  }
  return { ...whole, ...argumentValues(program, command, positionals) };
}

interface CommandWord {
  readonly text: string;
  /** The option that this word is the value of, if the shell has cut `--file=x` into three words. */
  readonly inlineOf: string | undefined;
}

/** Joins the parts of words that bash splits at `=`. */
function withJoinedValues(words: readonly string[]): CommandWord[] {
  const tokens: CommandWord[] = [];
  for (const [index, text] of words.entries()) {
    const [before, last] = [words[index - 2], words[index - 1]];
    if (text === "=" && last?.startsWith("--")) {
      if (index === words.length - 1) tokens.push({ text: "", inlineOf: last });
    } else if (last === "=" && before?.startsWith("--")) tokens.push({ text, inlineOf: before });
    else tokens.push({ text, inlineOf: undefined });
  }
  return tokens;
}

interface ReadLine {
  readonly command: CommandShape | undefined;
  /** The option whose value comes next. */
  readonly pending: OptionShape | undefined;
  readonly positionals: number;
  /** After `--` there are no options. */
  readonly isEnded: boolean;
  readonly values: ReadonlyMap<string, string>;
}

function readLine(program: ProgramShape, tokens: readonly CommandWord[]): ReadLine {
  let command: CommandShape | undefined;
  let pending: OptionShape | undefined;
  let positionals = 0;
  let isEnded = false;
  const values = new Map<string, string>();
  for (const { text, inlineOf } of tokens) {
    if (inlineOf !== undefined) {
      values.set(inlineOf, text);
      pending = undefined;
    } else if (text === "--" && !isEnded) {
      isEnded = true;
      pending = undefined;
    } else if (!isEnded && text.startsWith("-")) {
      const [name = "", ...rest] = text.split("=");
      if (rest.length > 0) values.set(name, rest.join("="));
      const option = (command?.options ?? program.options).find((each) => each.name === name);
      pending = rest.length > 0 || option?.values === "none" ? undefined : option;
    } else if (pending !== undefined) {
      values.set(pending.name, text);
      if (pending.values !== "several") pending = undefined;
    } else if (command !== undefined || positionals > 0) positionals += 1;
    else {
      command = program.commands.find(({ name }) => name === text);
      if (command === undefined) positionals += 1;
    }
  }
  return { command, pending, positionals, isEnded, values };
}

type CompletionProposal =
  | { readonly kind: "candidates"; readonly candidates: readonly Candidate[] }
  | { readonly kind: "values"; readonly values: ValueKind };

function optionValues(command: CommandShape | undefined, option: OptionShape | undefined): CompletionProposal {
  if (option === undefined) return { kind: "values", values: "free" };
  const choices = OPTION_CHOICES[`${command?.name} ${option.name}`] ?? option.choices;
  if (choices.length > 0) return { kind: "candidates", candidates: plainCandidates(choices) };
  return { kind: "values", values: OPTION_VALUES[option.name] ?? "free" };
}

function argumentValues(program: ProgramShape, command: CommandShape, positionals: number): CompletionProposal {
  const last = command.arguments.at(-1);
  const argument = command.arguments[positionals] ?? (last?.isVariadic === true ? last : undefined);
  if (argument === undefined) return { kind: "candidates", candidates: [] };
  if (argument.choices.length > 0) return { kind: "candidates", candidates: plainCandidates(argument.choices) };
  const values = ARGUMENT_VALUES[`${command.name} ${argument.name}`] ?? "free";
  return values === "commands"
    ? { kind: "candidates", candidates: namesOf(program.commands) }
    : { kind: "values", values };
}

function namesOf(commands: readonly CommandShape[]): Candidate[] {
  return commands.map(({ name, description }) => ({ value: name, description }));
}

function plainCandidates(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, description: "" }));
}
