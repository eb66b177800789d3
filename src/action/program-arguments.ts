import { failure, success, type Result } from "../model/integration.ts";
import { shellWords } from "./shell-words.ts";

/** Options that the actions set themselves. A second one would make their outputs wrong. */
const OWN_OPTIONS = new Set(
  "--file --lockfile --out --report --format --expect --base --yes --detailed-exitcode --plan --apply --quiet".split(
    " ",
  ),
);

/** What the inputs of the actions plan and apply ask for, as options of the command line. */
export interface ProgramArguments {
  /** Relative to the workspace, as they were given. */
  readonly files: readonly [string, ...string[]];
  /** `--file`, `--workspace`, `--api`, `--only` and `args`. */
  readonly options: readonly string[];
  /** Those of them that `recover` takes too: where to look. */
  readonly target: readonly string[];
}

/** @param input reads an input of the action; empty if it isn't given */
export function programArguments(input: (name: string) => string): Result<ProgramArguments, string> {
  const [file = "integrations.yaml", ...more] = linesOf(input("file"));
  const glob = [file, ...more].find((name) => /[*?[\]{}]/.test(name));
  if (glob !== undefined) return failure(`the input file takes paths, one per line, and no patterns: ${glob}`);
  const words = shellWords(input("args"));
  if (!words.ok) return failure(`the input args can't be read: ${words.error.why}`);
  const own = words.value.find((word) => OWN_OPTIONS.has(word.replace(/=.*$/s, "")));
  if (own !== undefined) return failure(`${own.replace(/=.*$/s, "")} can't be in the input args: the action sets it`);
  const target = (["workspace", "api"] as const).flatMap((name) => {
    const value = input(name);
    return value === "" ? [] : [`--${name}`, value];
  });
  const only = linesOf(input("only"));
  const files: [string, ...string[]] = [file, ...more];
  const options = [
    ...files.flatMap((name) => ["--file", name]),
    ...target,
    ...(only.length === 0 ? [] : ["--only", ...only]),
    ...words.value,
  ];
  return success({ files, options, target });
}

/** The lines of an input that takes several values. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
