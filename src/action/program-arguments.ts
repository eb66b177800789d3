import { expandFilePattern } from "../checkout/file-patterns.ts";
import { failure, success, type Result } from "../model/integration.ts";
import type { ActionJob } from "./job.ts";
import { shellWords } from "./shell-words.ts";

/** Options that the actions set themselves. A second one would make their outputs wrong. */
const OWN_OPTIONS = new Set(
  "--file --lockfile --out --report --format --expect --base --yes --detailed-exitcode --plan --apply --quiet".split(
    " ",
  ),
);

/** What the inputs of the actions plan and apply ask for, as options of the command line. */
export interface ProgramArguments {
  /** Relative to the workspace; for a pattern, the files that it matches. */
  readonly files: readonly string[];
  /** `--file`, `--workspace`, `--api`, `--only` and `args`. */
  readonly options: readonly string[];
  /** Those of them that `recover` takes too: where to look. */
  readonly target: readonly string[];
}

/** @param job its `input` is empty if the input isn't given */
export async function programArguments({
  input,
  io: { cwd },
}: Pick<ActionJob, "input"> & { readonly io: Pick<ActionJob["io"], "cwd"> }): Promise<
  Result<ProgramArguments, string>
> {
  const named = linesOf(input("file"));
  const files = await matchingFiles(cwd, named.length === 0 ? ["integrations.yaml"] : named);
  if (!files.ok) return files;
  const words = shellWords(input("args"));
  if (!words.ok) return failure(`the input args can't be read: ${words.error.why}`);
  const own = words.value.find((word) => OWN_OPTIONS.has(word.replace(/=.*$/s, "")));
  if (own !== undefined) return failure(`${own.replace(/=.*$/s, "")} can't be in the input args: the action sets it`);
  const target = (["workspace", "api"] as const).flatMap((name) => {
    const value = input(name);
    return value === "" ? [] : [`--${name}`, value];
  });
  const only = linesOf(input("only"));
  const options = [
    ...files.value.flatMap((name) => ["--file", name]),
    ...target,
    ...(only.length === 0 ? [] : ["--only", ...only]),
    ...words.value,
  ];
  return success({ files: files.value, options, target });
}

/** The action needs the names themselves, since it commits the lockfile of each. */
async function matchingFiles(cwd: string, patterns: readonly string[]): Promise<Result<readonly string[], string>> {
  const names = new Set<string>();
  for (const pattern of patterns) {
    const found = await expandFilePattern(cwd, pattern);
    if (!found.ok) return failure(`the input file: ${pattern} may match more files: ${found.error}`);
    if (found.value.length === 0) return failure(`the input file: ${pattern} matches no file`);
    for (const name of found.value) names.add(name);
  }
  return success([...names]);
}

/** The lines of an input that takes several values. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
