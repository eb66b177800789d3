import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compareTexts } from "../../src/model/text.ts";
import { attackNames } from "../support/attack.ts";

const page = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");

test("docs/security.md names every attack folder once, and no other", async () => {
  const named = [...page.matchAll(/\[([a-z-]+)\]\(\.\.\/test\/attacks\/([a-z-]+)\)/g)];
  assert.deepEqual(
    named.map(([, name]) => name),
    named.map(([, , folder]) => folder),
  );
  assert.deepEqual(named.map(([, , folder = ""]) => folder).toSorted(compareTexts), await attackNames());
});
