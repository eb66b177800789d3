import { Command, type ErrorOptions } from "commander";
import { withItsOptions } from "./deferred-options.ts";
import { joinWords, nearestWord } from "../model/text.ts";

/** A command whose errors suggest what was probably meant: a command, an option, or the command that has the option. */
export class SuggestingCommand extends Command {
  override createCommand(name?: string): Command {
    return new SuggestingCommand(name);
  }

  override error(message: string, options?: ErrorOptions): never {
    const suggestion = suggestionFor(this, message, options?.code);
    return super.error(suggestion === undefined ? message : `${message}\n(${suggestion})`, options);
  }
}

/** Command names of other tools and words that people try, with the command that they probably want. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ["diff", "plan"],
  ["preview", "plan"],
  ["dry-run", "plan"],
  ["deploy", "apply"],
  ["up", "apply"],
  ["update", "apply"],
  ["push", "apply"],
  ["check", "validate"],
  ["lint", "validate"],
  ["test", "validate"],
  ["ls", "list"],
  ["get", "list"],
  ["describe", "show"],
  ["inspect", "show"],
  ["state", "show"],
  ["adopt", "import"],
  ["references", "refs"],
  ["hashes", "refs"],
  ["docs", "explain"],
  ["man", "help"],
  ["complete", "completion"],
  ["serve", "emulate"],
  ["mock", "emulate"],
]);

function suggestionFor(command: Command, message: string, code: string | undefined): string | undefined {
  const [, word = ""] = /'([^']+)'/.exec(message) ?? [];
  if (code === "commander.unknownCommand") return commandSuggestion(command, word);
  if (code === "commander.unknownOption") return optionSuggestion(command, word);
  return code === "commander.excessArguments" ? argumentSuggestion(command) : undefined;
}

function commandSuggestion(command: Command, word: string): string | undefined {
  const names = commandNames(rootOf(command));
  const meant = OTHER_WORDS.get(word.toLowerCase()) ?? nearestWord(word, names);
  return meant === undefined || !names.includes(meant) ? undefined : `Did you mean ${meant}?`;
}

/**
 * Names the command of an option that belongs to another one: `plan --yes`. Also suggests a command that was written
 * as an option: `--plan`.
 */
function optionSuggestion(command: Command, flag: string): string | undefined {
  const name = flag.replace(/^--/, "");
  if (command.parent === null && commandNames(command).includes(name)) return `Did you mean ${name}?`;
  const isArgument = flag === "--file" && command.registeredArguments.some((each) => each.name() === "file");
  if (isArgument) return "name the file without --file";
  const owners = rootOf(command).commands.filter((other) => longOptions(other).includes(flag));
  if (owners.length > 0) return `${flag} is an option of ${joinWords(ownersByName(owners), "and")}`;
  const known = longOptions(command);
  if (command.parent === null) known.push(...command.commands.flatMap(longOptions));
  const near = flag.startsWith("--") ? nearestWord(flag, known) : undefined;
  return near === undefined ? undefined : `Did you mean ${near}?`;
}

/**
 * Suggests `plan` for `sync plan`, and `--file` for a file given to a command that takes it as an option. The
 * argument itself is not repeated, since it may be a token.
 */
function argumentSuggestion(command: Command): string | undefined {
  const [given = ""] = command.args;
  const names = commandNames(rootOf(command));
  if (names.includes(given)) return `Did you mean ${rootOf(command).name()} ${given}?`;
  if (command.registeredArguments.length > 0) return undefined;
  return longOptions(command).includes("--file") ? "name the file with --file" : undefined;
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

function commandNames(root: Command): string[] {
  return root.commands.map((command) => command.name()).filter((name) => !name.startsWith("_"));
}

function ownersByName(owners: readonly Command[]): string[] {
  return owners.map((command) => command.name()).toSorted();
}

function longOptions(command: Command): string[] {
  return [...withItsOptions(command).options.flatMap(({ long }) => long ?? []), "--help"];
}
