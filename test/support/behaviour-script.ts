/** One line of a behaviour's script. `line` is shown as it is written. */
export type ScriptStep = { readonly line: string } & (
  | { readonly kind: "text" }
  | { readonly kind: "program"; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: "rm"; readonly file: string }
  | { readonly kind: "cp"; readonly from: string; readonly to: string }
  | { readonly kind: "ln"; readonly target: string; readonly file: string }
  | { readonly kind: "replace"; readonly file: string; readonly old: string; readonly by: string }
  | { readonly kind: "api"; readonly method: string; readonly path: string; readonly body: string | undefined }
  | SpecialCommand
);

type SpecialCommand =
  | { readonly kind: "job"; readonly name: string }
  | { readonly kind: "patch"; readonly file: string }
  | { readonly kind: "git"; readonly args: readonly string[] };

/** Steps that only attacks use. */
export type SpecialStep = { readonly line: string } & SpecialCommand;

const PROGRAM = "buddy-integrations";

/**
 * Parses a script into its steps. The syntax looks like a shell's, but no shell and no process runs. A `\\` at the
 * end of a line continues it.
 */
export function parseScript(text: string): ScriptStep[] {
  return text
    .trimEnd()
    .split(/(?<!\\)\n/)
    .map((line) => (line.trim() === "" || line.startsWith("#") ? { kind: "text", line } : parseCommand(line)));
}

function parseCommand(line: string): ScriptStep {
  const words = splitWords(line);
  const isAssignment = (word: string): boolean => /^[A-Z_][A-Z0-9_]*=/.test(word);
  const start = words.findIndex((word) => !isAssignment(word));
  const [command, ...args] = words.slice(start);
  const [first = "", second = "", third] = args;
  const has = (least: number, most = least): boolean => start === 0 && args.length >= least && args.length <= most;
  if (command === PROGRAM) {
    const env = Object.fromEntries(words.slice(0, start).map((word) => splitAt(word, word.indexOf("="))));
    return { kind: "program", line, args, env };
  }
  if (command === "rm" && has(1)) return { kind: "rm", line, file: first };
  if (command === "cp" && has(2)) return { kind: "cp", line, from: first, to: second };
  if (command === "ln" && has(2)) return { kind: "ln", line, target: first, file: second };
  if (command === "replace" && has(3)) return { kind: "replace", line, file: first, old: second, by: third ?? "" };
  if (command === "api" && has(2, 3)) return { kind: "api", line, method: first, path: second, body: third };
  if (command === "job" && has(1)) return { kind: "job", line, name: first };
  if (command === "patch" && has(1)) return { kind: "patch", line, file: first };
  if (command === "git" && start === 0) return { kind: "git", line, args };
  throw new Error(`not a command of behaviour scripts, see test/support/README.md: ${line}`);
}

/** Splits into words as a shell does: at spaces, except between single or double quotes. */
function splitWords(line: string): string[] {
  const words = [...line.replaceAll("\\\n", " ").matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word);
  return words.map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, one?: string, other?: string) => one ?? other ?? ""),
  );
}

function splitAt(word: string, index: number): readonly [string, string] {
  return [word.slice(0, index), word.slice(index + 1)];
}
