import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { effort } from "../support/effort.ts";
import { READ_ONLY_TOKEN } from "../../src/emulator/default-seed.ts";
import { isProbeName } from "../../src/model/probe-name.ts";
import { jumpingClock, PROBED_PROJECT, probeBench, refusal, type ProbeBench } from "../support/probe-bench.ts";
import { seededRandom, testSeed } from "../support/random.ts";

const ARGS = ["doctor", "--probe", "--project", PROBED_PROJECT];

const SEED = testSeed();
const random = seededRandom(SEED);

const writes = (bench: ProbeBench): string[] => bench.requests().filter((each) => !each.startsWith("GET "));

/** Asserts that the next probe removes what is left, and finds no difference. */
async function assertNextRemoves(bench: ProbeBench): Promise<void> {
  for (const each of bench.left()) {
    assert.ok(isProbeName(each.name), each.name);
    assert.equal(each.permissions.others, "DENIED");
    assert.equal(each.all_pipelines_allowed, false);
  }
  const next = await bench.probe();
  assert.equal(next.exit, 0, next.stderr);
  assert.deepEqual([next.ids("differs"), next.ids("not seen")], [[], []]);
  assert.deepEqual(bench.left(), []);
}

test("without --yes and without a terminal, nothing is sent", async (t) => {
  const bench = await probeBench(t);
  const ran = await bench.run(ARGS);
  assert.equal(ran.exit, 7);
  assert.match(ran.stderr, /probe-refused.*--yes/s);
  const json = await bench.run([...ARGS, "--format", "json"]);
  assert.match(json.stdout, /"stopped": "it did not begin",\n {2}"left": 0,\n {2}"rows": \[\]/);
  assert.deepEqual(bench.requests(), []);
});

test("the probe asks first, and names the workspace, the project and what it creates; the answer no creates nothing", async (t) => {
  const bench = await probeBench(t);
  const no = await bench.run(ARGS, { answers: ["n", "n"], io: jumpingClock() });
  assert.equal(no.exit, 7);
  assert.match(
    no.stderr,
    /integrations named buddy-integrations-probe-… will be created in my-company at http.*`my-project`.*Begin/s,
  );
  assert.deepEqual(writes(bench), []);
  const yes = await bench.run(ARGS, { answers: ["n", "yes"], io: jumpingClock() });
  assert.equal(yes.exit, 0, yes.stderr);
  assert.deepEqual(bench.left(), []);
});

test("--project and --yes need --probe, and --probe needs --project", async (t) => {
  const bench = await probeBench(t);
  for (const args of [["--probe"], ["--probe", "--project", ""], ["--yes"], ["--project", "web"]]) {
    assert.equal((await bench.run(["doctor", ...args])).exit, 3, args.join(" "));
  }
  assert.deepEqual(bench.requests(), []);
});

for (const list of ["new", "old"] as const) {
  test(`a project that doesn't exist ends the probe before the first creation, with the ${list} list`, async (t) => {
    const bench = await probeBench(t, { list });
    const ran = await bench.run(["doctor", "--probe", "--project", "nowhere", "--yes"]);
    assert.equal(ran.exit, 5);
    assert.match(ran.stderr, /probe-project.*`nowhere`/s);
    assert.deepEqual(writes(bench), []);
  });
}

test("a token that may not create or delete, or whose owner isn't an administrator, ends the probe before the first creation", async (t) => {
  const seed = await seedFile(t);
  const bench = await probeBench(t, { seed });
  for (const [token, lacks] of [
    ["no-delete", /lacks INTEGRATION_MANAGE,/],
    ["no-create", /lacks INTEGRATION_WRITE,/],
    ["no-admin", /isn't an administrator/],
  ] as const) {
    const ran = await bench.probe({ env: { BUDDY_TOKEN: token } });
    assert.equal(ran.exit, 7, token);
    assert.match(ran.stderr, lacks);
  }
  assert.deepEqual(writes(bench), []);
});

test("a read-only token ends the probe", async (t) => {
  const bench = await probeBench(t);
  const ran = await bench.probe({ env: { BUDDY_TOKEN: READ_ONLY_TOKEN } });
  assert.equal(ran.exit, 7);
  assert.deepEqual(writes(bench), []);
});

test("if deletions are refused, at most one integration is left; the probe names it, and the next probe removes it", async (t) => {
  const bench = await probeBench(t);
  bench.emulator.addFault({ kind: "reject", status: 403, message: "Not for you", match: { method: "DELETE" } });
  const ran = await bench.probe();
  assert.equal(ran.exit, 5);
  const [left, ...others] = bench.left();
  assert.deepEqual(others, []);
  assert.ok(left);
  assert.match(
    ran.stderr,
    new RegExp(`probe-leftover.*${left.name} \\(${left.hash_id}\\) is left.*403.*Not for you`, "s"),
  );
  assert.match(ran.stderr, /probe-stopped.*deletion got 403/s);
  assert.match(
    ran.stdout,
    /"stopped": "the first integration's deletion got 403, so no other one was created",\n {2}"left": 1,/,
  );
  assert.ok(!ran.stdout.includes(left.name) && !ran.stdout.includes(left.hash_id));
  const doctor = await bench.run(["doctor"]);
  assert.match(doctor.stdout, new RegExp(`warning {2}probe +.*${left.name}.*Next: .*doctor --probe --project`, "s"));
  bench.emulator.clearFaults();
  await assertNextRemoves(bench);
});

test("a deletion that was done, and whose responses were lost, leaves nothing", async (t) => {
  const bench = await probeBench(t);
  bench.emulator.addFault({ kind: "reset", when: "after", match: { method: "DELETE" } });
  const ran = await bench.probe();
  assert.deepEqual(bench.left(), []);
  assert.doesNotMatch(ran.stderr, /its deletion got no answer/);
});

test("if neither a deletion nor the look after it gets an answer, the probe says that the integration may be left", async (t) => {
  const bench = await probeBench(t);
  let isDeleting = false;
  const ran = await bench.probe({
    io: {
      fetch: (input, init) => {
        isDeleting ||= init?.method === "DELETE";
        return isDeleting ? Promise.reject(new TypeError("fetch failed")) : fetch(input, init);
      },
    },
  });
  const [left, ...others] = bench.left();
  assert.deepEqual(others, []);
  assert.match(ran.stderr, new RegExp(`${left?.name} \\(${left?.hash_id}\\) may be left: its deletion got no answer`));
});

test("the probe notices a server that confirms a deletion without doing it", async (t) => {
  const bench = await probeBench(t);
  const ran = await bench.probe({
    change: {
      before: ({ method }) => (method === "DELETE" ? { status: 204, json: {}, headers: {} } : undefined),
    },
  });
  assert.equal(ran.exit, 5);
  assert.equal(bench.left().length, 1);
  assert.match(ran.stderr, /is left: its deletion was accepted, and it can still be read/);
  await assertNextRemoves(bench);
});

test("the probe removes integrations of an earlier probe only after the answer yes", async (t) => {
  const bench = await probeBench(t);
  bench.emulator.addFault({ kind: "reject", message: "no", match: { method: "DELETE" } });
  await bench.probe();
  bench.emulator.clearFaults();
  bench.requests();
  const [left] = bench.left();
  const kept = await bench.run(ARGS, { answers: ["n", "n"], io: jumpingClock() });
  assert.match(kept.stderr, new RegExp(`3 integrations of an earlier probe are left: .*${left?.name}.*Remove`, "s"));
  assert.deepEqual(writes(bench), []);
  await bench.run(ARGS, { answers: ["y", "n"], io: jumpingClock() });
  assert.deepEqual(writes(bench), [`DELETE /workspaces/my-company/integrations/${left?.hash_id}`]);
  assert.deepEqual(bench.left(), []);
});

test("a creation whose response is lost is found by its name, isn't sent again, and is removed", async (t) => {
  for (let nth = 1; nth <= 7; nth += 1) {
    const bench = await probeBench(t);
    bench.emulator.addFault({ kind: "reset", when: "after", match: { method: "POST" }, nth });
    const ran = await bench.probe();
    assert.equal(writes(bench).filter((each) => each.startsWith("POST")).length, 8);
    assert.deepEqual(bench.left(), [], ran.stderr);
    assert.deepEqual(ran.ids("differs"), []);
  }
});

test("the probe names a creation that got no response and isn't found", async (t) => {
  const bench = await probeBench(t);
  bench.emulator.addFault({ kind: "reset", match: { method: "POST" }, nth: 3 });
  const ran = await bench.probe();
  assert.equal(ran.exit, 5);
  assert.match(
    ran.stderr,
    /buddy-integrations-probe-[0-9a-f]{14} may be left: its creation got no answer, and no list shows it/,
  );
  assert.deepEqual(bench.left(), []);
});

test("if the response to a creation has the hash of another integration, that one isn't changed", async (t) => {
  const bench = await probeBench(t);
  const [stranger] = bench.emulator.stored();
  const ran = await bench.probe({
    change: {
      after: ({ method }, answer) => {
        if (method === "POST" && answer.status === 201) answer.json = { ...answer.json, hash_id: stranger?.hash_id };
      },
    },
  });
  assert.deepEqual(bench.left(), [], ran.stderr);
});

test("a refused first creation ends the probe; only the person sees the server's message", async (t) => {
  const bench = await probeBench(t);
  const ran = await bench.probe({
    change: { before: ({ method }) => (method === "POST" ? refusal(422, "Plan is full") : undefined) },
  });
  assert.equal(ran.exit, 5);
  assert.match(ran.stderr, /probe-stopped.*the first creation got 422: Plan is full/s);
  assert.ok(!ran.stdout.includes("Plan is full"));
  assert.deepEqual(writes(bench), []);
});

test("a token that expires during the probe ends it: it names what is left, reports no wrong row, and the next probe removes the rest", async (t) => {
  const bench = await probeBench(t);
  await bench.probe();
  const { length } = bench.requests();
  for (const after of [20, 30, length - 20]) {
    bench.emulator.changeSettings({ expireAfter: after });
    const ran = await bench.probe();
    assert.equal(ran.exit, 5, ran.stderr);
    assert.match(ran.stderr, /probe-stopped.*the token was refused with 401/s);
    assert.deepEqual(ran.ids("differs"), []);
    for (const { name, hash_id: hash } of bench.left()) assert.ok(ran.stderr.includes(`${name} (${hash}) is left`));
    assert.ok(!/may be left/.test(ran.stderr), ran.stderr);
    bench.emulator.changeSettings({ expireAfter: undefined });
    await assertNextRemoves(bench);
  }
});

test("creations that the rate limit refuses count too: at most ten are sent", async (t) => {
  for (const times of [2, 3, 4, 9, 20]) {
    const bench = await probeBench(t);
    bench.emulator.addFault({ kind: "rate-limit", match: { method: "POST" }, after: 2, times });
    const ran = await bench.probe();
    const sent = writes(bench).filter((each) => each.startsWith("POST")).length;
    assert.ok(sent <= 10, `${sent} with ${times} refusals`);
    assert.ok([0, 5].includes(ran.exit), ran.stderr);
    assert.deepEqual(ran.ids("differs"), []);
    assert.deepEqual(bench.left(), []);
  }
});

/** Runs a probe whose nth request is the last one that works, or during which the person presses Ctrl-C. */
async function disturbed(
  bench: ProbeBench,
  nth: number,
  how: "interrupted" | "cut off",
): Promise<{ readonly requests: number }> {
  let count = 0;
  const controller = new AbortController();
  await bench.probe({
    signal: controller.signal,
    io: {
      ...jumpingClock(),
      fetch: async (input, init) => {
        count += 1;
        if (count === nth && how === "interrupted") controller.abort("SIGINT");
        if (count > nth && how === "cut off") throw new TypeError("fetch failed");
        return globalThis.fetch(input, init);
      },
    },
  });
  return { requests: count };
}

test("after Ctrl-C at any request, everything is removed, and exit is 130", async (t) => {
  const bench = await probeBench(t);
  const { requests } = await disturbed(bench, 10_000, "interrupted");
  for (let round = 0; round < effort(2); round += 1) {
    const nth = 1 + Math.floor(random() * requests);
    await disturbed(bench, nth, "interrupted");
    assert.deepEqual(bench.left(), [], `Ctrl-C at request ${nth}, TEST_SEED=${SEED}`);
  }
  const controller = new AbortController();
  controller.abort("SIGINT");
  assert.equal((await bench.probe({ signal: controller.signal })).exit, 130);
});

test("a connection that ends at any request leaves only what the next probe removes", async (t) => {
  const bench = await probeBench(t);
  const { requests } = await disturbed(bench, 10_000, "cut off");
  for (let round = 0; round < effort(2); round += 1) {
    const nth = 1 + Math.floor(random() * requests);
    await disturbed(bench, nth, "cut off");
    await assertNextRemoves(bench);
  }
});

async function seedFile(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-probe-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, "seed.yaml");
  const tokens = [
    "{ name: full, token: full, user: 1, scopes: all }",
    "{ name: no delete, token: no-delete, user: 1, scopes: [INTEGRATION_READ, INTEGRATION_WRITE, PROJECT_READ] }",
    "{ name: no create, token: no-create, user: 1, scopes: [INTEGRATION_READ, INTEGRATION_MANAGE, PROJECT_READ] }",
    "{ name: no admin, token: no-admin, user: 2, scopes: all }",
  ];
  const text = [
    "users: [{ id: 1, name: A, email: a@example.com }, { id: 2, name: B, email: b@example.com }]",
    `tokens: [${tokens.join(", ")}]`,
    "workspaces:",
    "  my-company:",
    "    id: 1",
    "    members: [{ id: 1, name: A, email: a@example.com, owner: true }, { id: 2, name: B, email: b@example.com }]",
    `    projects: { ${PROBED_PROJECT}: {} }`,
  ];
  await writeFile(path, text.join("\n"));
  return path;
}
