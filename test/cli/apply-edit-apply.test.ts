import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import type { StoredIntegration } from "../../src/emulator/index.ts";
import type { Change } from "../../src/plan/change.ts";
import {
  lifeCase,
  type ArbitraryBlock,
  type ManualEdit,
  type ArbitraryFile,
  type LifeCase,
} from "./apply-edit-apply-cases.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const EVERYTHING = ["--adopt", "--allow-replace", "--prune", "--max-deletions", "100"];
const env = { ONE: "one-77f1", TWO: "two-0b3c" };

test("apply, edits by hand and another apply change nothing else, create no duplicates, and leave nothing to do", async (t) => {
  await fc.assert(
    fc.asyncProperty(lifeCase, async (given) => {
      const s = await syncWorkbench(t);
      await applyFirstFile(s, given);
      const lockBefore = await s.read("integrations.lock.yaml");
      const before = storedByHash(s);
      const former = await lockedHashesOf(s, given.first);
      await writeFileOf(s, given.second);
      const flags = [...EVERYTHING, ...Object.keys(given.second).flatMap((key) => ["--recreate", key])];
      const plan = await s.plan(flags, { env });
      const apply = await s.apply(flags, { env });
      if (former.size > 1 && [...former.values()].every((hash) => !before.has(hash))) {
        // Everything in the lockfile was deleted by hand. That looks like the wrong workspace.
        assert.equal(apply.exit, 4, apply.stderr);
        assert.deepEqual(storedByHash(s), before);
        return;
      }
      assert.equal(apply.exit, 0, apply.stderr);
      const after = storedByHash(s);
      const planned = new Set((plan.report.plan?.changes ?? []).flatMap(touchedHashes));
      for (const [hash, integration] of before) {
        if (!planned.has(hash)) assert.deepEqual(after.get(hash), integration);
      }
      const current = await lockedHashesOf(s, given.second);
      for (const [key, block] of Object.entries(given.second)) {
        const old = before.get(former.get(key) ?? former.get(key.replace("_new", "")) ?? "");
        const now = after.get(current.get(key) ?? "");
        assert.ok(now !== undefined, key);
        if (old !== undefined) assertUnnamedFieldsKept(block, old, now);
      }
      assert.deepEqual(
        (await s.plan([], { env })).changes.filter((change) => !change.startsWith("orphan")),
        [],
      );

      // The lockfile is lost, then an old one comes back.
      await rm(join(s.dir, "integrations.lock.yaml"), { force: true });
      await assertCreatesNothing(s, [0]);
      if (lockBefore !== undefined) await s.write("integrations.lock.yaml", lockBefore);
      // Everything in the old lockfile may be gone. That looks like another workspace.
      await assertCreatesNothing(s, [0, 4]);
    }),
    { numRuns: 12 },
  );
});

async function applyFirstFile(s: SyncWorkbench, { first, manualEdits, bystanders }: LifeCase): Promise<void> {
  for (const [index, block] of bystanders.entries()) {
    const { lifecycle: _ours, ...fields } = block;
    const values = JSON.stringify(fields).replaceAll("$ONE", "x").replaceAll("$TWO", "y");
    const body: unknown = JSON.parse(values);
    assert.ok(typeof body === "object" && body !== null);
    await s.byHand("POST", "/integrations", { ...body, identifier: `bystander_${index}` });
  }
  await writeFileOf(s, first);
  const apply = await s.apply(EVERYTHING, { env });
  assert.equal(apply.exit, 0, apply.stderr);
  for (const each of manualEdits) await editByHand(s, each);
}

async function editByHand(s: SyncWorkbench, each: ManualEdit): Promise<void> {
  const hash = (await s.lockedEntry(each.key))?.hashId;
  const current = s.emulator.stored().find(({ hash_id }) => hash_id === hash);
  if (hash === undefined || current === undefined) return;
  const path = `/integrations/${hash}`;
  if (each.kind === "rename") await s.byHand("PATCH", path, { name: "By hand" });
  else if (each.kind === "delete") await s.byHand("DELETE", path);
  else {
    const { permissions, name } = current;
    const users = [{ id: each.user, access_level: "USE_ONLY" }];
    await s.byHand("PATCH", path, { name, permissions: { ...permissions, users }, all_pipelines_allowed: false });
  }
}

/** JSON is also YAML. */
async function writeFileOf(s: SyncWorkbench, file: ArbitraryFile): Promise<void> {
  await s.write("integrations.yaml", JSON.stringify({ version: 1, integrations: file }));
}

async function assertCreatesNothing(s: SyncWorkbench, exits: readonly number[]): Promise<void> {
  const before = storedByHash(s);
  s.requests();
  const apply = await s.apply([], { env });
  assert.ok(exits.includes(apply.exit), `${apply.exit}: ${apply.stderr}`);
  assert.deepEqual(
    s.requests().filter((request) => /^(?:POST|DELETE)/.test(request)),
    [],
  );
  assert.deepEqual(new Set(storedByHash(s).keys()), new Set(before.keys()));
}

/** Asserts that fields that the file doesn't name are unchanged, also after a replacement. */
function assertUnnamedFieldsKept(block: ArbitraryBlock, old: StoredIntegration, now: StoredIntegration): void {
  const permissions = block["permissions"] ?? {};
  const names = (name: string): boolean =>
    typeof permissions === "object" && permissions !== null && name in permissions;
  for (const list of ["users", "groups"] as const) {
    if (!names(list)) assert.deepEqual(now.permissions[list], old.permissions[list]);
  }
  if (!("all_pipelines_allowed" in block)) assert.equal(now.all_pipelines_allowed, old.all_pipelines_allowed);
  if (!("allowed_pipelines" in block)) assert.deepEqual(now.allowed_pipelines, old.allowed_pipelines);
}

function storedByHash(s: SyncWorkbench): Map<string, StoredIntegration> {
  return new Map(structuredClone(s.emulator.stored()).map((integration) => [integration.hash_id, integration]));
}

async function lockedHashesOf(s: SyncWorkbench, file: ArbitraryFile): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const key of Object.keys(file)) {
    const entry = await s.lockedEntry(key);
    if (entry !== undefined) found.set(key, entry.hashId);
  }
  return found;
}

/** The hashes that a change may affect. */
function touchedHashes(change: Change): string[] {
  if (change.action === "keep" || change.action === "orphan") return [];
  return "hash_id" in change ? [change.hash_id] : [];
}
