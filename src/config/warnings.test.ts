import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { loadConfig } from "./load-config.ts";

/** Warnings that require no action: each ends when its key or type is locked. */
const UNTIL_LOCKED = ["environment-scope", "hyphen", "unknown-type"];

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** Every warning of the fixtures. */
const seen = readdirSync(new URL("../../fixtures/config/", import.meta.url))
  .filter((name) => name.endsWith(".yaml"))
  .flatMap((name) => loadConfig(name, new TextEncoder().encode(read(`../../fixtures/config/${name}`))).diagnostics)
  .filter(({ severity }) => severity === "warning");

const codes = (items: readonly { readonly code: string }[]): string[] =>
  [...new Set(items.map(({ code }) => code))].toSorted();

test("every warning that the rules can give is in a fixture, and in the documentation", () => {
  const written = readdirSync(new URL("rules/", import.meta.url)).flatMap((name) =>
    [...read(`rules/${name}`).matchAll(/\.(?:warning|untilLocked)\([^"]*"([a-z-]+)"/g)].map(([, code = ""]) => code),
  );
  assert.deepEqual(codes(seen), [...new Set(written)].toSorted());
  const page = read("../../docs/desired-state.md");
  for (const { code, until } of seen) {
    const end = until === undefined ? "" : ".*is locked";
    assert.match(page, new RegExp(`^\\| \`${code}\` ${end}`, "m"), code);
  }
});

test("every warning says what to do, and only these end when the key or type is locked", () => {
  for (const { code, hint } of seen) assert.ok(hint?.trim(), code);
  assert.deepEqual(codes(seen.filter(({ until }) => until !== undefined)), UNTIL_LOCKED);
});
