import { readdirSync } from "node:fs";
import { join, sep } from "node:path";

/**
 * `core`: unit tests and properties, which need neither processes nor `dist`. `all`: what `npm test` runs. `more`: what CI
 * runs besides. `full`: what takes half an hour. Each group contains the one before it.
 */
export const TEST_GROUPS = ["core", "all", "more", "full"] as const;
export type TestGroup = (typeof TEST_GROUPS)[number];

/** A folder's own line wins over that of the folder around it. */
const GROUP_OF_FOLDER: Readonly<Record<string, TestGroup>> = {
  "src/": "core",
  // It starts shells, to compare with what they read.
  "src/config/variable-lookup.test.ts": "all",
  // It makes pipes with mkfifo.
  "src/checkout/pipeline-files.test.ts": "all",
  // They run what the actions run.
  "src/action/": "all",
  "src/emulator/": "all",
  // They run the built actions in processes.
  "test/action/": "more",
  "test/architecture/": "all",
  "test/attacks/": "all",
  "test/behaviours/": "all",
  "test/cli/": "all",
  "test/package/": "all",
  "test/prose/": "all",
  // They install with the real npm and pre-commit.
  "test/package/full/": "full",
  "test/pictures/": "all",
  "test/recipes/": "all",
  // They install the validators.
  "test/recipes/full/": "full",
  "test/reliability/": "all",
  "test/reliability/full/": "full",
  "test/support/": "all",
};

/** Those that wait, for processes or for time to pass. They start first, so that others run meanwhile. */
export const WAITING: readonly string[] = [
  "test/reliability/full/storm.test.ts",
  "test/reliability/full/kill.test.ts",
  "test/reliability/full/load.test.ts",
  "test/package/full/pre-commit.test.ts",
  "test/package/full/git-install.test.ts",
  "test/reliability/storm.test.ts",
  "test/cli/completion-shells.test.ts",
  "test/reliability/load.test.ts",
  "test/reliability/kill.test.ts",
  "test/cli/screens.test.ts",
  "test/recipes/gitlab.test.ts",
  "test/recipes/github.test.ts",
  "test/recipes/buddy.test.ts",
];

/** Those that run alone in their processes, in the order in which to start them, so that no core is idle at the end. */
export const ALONE: readonly string[] = [
  ...WAITING,
  "test/reliability/full/fuzz.test.ts",
  "test/reliability/fuzz.test.ts",
  "test/reliability/huge.test.ts",
  // Its timeouts are short, so not beside the many processes of storms.
  "test/reliability/faults.test.ts",
  "test/attacks/attacks.test.ts",
  "test/reliability/system.test.ts",
];

/** The longest of those that share processes. They come first, so that each process gets as much to do. */
const LONGEST: readonly string[] = [
  "test/reliability/parts.test.ts",
  "test/reliability/lives.test.ts",
  "test/package/install.test.ts",
  "test/prose/commands.test.ts",
  "test/cli/export-property.test.ts",
  "test/cli/leaks.test.ts",
  "test/cli/leaks-echoed.test.ts",
  "test/cli/probe-harmless.test.ts",
  "test/reliability/reviewed-is-applied.test.ts",
  "test/cli/hostile-output.test.ts",
  "test/cli/hostile-names.test.ts",
];

const NOT_OURS = new Set(["node_modules", "dist", "coverage"]);

/**
 * The test files of a group, relative to the root, in the order in which to start them.
 * @throws when a test file is in no group, since nothing would ever run it
 */
export function testFiles(root: string, group: TestGroup): readonly string[] {
  const included = TEST_GROUPS.slice(0, TEST_GROUPS.indexOf(group) + 1);
  const chosen = filesBelow(root).filter((file) => included.includes(groupOf(file)));
  const first = [...ALONE, ...LONGEST];
  const rank = (file: string): number => (first.includes(file) ? first.indexOf(file) : first.length);
  return chosen.toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}

function groupOf(file: string): TestGroup {
  const folders = Object.keys(GROUP_OF_FOLDER).filter((folder) => file.startsWith(folder));
  const [closest = ""] = folders.toSorted((one, other) => other.length - one.length);
  const group = GROUP_OF_FOLDER[closest];
  if (group === undefined) throw new Error(`${file} is in no group of tests: see scripts/test-files.ts`);
  return group;
}

function filesBelow(root: string): string[] {
  const tops = readdirSync(root, { withFileTypes: true }).filter(
    ({ name }) => !name.startsWith(".") && !NOT_OURS.has(name),
  );
  return tops
    .flatMap((top) =>
      top.isDirectory()
        ? readdirSync(join(root, top.name), { recursive: true, encoding: "utf8" }).map((name) => join(top.name, name))
        : [top.name],
    )
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => name.replaceAll(sep, "/"));
}
