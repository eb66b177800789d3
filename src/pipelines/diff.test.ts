import assert from "node:assert/strict";
import { test } from "node:test";
import { applyPatch } from "diff";
import * as fc from "fast-check";
import { diffOf } from "./diff.ts";

test("equal texts have no diff", () => assert.equal(diffOf("a.yml", "x\n", "x\n"), ""));

test("changes near each other share a hunk, others have their own", () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
  const after = before.map((line, index) => ([1, 2, 7, 18].includes(index) ? `${line}!` : line));
  assert.equal(
    diffOf(".buddy/a.yml", `${before.join("\n")}\n`, `${after.join("\n")}\n`),
    `--- a/.buddy/a.yml
+++ b/.buddy/a.yml
@@ -1,11 +1,11 @@
 line 1
-line 2
-line 3
+line 2!
+line 3!
 line 4
 line 5
 line 6
 line 7
-line 8
+line 8!
 line 9
 line 10
 line 11
@@ -16,5 +16,5 @@
 line 16
 line 17
 line 18
-line 19
+line 19!
 line 20
`,
  );
});

test("a missing final newline is shown as diff and git show it", () => {
  assert.equal(
    diffOf("a.yml", "x\ny", "x\nz"),
    "--- a/a.yml\n+++ b/a.yml\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n\\ No newline at end of file\n",
  );
});

test("applied to the text before, a diff gives the text after", () => {
  const line = fc.constantFrom("a", "b", "", "c\r");
  const pairs = fc.array(fc.tuple(line, line), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(pairs, fc.constantFrom("", "\n"), (lines, end) => {
      const before = lines.map(([old]) => old).join("\n") + "x" + end;
      const after = lines.map(([, now]) => now).join("\n") + "x" + end;
      const diff = diffOf("a.yml", before, after);
      if (before !== after) assert.equal(applyPatch(before, diff, { autoConvertLineEndings: false }), after);
    }),
  );
});
