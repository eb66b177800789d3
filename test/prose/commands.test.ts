import assert from "node:assert/strict";
import { test } from "node:test";
import { CommanderError } from "commander";
import { programShape } from "../../src/cli/completion.ts";
import { buildProgram } from "../../src/main.ts";
import { sampleOf } from "../support/effort.ts";
import { NOWHERE } from "../support/nowhere.ts";
import { commandBlocks, PAGES, commandArguments } from "./doc-blocks.ts";
import { prepareStart, START_NAMES } from "./doc-starts.ts";
import { readText } from "./prose-of.ts";
import { runShell } from "./run-shell.ts";

const blocks = commandBlocks();

test("every block of commands in README.md and docs/ says how a test runs it, or why none does", () => {
  const marks = [
    ...START_NAMES.map((name) => `<!-- run: ${name} -->`),
    "<!-- run each line: … -->",
    "<!-- not run: reason -->",
  ];
  const unmarked = blocks.filter(({ mark }) => mark === undefined).map(({ place }) => place);
  assert.deepEqual(unmarked, [], `write above the block, followed by an empty line, one of: ${marks.join(", ")}`);
  const starts = blocks.flatMap(({ mark }) => (mark === undefined || mark.kind === "not-run" ? [] : [mark.start]));
  assert.deepEqual(
    starts.filter((start) => !START_NAMES.includes(start)),
    [],
  );
});

for (const { place, lines } of blocks) {
  test(`the program knows the commands and the options of ${place}`, async () => {
    for (const args of lines.flatMap(commandArguments))
      assert.equal(await argumentProblem(args), undefined, args.join(" "));
  });
}

const scripts = blocks.flatMap(({ place, lines, mark }) => {
  if (mark === undefined || mark.kind === "not-run") return [];
  const { start } = mark;
  return (mark.kind === "run" ? [lines.join("\n")] : lines).map((script) => ({ place, start, script }));
});

// Each run takes a fifth of them, not the same in each; `npm run test:more` takes all.
for (const { place, start, script } of sampleOf(scripts)) {
  test(`the commands of ${place} run: ${script.split("\n").at(0) ?? ""}`, async (t) => {
    await runShell(script, await prepareStart(t, start));
  });
}

test("docs/commands.md names every command, and some document names every option", () => {
  const { commands } = programShape(buildProgram(NOWHERE, "0.0.0-test", () => undefined));
  const page = readText("docs/commands.md");
  const unnamed = commands.map(({ name }) => name).filter((name) => !new RegExp(`\`${name}[ \`]`).test(page));
  assert.equal(unnamed.join(), "", "say in the first paragraphs of docs/commands.md what these commands are for");
  const documents = PAGES.map(readText).join("\n");
  const options = [...new Set(commands.flatMap((command) => command.options.map(({ name }) => name)))];
  const undocumented = options.filter((option) => !new RegExp(`${option}(?![\\w-])`).test(documents));
  assert.equal(undocumented.join(), "", "say in README.md or a page of docs/ what these options are for");
});

test("an option that no command has is found", async () => {
  assert.deepEqual(commandArguments("HASH=$(npx buddy-integrations plan --everything) # all"), [
    ["plan", "--everything"],
  ]);
  assert.match((await argumentProblem(["plan", "--everything"])) ?? "", /unknown option '--everything'/);
});

/** Why the argument parser refuses a command; undefined if it accepts the command. Nothing is run. */
async function argumentProblem(args: readonly string[]): Promise<string | undefined> {
  try {
    await buildProgram(NOWHERE, "0.0.0-test", () => undefined).parseAsync(args, { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : error.message;
    throw error;
  }
}
