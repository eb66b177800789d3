import assert from "node:assert/strict";
import { test } from "node:test";
import { filesUnder, readText } from "../prose/prose-of.ts";
import type { SourceFiles } from "./check-layers.ts";
import { repeatedHelpers, repeatedNames, type AllowedRepeats, type DeclarationKind } from "./declared-names.ts";

/**
 * A name means one thing in the whole code, so that it makes sense in a list of imports. If two files need the same type,
 * one exports it. If they need two, each name says which. Functions of one name are allowed only with a reason, here.
 */
const ALLOWED: AllowedRepeats = {};

/** Files that people write. Generated declarations have the names of their schemas. */
function sources(...folders: readonly string[]): SourceFiles {
  const paths = folders.flatMap(filesUnder).filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
  return new Map(paths.map((path) => [path, readText(path)]));
}

const EVERYWHERE = sources("src/", "test/", "scripts/", "bench/");
const PROGRAM = new Map([...EVERYWHERE].filter(([path]) => path.startsWith("src/") && !path.endsWith(".test.ts")));

test("no type name is declared in two files, tests included", () => {
  assert.ok(EVERYWHERE.size > 500);
  assert.deepEqual(repeatedNames(EVERYWHERE, "type", ALLOWED), []);
});

// Two test files may each have a local function of one name: `asked` is something else in each.
test("no function name is declared in two files of the program", () => {
  assert.ok(PROGRAM.size > 300);
  assert.deepEqual(repeatedNames(PROGRAM, "function", ALLOWED), []);
});

test("no helper that the tests share is declared again in another file of tests", () => {
  const tests = new Map([...EVERYWHERE].filter(([path]) => !PROGRAM.has(path)));
  assert.deepEqual(repeatedHelpers(tests), []);
});

test("every allowed repeat is still there", () => {
  const repeats = (["type", "function"] as const).flatMap((kind) => repeatedNames(EVERYWHERE, kind, {}));
  const missing = Object.keys(ALLOWED).filter((name) => !repeats.some((repeat) => repeat.startsWith(`${name}:`)));
  assert.deepEqual(missing, []);
});

/** Ways to declare the name `Same`. */
const WAYS: Readonly<Record<DeclarationKind, readonly string[]>> = {
  type: [
    "type Same = 1;",
    "export type Same<T> = T;",
    "interface Same {}",
    "export abstract class Same {}",
    "enum Same {}",
  ],
  function: [
    "function Same() {}",
    "export async function Same<T>() {}",
    "function* Same() {}",
    "const Same = () => 1;",
    "export const Same = async (a: number): Promise<void> => {};",
    "const Same = <T>(value: T): T => value;",
    "const Same = value => value;",
    "export const Same: Check = (value) => value === 1;",
    "const Same: (a: number) => string =\n  (a) => `${a}`;",
  ],
};

for (const kind of ["type", "function"] as const) {
  test(`a ${kind} name that two files declare is found, whatever the form of its declaration`, () => {
    for (const [index, way] of WAYS[kind].entries()) {
      const other = WAYS[kind][(index + 1) % WAYS[kind].length] ?? "";
      const files = new Map([
        ["src/b.ts", `const before = 1;\n${way}\n`],
        ["src/a.ts", `${other}\n`],
        ["src/c.ts", "const Other = 1;\n  const Same = () => 1;\n  type Same = 1;\n// function Same() {}\n"],
      ]);
      assert.deepEqual(repeatedNames(files, kind, {}), [`${kind} Same: src/a.ts, src/b.ts`], way);
      assert.deepEqual(repeatedNames(files, kind, { [`${kind} Same`]: "because" }), []);
    }
  });
}

test("a name that one file declares twice, or that is once a type and once a function, isn't repeated", () => {
  const files = new Map([
    ["src/a.ts", "export interface Same {}\nexport interface Same {}\n"],
    ["src/b.ts", "export function Same() {}\nexport const Value = 1;\n"],
    ["src/c.ts", "export const Value = 2;\nimport { Same } from './a.ts';\n"],
  ]);
  assert.deepEqual([...repeatedNames(files, "type", {}), ...repeatedNames(files, "function", {})], []);
});

test("a helper that is declared again is found, exported or not; local functions of one name aren't", () => {
  const files = new Map([
    ["test/a.ts", "export function shared() {}\nfunction local() {}\n"],
    ["test/b.test.ts", "const shared = () => 1;\nfunction local() {}\n"],
    ["test/c.ts", "export const other = () => 1;\n"],
    ["test/d.ts", "export async function other() {}\n"],
  ]);
  assert.deepEqual(repeatedHelpers(files), ["other of test/d.ts: test/c.ts", "shared of test/a.ts: test/b.test.ts"]);
});
