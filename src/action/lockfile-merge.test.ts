import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseLockfile } from "../checkout/lockfile/read.ts";
import { formatLockfile } from "../checkout/lockfile/write.ts";
import type { LockEntry, Lockfile } from "../model/lockfile.ts";
import { mergeLockfiles } from "./lockfile-merge.ts";

const SECTION = "https://api.buddy.works/workspaces/my-company";

function sentEntry(hashId: string, more: Partial<LockEntry> = {}): LockEntry {
  const lifecycle = { protect: false, onRemove: "delete" } as const;
  return { hashId, type: "VULTR", lifecycle, lastSent: new Map(), superseded: [], formerIdentifiers: [], ...more };
}

function lock(entries: Readonly<Record<string, LockEntry>>): string {
  return formatLockfile({ sections: new Map([[SECTION, new Map(Object.entries(entries))]]) });
}

function hashesIn(text: string): readonly string[] {
  const parsed = parseLockfile("x", text);
  assert.ok(parsed.ok);
  return [...parsed.value.sections.values()].flatMap((section) => [...section.values()].map(({ hashId }) => hashId));
}

test("what each side changed is in the merged lockfile", () => {
  const before = lock({ a: sentEntry("aa"), b: sentEntry("bb"), gone: sentEntry("cc") });
  const ours = lock({
    a: sentEntry("a2", { superseded: ["aa"] }),
    b: sentEntry("bb"),
    gone: sentEntry("cc"),
    ours: sentEntry("dd"),
  });
  const theirs = lock({ a: sentEntry("aa"), b: sentEntry("bb", { identifier: "b" }), theirs: sentEntry("ee") });
  const merged = mergeLockfiles({ before, ours, theirs });
  assert.deepEqual(merged, {
    ok: true,
    value: lock({
      a: sentEntry("a2", { superseded: ["aa"] }),
      b: sentEntry("bb", { identifier: "b" }),
      ours: sentEntry("dd"),
      theirs: sentEntry("ee"),
    }),
  });
});

test("a key that both sides changed differently is a conflict, and so is a hash under two keys", () => {
  const before = lock({ a: sentEntry("aa") });
  const one = mergeLockfiles({ before, ours: lock({ a: sentEntry("a1") }), theirs: lock({ a: sentEntry("a2") }) });
  assert.deepEqual(one, { ok: false, error: { why: "both changed a" } });
  const both = mergeLockfiles({
    before: undefined,
    ours: lock({ old: sentEntry("aa") }),
    theirs: lock({ new: sentEntry("aa") }),
  });
  assert.deepEqual(both, { ok: false, error: { why: "both changed new, old" } });
});

test("a lockfile that can't be read isn't merged", () => {
  const merged = mergeLockfiles({ before: undefined, ours: lock({ a: sentEntry("aa") }), theirs: "<<<<<<< HEAD\n" });
  assert.equal(merged.ok, false);
});

test("a merge loses no hash of either run; if it would, nothing is merged", () => {
  const key = fc.constantFrom("a", "b", "c", "d");
  const hash = fc.constantFrom("h1", "h2", "h3", "h4", "h5");
  const entries = fc.uniqueArray(fc.tuple(key, hash), { selector: ([name]) => name, maxLength: 4 }).filter((list) => {
    return new Set(list.map(([, each]) => each)).size === list.length;
  });
  const text = entries.map((list) => lock(Object.fromEntries(list.map(([name, each]) => [name, sentEntry(each)]))));
  fc.assert(
    fc.property(text, text, text, (before, ours, theirs) => {
      const merged = mergeLockfiles({ before, ours, theirs });
      if (!merged.ok) return;
      const found = hashesIn(merged.value);
      assert.equal(new Set(found).size, found.length);
      const was = hashesIn(before);
      // A hash that one side added is in the merged lockfile.
      for (const each of [...hashesIn(ours), ...hashesIn(theirs)]) {
        if (!was.includes(each)) assert.ok(found.includes(each), `${each} is lost`);
      }
    }),
  );
});

test("changes of different sections don't conflict", () => {
  const of = (name: string): string => {
    const sections: Lockfile["sections"] = new Map([
      [`https://api.buddy.works/workspaces/${name}`, new Map([["a", sentEntry(`${name}1`)]])],
    ]);
    return formatLockfile({ sections });
  };
  const merged = mergeLockfiles({ before: undefined, ours: of("ours"), theirs: of("theirs") });
  assert.ok(merged.ok);
  assert.deepEqual(hashesIn(merged.value).toSorted(), ["ours1", "theirs1"]);
});
