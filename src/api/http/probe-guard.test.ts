import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_CREATIONS, ProbeGuard, type GuardedCall } from "./probe-guard.ts";

const NAME = "buddy-integrations-probe-0123456789ab01";
const OTHER = "buddy-integrations-probe-0123456789ab02";
const SHUT = { permissions: { others: "DENIED" }, all_pipelines_allowed: false } as const;

function creation(more: object = {}): GuardedCall {
  const body = { type: "VULTR", name: NAME, scope: "WORKSPACE", ...SHUT, ...more };
  return { method: "POST", hashId: undefined, body };
}

function edit(hashId: string, body: GuardedCall["body"]): GuardedCall {
  return { method: "PATCH", hashId, body };
}

function removal(hashId: string): GuardedCall {
  return { method: "DELETE", hashId, body: undefined };
}

function read(hashId?: string): GuardedCall {
  return { method: "GET", hashId, body: undefined };
}

/** A guard that has read that `theirs` exists. */
function guard(): ProbeGuard {
  const made = new ProbeGuard({ project: "web", owner: 7 });
  made.observe(read(), 200, { integrations: [{ hash_id: "theirs", name: "Theirs" }] });
  return made;
}

function created(made: ProbeGuard): void {
  made.admit(creation());
  made.observe(creation(), 201, { hash_id: "ours", name: NAME });
}

test("only integrations that the probe created may be changed and deleted", () => {
  const made = guard();
  created(made);
  made.admit(edit("ours", { name: NAME }));
  made.admit(removal("ours"));
  for (const call of [edit("theirs", { name: NAME }), removal("theirs"), removal("unheardof"), edit("unheardof", {})]) {
    assert.throws(() => made.admit(call), /didn't create; nothing was sent/);
  }
});

test("a creation needs a probe's name and an allowed place, and must be closed to people and pipelines", () => {
  const wrong: readonly object[] = [
    { name: "Production" },
    { name: "buddy-integrations-probe-0123" },
    { name: undefined },
    { scope: "ENVIRONMENT" },
    { scope: "PROJECT", project_name: "another" },
    { scope: "PROJECT" },
    { project_name: "web" },
    { permissions: undefined },
    { permissions: { others: "USE_ONLY" } },
    { permissions: { admins: "MANAGE" } },
    { permissions: { others: "DENIED", users: [{ id: 8, access_level: "MANAGE" }] } },
    { permissions: { others: "DENIED", groups: [] } },
    { all_pipelines_allowed: true },
    { all_pipelines_allowed: undefined },
    { allowed_pipelines: [{ id: 1 }] },
  ];
  for (const more of wrong) {
    const made = guard();
    assert.throws(() => made.admit(creation(more)), /nothing was sent/, JSON.stringify(more));
  }
  const right: readonly object[] = [
    {},
    { scope: "PROJECT", project_name: "web" },
    { permissions: { others: "DENIED", admins: "MANAGE", users: [{ id: 7, access_level: "MANAGE" }] } },
  ];
  for (const more of right) guard().admit(creation(more));
});

test("an edit may not open an integration, nor give it a name that this probe hasn't used", () => {
  const made = guard();
  created(made);
  for (const body of [
    { name: "Production" },
    { name: OTHER },
    { permissions: { others: "USE_ONLY" } },
    { permissions: { admins: "MANAGE" } },
    { all_pipelines_allowed: true },
    { allowed_pipelines: [] },
  ]) {
    assert.throws(() => made.admit(edit("ours", body)), /nothing was sent/, JSON.stringify(body));
  }
});

test("nothing is created before the list was read, and never more than ten integrations", () => {
  assert.throws(() => new ProbeGuard({ project: "web", owner: undefined }).admit(creation()), /before it has read/);
  const made = guard();
  for (let count = 0; count < MOST_CREATIONS; count += 1) made.admit(creation());
  assert.throws(() => made.admit(creation()), /more than 10/);
});

test("a response about an integration that existed before, or with another name, doesn't make it the probe's own", () => {
  const made = guard();
  made.admit(creation());
  made.observe(creation(), 201, { hash_id: "theirs", name: NAME });
  made.observe(creation(), 201, { hash_id: "another", name: "Another" });
  made.observe(creation(), 500, { hash_id: "failed", name: NAME });
  for (const hash of ["theirs", "another", "failed"]) assert.throws(() => made.admit(removal(hash)));
});

test("an integration whose creation was lost is the probe's own once it was read under its name, if it didn't exist before", () => {
  const made = guard();
  made.admit(creation());
  assert.equal(made.claim("ours"), false, "not read");
  made.observe(read("ours"), 200, { hash_id: "ours", name: NAME });
  assert.equal(made.claim("ours"), true);
  made.admit(removal("ours"));
  made.observe(read("theirs"), 200, { hash_id: "theirs", name: NAME, permissions: { others: "USE_ONLY" } });
  assert.equal(made.claim("theirs"), false);
});

test("an integration that an earlier probe left may be deleted but not changed, and only if it is still closed", () => {
  const shut = { permissions: { others: "DENIED" }, all_pipelines_allowed: false };
  const made = guard();
  made.observe(read("old"), 200, { hash_id: "old", name: OTHER, ...shut });
  assert.equal(made.claim("old"), true);
  made.admit(removal("old"));
  assert.throws(() => made.admit(edit("old", { name: OTHER })));
  for (const [hash, view] of Object.entries({
    opened: { name: OTHER, ...shut, permissions: { others: "USE_ONLY" } },
    used: { name: OTHER, ...shut, all_pipelines_allowed: true },
    similar: { name: `${OTHER}0`, ...shut },
    capital: { name: OTHER.toUpperCase(), ...shut },
    copy: { name: `copy of ${OTHER}`, ...shut },
  })) {
    made.observe(read(hash), 200, { hash_id: hash, ...view });
    assert.equal(made.claim(hash), false, hash);
    assert.throws(() => made.admit(removal(hash)));
  }
  // A response about another integration.
  made.observe(read("asked"), 200, { hash_id: "old", name: OTHER, ...shut });
  assert.equal(made.claim("asked"), false);
});
