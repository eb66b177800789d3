import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { bothLists, inYaml, type Where } from "../support/places.ts";
import { stillClock } from "../support/clocks.ts";
import { JOURNAL, LOCKFILE } from "../support/desired-file.ts";
import { end, interruptedRun, type InterruptedRun } from "../support/interrupted-run.ts";
import { changeOf, TEST_VALUES } from "../support/sync-workbench.ts";

// Since August 2026 the list of the workspace doesn't show what belongs to a project: each project's part is asked for.

const [WEBSITE, MINE] = ["company-website", "my-project"] as const;
type PartPlace = "WORKSPACE" | typeof WEBSITE | typeof MINE;

/** An integration of this place. Its identifier is its key, unless another one is given. */
function at(place: PartPlace, key: string, identifier = key, type = "SENTRY"): string {
  const where = place === "WORKSPACE" ? { scope: place } : ({ scope: "PROJECT", project: place } as const);
  return `${key}: { type: ${type}, name: ${key}, identifier: ${identifier}, ${inYaml(where)}, token: $TOKEN }`;
}

/** `identifier place` of each live integration. */
const livePlaces = (s: InterruptedRun): string[] =>
  s.emulator
    .stored()
    .map(({ identifier, project_name, hash_id }) => {
      const shown = identifier.replace(`_superseded_${hash_id}`, " (old)");
      return `${shown} ${project_name ?? "WORKSPACE"}`;
    })
    .toSorted();

const creations = (s: InterruptedRun): number =>
  s.requests().filter((request) => request.startsWith("POST") && request.endsWith("/integrations")).length;

const hashAt = (s: InterruptedRun, identifier: string, place: PartPlace): string | undefined =>
  s.emulator.stored().find((item) => item.identifier === identifier && (item.project_name ?? "WORKSPACE") === place)
    ?.hash_id;

/** Nothing is left to do, and nothing is left of the journal. */
async function settled(s: InterruptedRun): Promise<void> {
  const plan = await s.plan(["--detailed-exitcode"]);
  assert.deepEqual([plan.exit, plan.changes.filter((change) => !change.startsWith("orphan"))], [0, []]);
  assert.equal(await s.read(JOURNAL), undefined);
}

/** The token can no longer read this project; `show` undoes this. */
function hide(s: InterruptedRun, where: Where, project: string): void {
  s.emulator.changeSettings({ hidden: [project] });
  // An old server ignores `project_name`, so hiding the project changes nothing there: the request is refused instead.
  if (where.list === "old") refuse(s, project);
}

function refuse(s: InterruptedRun, project: string): void {
  s.emulator.addFault({ kind: "reject", status: 403, message: "No", match: { path: `project_name=${project}` } });
}

function show(s: InterruptedRun): void {
  s.emulator.changeSettings({ hidden: [] });
  s.emulator.clearFaults();
}

bothLists.test(
  "after a lost lockfile, integrations of several projects with one identifier are adopted, each by its own key",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(
      at("WORKSPACE", "a", "shared"),
      at(WEBSITE, "b", "shared"),
      at(MINE, "c", "shared"),
      at(MINE, "d"),
    );
    assert.equal((await s.apply()).exit, 0);
    const lock = await s.read(LOCKFILE);
    await s.write(LOCKFILE, "lockfile_version: 2\nworkspaces: {}\n");
    s.requests();
    const ran = await s.apply();
    assert.deepEqual([ran.exit, creations(s)], [0, 0]);
    assert.equal(await s.read(LOCKFILE), lock);
    await settled(s);
  },
);

for (const when of ["before", "after"] as const) {
  bothLists.test(
    `two keys with the same identifier in two projects get one integration each, if a response is lost ${when} the creation`,
    async (t, where) => {
      for (const lost of [1, 2]) {
        const s = await interruptedRun(t, where);
        await s.writeIntegrations(at(WEBSITE, "a", "shared"), at(MINE, "b", "shared"), at("WORKSPACE", "c", "shared"));
        s.emulator.addFault({ kind: "reset", when, match: { method: "POST" }, nth: lost });
        const ran = await s.apply();
        // A run never sends a creation twice, so the next run creates what is missing.
        assert.equal(ran.exit, when === "after" ? 0 : 5, ran.stderr);
        assert.equal((await s.apply()).exit, 0);
        assert.deepEqual(livePlaces(s), [`shared WORKSPACE`, `shared ${WEBSITE}`, `shared ${MINE}`]);
        assert.equal((await s.lockedEntry("a"))?.hashId, hashAt(s, "shared", WEBSITE));
        assert.equal((await s.lockedEntry("b"))?.hashId, hashAt(s, "shared", MINE));
        await settled(s);
      }
    },
  );

  bothLists.test(
    `a run that is killed ${when} a project's integration was created leaves one of it, and doesn't touch somebody else's`,
    async (t, where) => {
      const s = await interruptedRun(t, where);
      await s.writeIntegrations(at(WEBSITE, "a"), at(MINE, "b"));
      // An integration of another project with the same type and identifier isn't ours.
      await s.made("a", { scope: "PROJECT", project_name: MINE });
      await s.journal(s.begin("a", { project: WEBSITE }), s.begin("b", { project: MINE }));
      const made = when === "after" ? [await s.made("a"), await s.made("b", { project_name: MINE })] : [];
      const ran = await s.apply();
      assert.deepEqual(
        [ran.exit, ran.outcomes.filter((outcome) => !outcome.includes("update"))],
        [0, when === "after" ? ["done adopt a", "done adopt b"] : ["done create a", "done create b"]],
      );
      assert.deepEqual(livePlaces(s), [`a ${WEBSITE}`, `a ${MINE}`, `b ${MINE}`]);
      if (when === "after") {
        assert.deepEqual([(await s.lockedEntry("a"))?.hashId, (await s.lockedEntry("b"))?.hashId], made);
      }
      await settled(s);
    },
  );
}

for (const known of [true, false]) {
  bothLists.test(
    `a creation in a project that can't be read any more stays in the journal${known ? ", its hash too" : ""}, and is resolved when it can be read`,
    async (t, where) => {
      const s = await interruptedRun(t, where);
      const [a, b] = [s.begin("a", { project: WEBSITE }), s.begin("b", { project: MINE })];
      const ours = await s.made("a");
      await s.journal(a, ...(known ? [end(a, ours)] : []), b);
      await s.writeIntegrations(at(WEBSITE, "a"), at(MINE, "b"), at("WORKSPACE", "c"));
      hide(s, where, WEBSITE);
      for (const wanted of [true, false]) {
        // First the file has the key, then it no longer has it.
        if (!wanted) await s.writeIntegrations(at(MINE, "b"), at("WORKSPACE", "c"));
        const ran = await s.apply();
        assert.equal(ran.exit, wanted ? 7 : 0, ran.stderr);
        assert.match((await s.read(JOURNAL)) ?? "", /"key":"a"/);
        assert.doesNotMatch((await s.read(JOURNAL)) ?? "", /"key":"b"/);
        assert.deepEqual(livePlaces(s), [`a ${WEBSITE}`, `b ${MINE}`, "c WORKSPACE"]);
      }
      await s.writeIntegrations(at(WEBSITE, "a"), at(MINE, "b"), at("WORKSPACE", "c"));
      show(s);
      s.requests();
      assert.equal((await s.apply()).exit, 0);
      assert.equal(creations(s), 0);
      assert.equal((await s.lockedEntry("a"))?.hashId, ours);
      await settled(s);
    },
  );
}

bothLists.test(
  "a creation with a lost response in a project that can't be read is found when it can be read",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(at(WEBSITE, "a"), at(MINE, "b"));
    s.emulator.addFault({ kind: "reset", when: "after", match: { method: "POST", identifier: "a" } });
    s.emulator.addFault({ kind: "error", status: 503, after: 1, match: { path: `project_name=${WEBSITE}` } });
    const ran = await s.apply([], { io: { now: stillClock } });
    assert.deepEqual([ran.exit, ran.outcomes], [5, ["unknown create a", "done create b"]]);
    for (const expected of [7, 0]) {
      if (expected === 0) show(s);
      assert.equal((await s.apply()).exit, expected);
      assert.deepEqual(livePlaces(s), [`a ${WEBSITE}`, `b ${MINE}`]);
    }
    await settled(s);
  },
);

bothLists.test(
  "a deleted project blocks no other keys; its own keys are created when it exists again",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(at(WEBSITE, "a"), at(MINE, "b"), at("WORKSPACE", "c"));
    await s.apply();
    const [lock, gone] = [await s.lockedEntry("a"), hashAt(s, "a", WEBSITE)];
    await s.byHand("DELETE", `/projects/${WEBSITE}`);
    await s.writeIntegrations(at(WEBSITE, "a"), at(WEBSITE, "new"), at(MINE, "b"), at("WORKSPACE", "d"));
    const ran = await s.apply();
    // An old server doesn't report the missing project, and rejects creations there. What can't be found isn't recreated.
    const kind =
      where.list === "new" ? ["refused conflict a", "refused conflict new"] : ["refused create a", "failed create new"];
    assert.deepEqual(
      [ran.exit, ran.outcomes.toSorted()],
      [where.list === "new" ? 7 : 5, ["done create d", ...kind].toSorted()],
    );
    assert.deepEqual(await s.lockedEntry("a"), lock);
    await s.byHand("POST", "/projects", { name: WEBSITE, display_name: "Again" });
    assert.deepEqual([(await s.apply()).exit, (await s.apply(["--recreate", "a"])).exit], [7, 0]);
    assert.deepEqual((await s.lockedEntry("a"))?.superseded, [gone]);
    assert.deepEqual(livePlaces(s), [
      "a company-website",
      "b my-project",
      "c WORKSPACE",
      "d WORKSPACE",
      "new company-website",
    ]);
    await settled(s);
  },
);

bothLists.test("an interrupted creation in a deleted project blocks only its own key", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(at(MINE, "b"));
  await s.apply();
  await s.journal(s.begin("a", { project: WEBSITE }));
  await s.byHand("DELETE", `/projects/${WEBSITE}`);
  await s.writeIntegrations(at(WEBSITE, "a"), at(MINE, "b"), at(MINE, "c"));
  assert.equal((await s.apply()).exit, where.list === "new" ? 7 : 5);
  assert.deepEqual(livePlaces(s), [`b ${MINE}`, `c ${MINE}`]);
});

for (const known of [true, false]) {
  bothLists.test(
    `a creation in a project that can't be read isn't lost when the file moves its key elsewhere${known ? ", its hash known" : ""}`,
    async (t, where) => {
      const s = await interruptedRun(t, where);
      await s.writeIntegrations(at(MINE, "b"));
      await s.apply();
      const [begun, ours] = [s.begin("a", { project: WEBSITE }), await s.made("a")];
      await s.journal(begun, ...(known ? [end(begun, ours)] : []));
      hide(s, where, WEBSITE);
      await s.writeIntegrations(at(MINE, "a"), at(MINE, "b"), at(MINE, "c"));
      const ran = await s.apply(["--allow-replace"]);
      assert.deepEqual([ran.exit, ran.changes], [7, ["create a REFUSED unreadable-project", "create c"]]);
      const { refused } = changeOf(ran, "create", "a");
      assert.match(refused?.message ?? "", /interrupted while it created this one in the project company-website/);
      assert.match(refused?.hint ?? "", /remove the lines of this key/);
      assert.deepEqual(livePlaces(s), [`a ${WEBSITE}`, `b ${MINE}`, `c ${MINE}`]);
      show(s);
      assert.equal((await s.apply(["--allow-replace"])).exit, 0);
      assert.deepEqual(livePlaces(s), [`a ${MINE}`, `a (old) ${WEBSITE}`, `b ${MINE}`, `c ${MINE}`].toSorted());
      assert.deepEqual((await s.lockedEntry("a"))?.superseded, [ours]);
      await settled(s);
    },
  );
}

bothLists.test(
  "an interrupted replacement into a project that can't be read isn't lost when its key moves elsewhere or it is given up",
  async (t, where) => {
    for (const [goal, exit] of [
      [MINE, 7],
      ["WORKSPACE", 0],
    ] as const) {
      const { s, old, made } = await interruptedReplacement(t, where, "created", ["WORKSPACE", WEBSITE]);
      hide(s, where, WEBSITE);
      await s.writeIntegrations(at(goal, "a"), at("WORKSPACE", "b"), at("WORKSPACE", "c"));
      assert.equal((await s.apply(["--allow-replace"])).exit, exit, goal);
      assert.match((await s.read(JOURNAL)) ?? "", /"key":"a"/, goal);
      show(s);
      assert.equal((await s.apply(["--allow-replace"])).exit, 0, goal);
      const entry = await s.lockedEntry("a");
      const hashes = new Set([entry?.hashId, ...(entry?.superseded ?? [])]);
      assert.ok(hashes.has(old) && hashes.has(made), `${goal} ${[...hashes].join(" ")}`);
      assert.equal(entry?.hashId, hashAt(s, "a", goal), goal);
      await settled(s);
    }
  },
);

/** The last step of a replacement that is interrupted: the record was written, the old one was set aside, the new one was created, its response arrived. */
const STEPS = ["begun", "set aside", "created", "response arrived"] as const;

async function interruptedReplacement(
  t: TestContext,
  where: Where,
  step: (typeof STEPS)[number],
  [from, to]: readonly [PartPlace, PartPlace],
): Promise<{ readonly s: InterruptedRun; readonly old: string; readonly made: string | undefined }> {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(at(from, "a"), at("WORKSPACE", "b"), at("WORKSPACE", "c"));
  await s.apply();
  const old = hashAt(s, "a", from) ?? "";
  const place = to === "WORKSPACE" ? { scope: to } : ({ scope: "PROJECT", project: to } as const);
  const { project: _none, ...plain } = s.begin("a");
  const begin = { ...plain, ...place, replaces: old };
  const body = to === "WORKSPACE" ? { scope: to } : { scope: "PROJECT", project_name: to };
  if (step !== "begun")
    await s.byHand("PATCH", `/integrations/${old}`, { name: "a", identifier: `a_superseded_${old}` });
  const isMade = step === "created" || step === "response arrived";
  const response = isMade
    ? await s.byHand("POST", "/integrations", {
        type: "SENTRY",
        name: "a",
        identifier: "a",
        token: TEST_VALUES.TOKEN,
        ...body,
      })
    : undefined;
  const made = hashAt(s, "a", to);
  assert.equal(isMade, typeof response === "object");
  await s.journal(begin, ...(step === "response arrived" && made !== undefined ? [end(begin, made)] : []));
  return { s, old, made: isMade ? made : undefined };
}

for (const move of [
  [WEBSITE, MINE],
  ["WORKSPACE", WEBSITE],
  [MINE, "WORKSPACE"],
] as const) {
  const [from, to] = move;
  bothLists.test(`a replacement that is interrupted at any step is finished: ${from} to ${to}`, async (t, where) => {
    for (const step of STEPS) {
      const { s, old, made } = await interruptedReplacement(t, where, step, move);
      await s.writeIntegrations(at(to, "a"), at("WORKSPACE", "b"), at("WORKSPACE", "c"));
      const ran = await s.apply(["--allow-replace"]);
      assert.equal(ran.exit, 0, `${step} ${ran.stderr}`);
      assert.deepEqual(livePlaces(s), [`a ${to}`, `a (old) ${from}`, "b WORKSPACE", "c WORKSPACE"].toSorted(), step);
      const entry = await s.lockedEntry("a");
      assert.deepEqual([entry?.hashId, entry?.superseded], [made ?? hashAt(s, "a", to), [old]], step);
      await settled(s);
    }
  });

  bothLists.test(
    `a replacement that is interrupted at any step and then given up leaves no unknown integration: ${from} to ${to}`,
    async (t, where) => {
      for (const step of STEPS) {
        const { s, old, made } = await interruptedReplacement(t, where, step, move);
        await s.writeIntegrations(at(from, "a"), at("WORKSPACE", "b"), at("WORKSPACE", "c"));
        const ran = await s.apply(["--allow-replace"]);
        assert.equal(ran.exit, 0, `${step} ${ran.stderr}`);
        assert.equal(hashAt(s, "a", from), old, step);
        const entry = await s.lockedEntry("a");
        assert.deepEqual([entry?.hashId, entry?.superseded], [old, made === undefined ? [] : [made]], step);
        await settled(s);
      }
    },
  );
}

bothLists.test(
  "changing the scope in the file between a kill and the next run loses nothing, and creates nothing twice",
  async (t, where) => {
    for (const made of [true, false]) {
      for (const answered of made ? [true, false] : [false]) {
        const s = await interruptedRun(t, where);
        await s.writeIntegrations(at("WORKSPACE", "b"));
        await s.apply();
        const a = s.begin("a", { project: WEBSITE });
        const ours = made ? await s.made("a") : undefined;
        await s.journal(a, ...(answered && ours !== undefined ? [end(a, ours)] : []));
        await s.writeIntegrations(at(MINE, "a"), at("WORKSPACE", "b"));
        const details = JSON.stringify({ made, answered });
        const ran = await s.apply(["--allow-replace"]);
        assert.equal(ran.exit, 0, `${details} ${ran.stderr}`);
        const old = made ? [`a (old) ${WEBSITE}`] : [];
        assert.deepEqual(livePlaces(s), [`a ${MINE}`, ...old, "b WORKSPACE"].toSorted(), details);
        const entry = await s.lockedEntry("a");
        assert.equal(entry?.hashId, hashAt(s, "a", MINE), details);
        assert.deepEqual(entry?.superseded, ours === undefined ? [] : [ours], details);
        await settled(s);
      }
    }
  },
);

bothLists.test(
  "a replacement into a project that can't be read is refused, and leaves the old one as it is",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(at("WORKSPACE", "a"), at(MINE, "b"), at("WORKSPACE", "c"));
    await s.apply();
    const lock = await s.read(LOCKFILE);
    hide(s, where, WEBSITE);
    await s.writeIntegrations(at(WEBSITE, "a"), at(MINE, "b"), at("WORKSPACE", "c"));
    const ran = await s.apply(["--allow-replace"]);
    assert.deepEqual([ran.exit, ran.changes], [7, ["replace a REFUSED unreadable-project"]]);
    assert.deepEqual(livePlaces(s), ["a WORKSPACE", `b ${MINE}`, "c WORKSPACE"]);
    assert.equal(await s.read(LOCKFILE), lock);
  },
);
