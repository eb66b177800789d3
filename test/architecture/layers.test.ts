import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { layerProblems, rowOf, type SourceFiles } from "./check-layers.ts";
import { LAYERS, SPECIAL_NAMES, WORLD } from "./layers.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function sourceFiles(): Promise<SourceFiles> {
  const folders = await Promise.all(
    ["src", "test"].map(async (folder) =>
      (await readdir(posix.join(root, folder), { recursive: true })).map((name) => posix.join(folder, name)),
    ),
  );
  const paths = [...folders.flat(), "package.json"].filter((path) => /\.(?:ts|js|json)$/.test(path));
  const texts = paths.map(async (path) => [path, await readFile(posix.join(root, path), "utf8")] as const);
  return new Map(await Promise.all(texts));
}

test("every import and every global is one that the table of layers allows", async () => {
  assert.deepEqual(await layerProblems(await sourceFiles()), []);
});

test("every row of the table is about a folder or a file that exists", async () => {
  const rows = new Set([...(await sourceFiles()).keys()].map(rowOf));
  assert.deepEqual(
    Object.keys(LAYERS).filter((row) => !rows.has(row)),
    [],
  );
});

/** The files that the violations import. They break no rule, so each violation is the only problem. */
const WORLD_OF_FILES: SourceFiles = new Map(
  [
    "src/bin.ts",
    "src/process.ts",
    "src/index.ts",
    "src/io.ts",
    "src/main.ts",
    "src/api/client.ts",
    "src/api/http/client.ts",
    "src/apply/apply-plan.ts",
    "src/apply/journal.ts",
    "src/apply/outcome.ts",
    "src/checkout/files.ts",
    "src/cli/sync.ts",
    "src/commands/emulate.ts",
    "src/commands/sync.ts",
    "src/commands/sync/carry-out.ts",
    "src/config/load-config.ts",
    "src/config/yaml/parse.ts",
    "src/emulator/index.ts",
    "src/model/secret.ts",
    "src/model/text.ts",
    "src/pipelines/usages.ts",
    "src/plan/change.ts",
    "src/plan/plan.ts",
    "src/render/markdown.ts",
    "test/support/builders.ts",
    "test/architecture/layers.ts",
    "scripts/build.ts",
    "package.json",
  ].map((path) => [path, ""]),
);

/** File, its text, and what is wrong with it. */
type Violation = readonly [path: string, text: string, problem: string];

const VIOLATIONS: Readonly<Record<string, readonly Violation[]>> = {
  "bin.ts": [["src/bin.ts", 'import { sync } from "./commands/sync.ts";', "must not import src/commands/sync.ts"]],
  "process.ts": [
    ["src/process.ts", 'import { sync } from "./commands/sync.ts";', "must not import src/commands/sync.ts"],
  ],
  "process-io.ts": [["src/process-io.ts", 'import { main } from "./main.ts";', "must not import src/main.ts"]],
  "action/run-action.ts": [
    ["src/action/run-action.ts", 'import "../commands/sync.ts";', "must not import src/commands/sync.ts"],
  ],
  "action/": [
    ["src/action/a.ts", 'import { main } from "../main.ts";', "must not import src/main.ts"],
    ["src/action/a.ts", 'import type { A } from "../plan/change.ts";', "must not import src/plan/change.ts"],
    ["src/action/a.ts", "const token = process.env.INPUT_TOKEN;", "must not use process"],
  ],
  "action/github/": [
    ["src/action/github/a.ts", 'import { readFile } from "node:fs/promises";', "must not import node:fs/promises"],
    ["src/action/github/a.ts", "await fetch(url);", "must not use fetch"],
    ["src/action/github/a.ts", "const now = Date.now();", "must not use Date"],
  ],
  "main.ts": [
    ["src/main.ts", 'import "./commands/sync.ts";', "must not import src/commands/sync.ts"],
    ["src/main.ts", 'import "./bin.ts";', "must not import src/bin.ts"],
    ["src/main.ts", "process.exit(1);", "must not use process"],
  ],
  "io.ts": [["src/io.ts", 'import type { A } from "./model/text.ts";', "must not import src/model/text.ts"]],
  "exit.ts": [["src/exit.ts", 'import "./io.ts";', "must not import src/io.ts"]],
  "process-table.ts": [["src/process-table.ts", 'import "./model/text.ts";', "must not import src/model/text.ts"]],
  "git.ts": [["src/git.ts", 'import "./model/text.ts";', "must not import src/model/text.ts"]],
  "prompt.ts": [["src/prompt.ts", "export const input = process.stdin;", "must not use process"]],
  "index.ts": [
    ["src/index.ts", 'export * from "./emulator/index.ts";', "must not import src/emulator/index.ts"],
    ["src/index.ts", 'export * from "./checkout/files.ts";', "must not import src/checkout/files.ts"],
    ["src/index.ts", 'export * from "./commands/sync.ts";', "must not import src/commands/sync.ts"],
    ["src/index.ts", "export const now = () => Date.now();", "must not use Date"],
  ],
  "library/": [
    ["src/library/a.ts", 'import { sync } from "../commands/sync.ts";', "must not import src/commands/sync.ts"],
    ["src/library/a.ts", 'import { readFile } from "node:fs/promises";', "must not import node:fs/promises"],
    ["src/library/a.ts", "export const now = () => Date.now();", "must not use Date"],
  ],
  "cli/": [
    ["src/cli/a.ts", 'import { a } from "../config/load-config.ts";', "must not import src/config/load-config.ts"],
    ["src/cli/a.ts", 'const a = await import("../emulator/index.ts");', "must not import src/emulator/index.ts"],
    ["src/cli/a.ts", 'import "../main.ts";', "must not import src/main.ts"],
  ],
  "commands/": [
    ["src/commands/a.ts", 'import "../cli/sync.ts";', "must not import src/cli/sync.ts"],
    ["src/commands/a.ts", 'import "../emulator/index.ts";', "must not import src/emulator/index.ts"],
    ["src/commands/a.ts", 'import "./emulate.ts";', "must not import src/commands/emulate.ts"],
    ["src/commands/a.ts", 'import { readFile } from "node:fs/promises";', "must not import node:fs/promises"],
    ["src/commands/a.ts", "console.log(1);", "must not use console"],
  ],
  "commands/inputs/": [
    ["src/commands/inputs/a.ts", 'import "../sync/carry-out.ts";', "must not import src/commands/sync/carry-out.ts"],
    ["src/commands/inputs/a.ts", 'import "../sync.ts";', "must not import src/commands/sync.ts"],
    ["src/commands/inputs/a.ts", 'import { readFile } from "node:fs/promises";', "must not import node:fs/promises"],
  ],
  "commands/sync/": [
    ["src/commands/sync/a.ts", 'import "../sync.ts";', "must not import src/commands/sync.ts"],
    ["src/commands/sync/a.ts", "const now = Date.now();", "must not use Date"],
  ],
  "commands/doctor/": [
    ["src/commands/doctor/a.ts", 'import "../sync/carry-out.ts";', "must not import src/commands/sync/carry-out.ts"],
  ],
  "commands/export/": [
    ["src/commands/export/a.ts", 'import "../sync/carry-out.ts";', "must not import src/commands/sync/carry-out.ts"],
  ],
  "commands/refs/": [["src/commands/refs/a.ts", 'import "../../plan/plan.ts";', "must not import src/plan/plan.ts"]],
  "commands/emulate.ts": [
    ["src/commands/emulate.ts", 'import "../config/load-config.ts";', "must not import src/config/load-config.ts"],
  ],
  "model/codes/": [["src/model/codes/a.ts", 'import "../text.ts";', "must not import src/model/text.ts"]],
  "model/": [
    ["src/model/a.ts", 'import type { A } from "../plan/change.ts";', "must not import src/plan/change.ts"],
    ["src/model/a.ts", 'import type { A } from "../config/yaml/parse.ts";', "must not import src/config/yaml/parse.ts"],
    ["src/model/a.ts", 'import { readFileSync } from "node:fs";', "must not import node:fs"],
    ["src/model/a.ts", "export const a = Math.random();", "must not use Math.random"],
  ],
  "config/": [
    ["src/config/a.ts", 'import "../plan/plan.ts";', "must not import src/plan/plan.ts"],
    ["src/config/a.ts", 'import "../checkout/files.ts";', "must not import src/checkout/files.ts"],
    ["src/config/a.ts", 'import { $fetch } from "ofetch";', "must not import ofetch"],
    ["src/config/a.ts", 'const value = process.env["A"];', "must not use process"],
  ],
  "config/rules/": [
    ["src/config/rules/a.ts", 'import "../../api/http/client.ts";', "must not import src/api/http/client.ts"],
    ["src/config/rules/a.ts", 'import { parse } from "yaml";', "must not import yaml"],
    ["src/config/rules/a.ts", 'import { unwrapSecret } from "../../model/secret.ts";', "must not use unwrapSecret"],
  ],
  "config/yaml/": [
    ["src/config/yaml/a.ts", 'import "../load-config.ts";', "must not import src/config/load-config.ts"],
  ],
  "plan/": [
    ["src/plan/a.ts", 'import "../config/load-config.ts";', "must not import src/config/load-config.ts"],
    ["src/plan/a.ts", 'import type { A } from "../api/client.ts";', "must not import src/api/client.ts"],
    ["src/plan/a.ts", "const today = new Date();", "must not use Date"],
  ],
  "plan/match/": [
    ["src/plan/match/a.ts", 'import { a } from "../../api/client.ts";', "must not import src/api/client.ts"],
    ["src/plan/match/a.ts", "await globalThis.fetch(url);", "must not use globalThis"],
  ],
  "plan/compare/": [
    ["src/plan/compare/a.ts", 'import type { A } from "../../api/client.ts";', "must not import src/api/client.ts"],
    ["src/plan/compare/a.ts", 'import { readFile } from "node:fs/promises";', "must not import node:fs/promises"],
  ],
  "plan/decide/": [
    ["src/plan/decide/a.ts", 'import "../../apply/apply-plan.ts";', "must not import src/apply/apply-plan.ts"],
  ],
  "plan/review/": [
    ["src/plan/review/a.ts", 'import "../../render/markdown.ts";', "must not import src/render/markdown.ts"],
    ["src/plan/review/a.ts", 'import "../../pipelines/usages.ts";', "must not import src/pipelines/usages.ts"],
  ],
  "pipelines/": [
    ["src/pipelines/a.ts", 'import "../config/yaml/parse.ts";', "must not import src/config/yaml/parse.ts"],
    ["src/pipelines/a.ts", 'import "../plan/change.ts";', "must not import src/plan/change.ts"],
    ["src/pipelines/a.ts", 'import { parse } from "yaml";', "must not import yaml"],
  ],
  "pipelines/scan/": [
    ["src/pipelines/scan/a.ts", 'import { readFileSync } from "node:fs";', "must not import node:fs"],
  ],
  "pipelines/meaning/": [
    [
      "src/pipelines/meaning/a.ts",
      'import type { A } from "../../api/client.ts";',
      "must not import src/api/client.ts",
    ],
  ],
  "checkout/journal/": [
    ["src/checkout/journal/a.ts", 'import "../../apply/apply-plan.ts";', "must not import src/apply/apply-plan.ts"],
    ["src/checkout/journal/a.ts", 'import { createServer } from "node:http";', "must not import node:http"],
    ["src/checkout/journal/a.ts", "const now = Date.now();", "must not use Date"],
  ],
  "checkout/lockfile/": [
    ["src/checkout/lockfile/a.ts", 'import { rename } from "node:fs";', "must not import node:fs"],
    ["src/checkout/lockfile/a.ts", 'import "../files.ts";', "must not import src/checkout/files.ts"],
    ["src/checkout/lockfile/a.ts", "const at = performance.now();", "must not use performance"],
  ],
  "completion/": [
    ["src/completion/a.ts", 'import { Command } from "commander";', "must not import commander"],
    ["src/completion/a.ts", 'import "../cli/sync.ts";', "must not import src/cli/sync.ts"],
  ],
  "explain/": [
    ["src/explain/a.ts", 'import "../plan/plan.ts";', "must not import src/plan/plan.ts"],
    ["src/explain/a.ts", 'import "../render/markdown.ts";', "must not import src/render/markdown.ts"],
  ],
  "export/": [
    ["src/export/a.ts", 'import "../plan/plan.ts";', "must not import src/plan/plan.ts"],
    ["src/export/a.ts", 'import { readFileSync } from "node:fs";', "must not import node:fs"],
  ],
  "probe/": [
    ["src/probe/a.ts", 'import { a } from "../api/http/client.ts";', "must not import src/api/http/client.ts"],
    ["src/probe/a.ts", "await fetch(url);", "must not use fetch"],
  ],
  "probe/assumptions/": [
    ["src/probe/assumptions/a.ts", 'import { randomBytes } from "node:crypto";', "must not import node:crypto"],
  ],
  "overview/": [
    ["src/overview/a.ts", 'import "../render/markdown.ts";', "must not import src/render/markdown.ts"],
    ["src/overview/a.ts", 'import { readFileSync } from "node:fs";', "must not import node:fs"],
  ],
  "render/": [
    ["src/render/a.ts", 'import { a } from "../plan/plan.ts";', "must not import src/plan/plan.ts"],
    ["src/render/a.ts", 'import { a } from "../apply/outcome.ts";', "must not import src/apply/outcome.ts"],
    ["src/render/a.ts", 'import type { A } from "../apply/apply-plan.ts";', "must not import src/apply/apply-plan.ts"],
    [
      "src/render/a.ts",
      'import type { A } from "../config/load-config.ts";',
      "must not import src/config/load-config.ts",
    ],
    ["src/render/a.ts", 'import type { A } from "../io.ts";', "must not import src/io.ts"],
    ["src/render/a.ts", "const width = process.stdout.columns;", "must not use process"],
  ],
  "apply/": [
    ["src/apply/a.ts", 'import { a } from "../api/client.ts";', "must not import src/api/client.ts"],
    ["src/apply/a.ts", 'import { type A } from "../api/client.ts";', "must not import src/api/client.ts"],
    ["src/apply/a.ts", 'import type { A } from "../api/http/client.ts";', "must not import src/api/http/client.ts"],
    ["src/apply/a.ts", 'import "../checkout/files.ts";', "must not import src/checkout/files.ts"],
    ["src/apply/a.ts", "const now = Date.now();", "must not use Date"],
  ],
  "api/": [
    ["src/api/a.ts", 'import "../config/yaml/parse.ts";', "must not import src/config/yaml/parse.ts"],
    ["src/api/a.ts", 'import "../plan/change.ts";', "must not import src/plan/change.ts"],
    ["src/api/a.ts", 'import { parse } from "yaml";', "must not import yaml"],
    ["src/api/a.ts", 'import { $fetch } from "ofetch";', "must not import ofetch"],
  ],
  "api/http/": [
    ["src/api/http/a.ts", 'import { parse } from "yaml";', "must not import yaml"],
    ["src/api/http/a.ts", "await fetch(url);", "must not use fetch"],
  ],
  "api/words/": [
    ["src/api/words/a.ts", 'import { a } from "../http/client.ts";', "must not import src/api/http/client.ts"],
  ],
  "checkout/": [
    ["src/checkout/a.ts", 'import "../config/yaml/parse.ts";', "must not import src/config/yaml/parse.ts"],
    ["src/checkout/a.ts", 'import "../apply/apply-plan.ts";', "must not import src/apply/apply-plan.ts"],
    ["src/checkout/a.ts", "const now = Date.now();", "must not use Date"],
  ],
  "emulator/": [
    ["src/emulator/a.ts", 'import type { A } from "../model/text.ts";', "must not import src/model/text.ts"],
    ["src/emulator/a.test.ts", 'import "../model/text.ts";', "must not import src/model/text.ts"],
    ["src/emulator/a.ts", "process.exit();", "must not use process"],
  ],
};

test("a file that breaks a row of the table is found, for every row", async () => {
  assert.deepEqual(Object.keys(VIOLATIONS).toSorted(), Object.keys(LAYERS).toSorted());
  for (const [row, violations] of Object.entries(VIOLATIONS)) {
    for (const [path, text, problem] of violations) {
      assert.equal(rowOf(path), row);
      assert.deepEqual(await problemsOf([path, text]), [`${path} ${problem}`], text);
    }
  }
});

test("each global of the outside world is found where no row allows it", async () => {
  for (const name of WORLD) {
    assert.deepEqual(await problemsOf(["src/model/a.ts", `export const a = ${name};`]), [
      `src/model/a.ts must not use ${name}`,
    ]);
  }
});

test("a word that is only a name, a text, a comment or a type is not a global", async () => {
  const text = `
    /** Calls process.exit. */
    export interface A { readonly date: Date; fetch: typeof globalThis.fetch }
    export const a = (fetch: () => string, process: string): string => "Date.now()" + fetch() + process;
    export const b = { console: 1 }.console;
  `;
  assert.deepEqual(await problemsOf(["src/model/a.ts", text]), []);
});

test("a date is allowed if it doesn't read the clock", async () => {
  const free = "export const a = new Date(0), b = Date.parse('2026-01-01'), c = Date.UTC(2026, 0);";
  assert.deepEqual(await problemsOf(["src/model/a.ts", free]), []);
  for (const text of ["new Date()", "new Date", "Date.now()", "Date()", "[0].map(Date.now)"]) {
    const problems = await problemsOf(["src/model/a.ts", `${free}\nexport const d = ${text};`]);
    assert.deepEqual(problems, ["src/model/a.ts must not use Date"], text);
  }
});

test("a special name is found in every file except its users, for every kind of import", async () => {
  const from = '"../model/secret.ts"';
  for (const name of Object.keys(SPECIAL_NAMES)) {
    const named = [`src/plan/a.ts must not use ${name}`];
    const only = async (text: string): Promise<string[]> =>
      (await problemsOf(["src/plan/a.ts", text])).filter((problem) => problem.includes(name));
    assert.deepEqual(await only(`import { Secret, ${name} } from ${from};`), named);
    assert.deepEqual(await only(`import {\n  ${name} as other,\n} from ${from};`), named);
    assert.deepEqual(await only(`import * as secrets from ${from};`), named);
    assert.deepEqual(await only(`export { ${name} } from ${from};`), [
      `src/plan/a.ts must not pass ${name} on`,
      ...named,
    ]);
    assert.deepEqual(await only(`export * from ${from};`), named);
    assert.deepEqual(await only(`const { ${name} } = await import(${from});`), named);
    assert.deepEqual(await only(`import { Secret } from ${from};`), []);
    const [user = ""] = SPECIAL_NAMES[name]?.users ?? [];
    const there = JSON.stringify(posix.relative(posix.dirname(user), "src/model/secret.ts").replace(/^(?!\.)/, "./"));
    assert.deepEqual(await problemsOf([user, `import { ${name} } from ${there};`]), []);
    assert.deepEqual(await problemsOf([user, `import { ${name} } from ${there};\nexport { ${name} };`]), [
      `${user} must not pass ${name} on`,
    ]);
    assert.deepEqual(await problemsOf(["test/support/a.ts", `import { ${name} } from "../../src/model/secret.ts";`]), [
      `test/support/a.ts must not use ${name}`,
    ]);
  }
});

test("a file or folder that is in no row is found, and so is an import that can't be followed", async () => {
  const outside = "is in no layer: add its folder to test/architecture/layers.ts";
  assert.deepEqual(await problemsOf(["src/utils/a.ts", ""]), [`src/utils/a.ts ${outside}`]);
  assert.deepEqual(await problemsOf(["src/a.ts", ""]), [`src/a.ts ${outside}`]);
  assert.deepEqual(await problemsOf(["src/plan/new/a.ts", ""]), [`src/plan/new/a.ts ${outside}`]);
  assert.deepEqual(await problemsOf(["src/plan/a.ts", 'import "./b.ts";']), [
    "src/plan/a.ts imports src/plan/b.ts, which is not there",
  ]);
  assert.deepEqual(await problemsOf(["src/plan/a.ts", "await import(name);"]), [
    "src/plan/a.ts imports a module whose name is computed",
  ]);
});

test("a unit test may import test helpers, packages, its own top folder, and what its code may import", async () => {
  const text = (target: string): string => `import { a } from "${target}";`;
  const path = "src/plan/match/a.test.ts";
  for (const target of ["../../../test/support/builders.ts", "../plan.ts", "node:fs", "fast-check"]) {
    assert.deepEqual(await problemsOf([path, text(target)]), [], target);
  }
  assert.deepEqual(await problemsOf([path, text("../../commands/sync.ts")]), [
    `${path} must not import src/commands/sync.ts`,
  ]);
  assert.deepEqual(await problemsOf([path, text("../../../test/architecture/layers.ts")]), [
    `${path} must not import test/architecture/layers.ts`,
  ]);
  assert.deepEqual(await problemsOf(["src/plan/a.ts", text("../../test/support/builders.ts")]), [
    "src/plan/a.ts must not import test/support/builders.ts",
  ]);
  assert.deepEqual(await problemsOf(["src/plan/a.ts", text("../../scripts/build.ts")]), [
    "src/plan/a.ts must not import scripts/build.ts",
  ]);
});

async function problemsOf(file: readonly [path: string, text: string]): Promise<string[]> {
  return layerProblems(new Map([...WORLD_OF_FILES, file]));
}
