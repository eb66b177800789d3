import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiFailure } from "../../api/client.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import { failure, success, type IntegrationWithIds, type LiveIntegration } from "../../model/integration.ts";
import type { InterruptedCreate } from "../input.ts";
import { temporaryIdentifier } from "./temporary-identifier.ts";
import {
  desired,
  entry,
  inProject,
  listedView,
  live,
  lockSectionOf,
  UNPROTECTED,
} from "../../../test/support/builders.ts";
import type { SecondLook } from "./second-look.ts";
import { readWorkspace } from "./read-workspace.ts";
import type { WorkspaceReader } from "./workspace-reader.ts";

const FAILED: ApiFailure = { kind: "server-error", method: "GET", path: "/integrations", status: 500, messages: [] };

const REFUSED: ApiFailure = { kind: "unauthorized", method: "GET", path: "/integrations", status: 401, messages: [] };

/** A workspace that records the calls; `list web` is the part of the project web. */
class FakeReader implements WorkspaceReader {
  readonly calls: string[] = [];
  readonly #lives: ReadonlyMap<string, LiveIntegration>;
  readonly #failing: readonly string[];

  constructor(lives: readonly LiveIntegration[], failing: readonly string[] = []) {
    this.#lives = new Map(lives.map((view) => [view.hashId, view]));
    this.#failing = failing;
  }

  async get(hashId: string) {
    this.calls.push(hashId);
    return this.#failing.includes(hashId) ? failure(FAILED) : success(this.#lives.get(hashId));
  }

  async list(project?: string) {
    const call = project === undefined ? "list" : `list ${project}`;
    this.calls.push(call);
    if (this.#failing.includes(call)) return failure(FAILED);
    if (this.#failing.includes(`401 ${call}`)) return failure(REFUSED);
    const inPart = (view: LiveIntegration): boolean =>
      project === undefined ? view.scope === "WORKSPACE" : view.projectName === project;
    return success([...this.#lives.values()].filter(inPart).map(listedView));
  }
}

interface Asked {
  readonly lives?: readonly LiveIntegration[];
  readonly failing?: readonly string[];
  readonly lock?: Readonly<Record<string, LockEntry>>;
  readonly only?: readonly string[];
  readonly made?: Readonly<Record<string, InterruptedCreate>>;
  readonly secondLook?: SecondLook;
}

/** The calls to the API, sorted, and the result. */
async function observing(wanted: readonly IntegrationWithIds[], asked: Asked) {
  const reader = new FakeReader(asked.lives ?? [], asked.failing);
  const result = await readWorkspace(reader, {
    desired: wanted,
    lock: lockSectionOf(asked.lock ?? {}),
    interruptedCreates: new Map(Object.entries(asked.made ?? {})),
    choice: { only: asked.only ?? [] },
    describe: ({ kind }) => ({ why: kind }),
    secondLook: asked.secondLook ?? { now: () => 0, wait: () => Promise.resolve(true), settleMs: undefined },
  });
  return { calls: reader.calls.toSorted(), result };
}

async function callsOf(wanted: readonly IntegrationWithIds[], asked: Asked): Promise<string[]> {
  return (await observing(wanted, asked)).calls;
}

const [a, b, c] = [desired("a"), desired("b"), desired("c")];

test("if all are locked and exist, there is one GET for each recorded hash, former ones too, and no list", async () => {
  const lock = { a: entry(a, live(a), { superseded: ["h0"] }), b: entry(b) };
  const { calls, result } = await observing([a, b], { lives: [live(a), live(b)], lock });
  assert.deepEqual(calls, ["h0", "ha", "hb"]);
  assert.deepEqual(result.ok && [...result.value.live.keys()], ["ha", "h0", "hb"]);
});

test("the list is read when a wanted integration has no recorded hash; only its candidates are read in full", async () => {
  const strangers = [live(desired("x")), live(desired("y"))];
  assert.deepEqual(await callsOf([a, b], { lives: [live(a), live(b), ...strangers], lock: { a: entry(a) } }), [
    "ha",
    "hb",
    "list",
  ]);
  assert.deepEqual(await callsOf([c], { lives: strangers }), ["list"]);
});

test("the list is read when a locked integration is gone, set aside, or has to be replaced", async () => {
  const lock = { a: entry(a), b: entry(b) };
  assert.deepEqual(await callsOf([a, b], { lives: [live(b)], lock }), ["ha", "ha", "hb", "list"]);
  const setAside = live(a, { identifier: temporaryIdentifier("a", "ha") });
  assert.deepEqual(await callsOf([a, b], { lives: [setAside, live(b)], lock }), ["ha", "hb", "list"]);
  assert.deepEqual(await callsOf([desired("a", { type: "SENTRY" }), b], { lives: [live(a), live(b)], lock }), [
    "ha",
    "hb",
    "list",
  ]);
});

test("the list isn't read for an integration that is no longer wanted", async () => {
  assert.deepEqual(await callsOf([b], { lives: [live(b)], lock: { a: entry(a), b: entry(b) } }), ["ha", "ha", "hb"]);
});

test("the results of interrupted creations are looked up", async () => {
  const begun = { identifier: "a_1", type: "VULTR", scope: "WORKSPACE" as const, lifecycle: UNPROTECTED };
  const made = live(a, { identifier: "a_1" });
  assert.deepEqual(await callsOf([a], { lives: [made], made: { a: begun } }), ["ha", "list"]);
  // Also when the key has gone from the file since, or its hash is known.
  assert.deepEqual(await callsOf([], { lives: [made], made: { a: begun } }), ["ha", "list"]);
  assert.deepEqual(await callsOf([], { lives: [made], made: { a: { ...begun, hashId: "ha" } } }), ["ha", "list"]);
});

test("an import is read by its hash", async () => {
  assert.deepEqual(await callsOf([desired("z", { lifecycle: { import: "ha" } })], { lives: [live(a)] }), [
    "ha",
    "list",
  ]);
});

test("each hash is read once, even for several reasons", async () => {
  const twice = desired("b", { lifecycle: { import: "ha", movedFrom: ["x"] } });
  assert.deepEqual(await callsOf([a, twice], { lives: [live(a)], lock: { a: entry(a) } }), ["ha", "list"]);
});

test("--only reads only what it selects", async () => {
  const lock = { a: entry(a), b: entry(b), old: entry(desired("old")) };
  const lives = [live(a), live(b), live(desired("old"))];
  assert.deepEqual(await callsOf([a, b, c], { lives, lock, only: ["a"] }), ["ha"]);
  assert.deepEqual(await callsOf([a, b, c], { lives, lock, only: ["c"] }), ["list"]);
  assert.deepEqual(await callsOf([a, b, c], { lives, lock, only: ["o*"] }), ["hold"]);
});

test("a failed read is never treated as absence: the whole read fails", async () => {
  const lock = { a: entry(a), b: entry(b) };
  const lives = [live(a), live(b)];
  const { result } = await observing([a, b], { lives, lock, failing: ["hb"] });
  assert.deepEqual(result, failure({ kind: "failed", failures: [{ what: "b (hb)", failure: FAILED }] }));
  const list = await observing([a, b, c], { lives, lock, failing: ["list"] });
  assert.deepEqual(list.result, failure({ kind: "failed", failures: [{ what: "the list", failure: FAILED }] }));
  const candidate = await observing([a], { lives, failing: ["ha"] });
  assert.deepEqual(candidate.result, failure({ kind: "failed", failures: [{ what: "a (ha)", failure: FAILED }] }));
});

test("if all locked integrations are gone, and there are two or more, it is probably the wrong workspace", async () => {
  const lock = { a: entry(a), b: entry(b) };
  assert.deepEqual((await observing([a, b], { lock })).result, failure({ kind: "all-gone", count: 2 }));
  assert.deepEqual((await observing([], { lock })).result, failure({ kind: "all-gone", count: 2 }));
  assert.equal((await observing([a], { lock: { a: entry(a) } })).result.ok, true);
  assert.equal((await observing([a, b], { lock, lives: [live(b)] })).result.ok, true);
});

test("a former integration that exists shows that the workspace is the right one", async () => {
  const lock = { a: entry(a, live(a), { superseded: ["h0"] }), b: entry(b) };
  assert.equal((await observing([a, b], { lock, lives: [live(a, { hashId: "h0" })] })).result.ok, true);
});

test("--only with integrations that are gone reads the others until one exists", async () => {
  const more = Array.from({ length: 25 }, (_, index) => desired(`k${index}`));
  const lock = { a: entry(a), ...Object.fromEntries(more.map((each) => [each.key, entry(each)])) };
  const gone = await observing([a, ...more], { lock, only: ["a"] });
  assert.deepEqual(gone.result, failure({ kind: "all-gone", count: 26 }));
  const [first = a] = more;
  const there = await observing([a, ...more], { lock, lives: [live(first)], only: ["a"] });
  assert.deepEqual([there.result.ok, there.calls.length], [true, 13]);
});

test("ten thousand integrations are read once each", async () => {
  const many = Array.from({ length: 10_000 }, (_, index) => desired(`k${index}`));
  const lock = Object.fromEntries(many.map((each) => [each.key, entry(each, live(each), {}, "none")]));
  const { calls, result } = await observing(many, { lock, lives: many.map((each) => live(each)) });
  assert.deepEqual([new Set(calls).size, calls.length, result.ok], [10_000, 10_000, true]);
});

const [web, shop] = [inProject("web", "p"), inProject("shop", "q")];

test("only the needed parts of the list are read, each once", async () => {
  assert.deepEqual(await callsOf([web], {}), ["list p"]);
  assert.deepEqual(await callsOf([web, inProject("web2", "p"), shop, a], {}), ["list", "list p", "list q"]);
  const lock = { web: entry(web), shop: entry(shop), a: entry(a) };
  const lives = [live(web), live(shop), live(a)];
  assert.deepEqual(await callsOf([web, shop, a], { lock, lives }), ["ha", "hshop", "hweb"]);
  assert.deepEqual(await callsOf([web, shop, a], { lock, lives: [live(web), live(a)] }), [
    "ha",
    "hshop",
    "hshop",
    "hweb",
    "list q",
  ]);
  // A replacement appears in its new part, where one with its identifier may be already.
  const moved = inProject("a", "q");
  assert.deepEqual(await callsOf([moved], { lock: { a: entry(a), web: entry(web) }, lives, only: ["a"] }), [
    "ha",
    "list q",
  ]);
  const renamed = { ...moved, lifecycle: { ...moved.lifecycle, movedFrom: ["former"] } };
  const there = [...lives, live(moved, { hashId: "hthere" }), live(moved, { hashId: "hformer", identifier: "former" })];
  assert.deepEqual(await callsOf([renamed], { lock: { a: entry(a), web: entry(web) }, lives: there, only: ["a"] }), [
    "ha",
    "hformer",
    "hthere",
    "list q",
  ]);
});

test("an interrupted creation is looked up in the place where it was requested", async () => {
  const begun = {
    identifier: "web",
    type: "VULTR",
    scope: "PROJECT" as const,
    projectName: "p",
    replaces: "hold",
    lifecycle: UNPROTECTED,
  };
  assert.deepEqual(await callsOf([], { lives: [live(web)], made: { web: begun } }), ["hold", "hold", "hweb", "list p"]);
  const elsewhere = desired("web", { fields: { name: "another" } });
  assert.deepEqual(await callsOf([elsewhere], { lives: [live(web)], made: { web: begun } }), [
    "hold",
    "hold",
    "hweb",
    "list",
    "list p",
  ]);
});

test("an integration of the scope ENVIRONMENT is in no list, and is found only by its hash", async () => {
  const environment = desired("e", { scope: "ENVIRONMENT" });
  assert.deepEqual(await callsOf([environment], { lives: [live(environment)] }), []);
  const imported = desired("e", { scope: "ENVIRONMENT", lifecycle: { import: "he" } });
  assert.deepEqual(await callsOf([imported], { lives: [live(environment)] }), ["he"]);
});

test("a part that can't be read affects only its project; an invalid token affects the whole run", async () => {
  const { result } = await observing([web, shop, a], { lives: [live(shop)], failing: ["list p"] });
  assert.deepEqual(result.ok && [...result.value.parts.keys()].toSorted(), ["PROJECT p", "PROJECT q", "WORKSPACE"]);
  assert.deepEqual(result.ok && result.value.parts.get("PROJECT p"), { why: "server-error" });
  const refused = await observing([web], { failing: ["401 list p"] });
  assert.equal(!refused.result.ok && refused.result.error.kind, "failed");
});

test("an integration of the same name elsewhere is read too, so that the plan can warn about it", async () => {
  const twin = live(desired("x", { fields: { name: "web" } }));
  assert.deepEqual(await callsOf([web, a], { lives: [twin] }), ["hx", "list", "list p"]);
});
