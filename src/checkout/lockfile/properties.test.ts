import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parse } from "yaml";
import type { Lockfile } from "../../model/lockfile.ts";
import { workspaceSectionName } from "../../model/address.ts";
import { EMPTY_LOCKFILE, withWorkspaceSection } from "../../model/lockfile.ts";
import type { Json } from "../../model/integration.ts";
import { json, lock, lockSection, oddText } from "../../../test/support/lock-arbitrary.ts";
import { effort } from "../../../test/support/effort.ts";
import { readCanonicalLockfile } from "./canonical.ts";
import { parseLockfileAsYaml, parseLockfile } from "./read.ts";
import { formatLockfile } from "./write.ts";

const target = { api: "https://api.buddy.works", workspace: "my-company" };

test("a lockfile with any content is read back as it was", () => {
  fc.assert(
    fc.property(lock, (content) => {
      assert.deepEqual(parseLockfile("lock", formatLockfile(content)), { ok: true, value: content });
    }),
    { numRuns: effort(75) },
  );
});

test("the reader for canonical text and the one for YAML agree on every canonical text", () => {
  fc.assert(
    fc.property(lock, (content) => {
      const text = formatLockfile(content);
      assert.deepEqual(readCanonicalLockfile(text), { ok: true, value: content });
      assert.deepEqual(parseLockfileAsYaml("lock", text, NOT_LARGE), { ok: true, value: content });
    }),
    { numRuns: effort(38) },
  );
});

test("another YAML parser finds the same values under the same names", () => {
  fc.assert(
    fc.property(oddText, json, (name, value) => {
      const text = formatLockfile(holding(name, value));
      const found: unknown = parse(text, { maxAliasCount: 0 });
      assert.deepEqual(at(found, ["workspaces", "w", "integrations", "k", "last_sent", name]), value);
    }),
    { numRuns: effort(75) },
  );
});

test("the same content gives the same bytes, whatever the order it came in", () => {
  fc.assert(
    fc.property(lock, (content) => {
      const reversed: Lockfile = {
        sections: new Map(
          [...content.sections].toReversed().map(([name, section]) => [
            name,
            new Map(
              [...section].toReversed().map(([key, entry]) => [
                key,
                {
                  ...entry,
                  lastSent: new Map([...entry.lastSent].toReversed().map(([path, it]) => [path, backwards(it)])),
                },
              ]),
            ),
          ]),
        ),
      };
      assert.equal(formatLockfile(reversed), formatLockfile(content));
    }),
    { numRuns: effort(38) },
  );
});

test("sections of other workspaces keep every byte when one is written", () => {
  fc.assert(
    fc.property(lock, lockSection, (content, section) => {
      const before = pieces(formatLockfile(content));
      const after = pieces(formatLockfile(withWorkspaceSection(content, target, section)));
      before.delete(workspaceSectionName(target));
      after.delete(workspaceSectionName(target));
      assert.deepEqual(after, before);
    }),
    { numRuns: effort(38) },
  );
});

test("no text makes the reader throw, or accept content that the writer wouldn't write", () => {
  const damaged = fc.tuple(lock, fc.nat(), fc.nat({ max: 5 }), oddText).map(([content, from, length, text]) => {
    const whole = formatLockfile(content);
    const start = from % whole.length;
    return whole.slice(0, start) + text + whole.slice(start + length);
  });
  fc.assert(
    fc.property(damaged, (text) => {
      const parsed = parseLockfile("lock", text);
      if (parsed.ok) assert.deepEqual(parseLockfileAsYaml("lock", text, NOT_LARGE), parsed);
      else assert.ok(parsed.error.length > 0);
    }),
    { numRuns: effort(50) },
  );
});

const NOT_LARGE = { at: 0, message: "" };

/** The text of each section, by name. */
function pieces(text: string): Map<string, string> {
  const parts = text.split(/^(?= {2}\S)/m).slice(1);
  return new Map(
    parts.map((part) => [String(parse(part.slice(0, part.indexOf("\n")).trim().replace(/:$/, ""))), part]),
  );
}

function holding(name: string, value: Json): Lockfile {
  const entry = {
    hashId: "h",
    type: "t",
    lifecycle: { protect: false, onRemove: "delete" },
    lastSent: new Map([[name, value]]),
    superseded: [],
    formerIdentifiers: [],
  } as const;
  return { sections: new Map([["w", new Map([["k", entry]])]]) };
}

/** The same JSON with the names of its maps in the reverse order. */
function backwards(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => backwards(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, item]) => [name, backwards(item)]),
  );
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = new Map(Object.entries(found)).get(name);
  }
  return found;
}

test("an empty lockfile is short", () => {
  assert.equal(
    formatLockfile(EMPTY_LOCKFILE),
    "# Written by buddy-integrations. Commit it; don't edit it.\nlockfile_version: 2\nworkspaces: {}\n",
  );
});
