import assert from "node:assert/strict";
import { lstat, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { JournalRecord } from "../../src/apply/journal.ts";
import { encodeJournalRecord } from "../../src/checkout/journal/codec.ts";
import { stillClock } from "../support/clocks.ts";
import { block, fileOf, JOURNAL } from "../support/desired-file.ts";
import { elsewhere, everywhere, inBody, type Where } from "../support/places.ts";
import { workbench, type CliResult, type Workbench } from "../support/workbench.ts";

const ENV = { TOKEN: "s3cret-of-tests" };
const WORKSPACE: Where = { scope: "WORKSPACE", list: "new" };
const gitlab = (
  key: string,
  where: Pick<Where, "scope" | "project"> = WORKSPACE,
  fields: Readonly<Record<string, string>> = {},
): string => block(key, { type: "GIT_LAB", ...inBody(where), ...fields });

/** A workbench whose file has these keys, all in this place. */
async function benchWith(t: TestContext, where: Where, ...keys: readonly string[]): Promise<Workbench> {
  const bench = await workbench(t, { unique: "none", list: where.list });
  await bench.write("integrations.yaml", fileOf(...keys.map((key) => gitlab(key, where))));
  return bench;
}

const runApply = (bench: Workbench, ...args: readonly string[]): Promise<CliResult> =>
  bench.run(["sync", "--apply", ...args], { env: ENV, io: { now: stillClock } });

const identifiers = (bench: Workbench): string[] => bench.emulator.stored().map(({ identifier }) => identifier);

/** The record that a run leaves if it is killed after it sent the creation of `key`. */
function beginRecord(bench: Workbench, key: string, { scope, project }: Where = WORKSPACE): JournalRecord {
  const { url: api, workspace } = bench.emulator;
  const lifecycle = { protect: false, onRemove: "delete" } as const;
  const place = project === undefined ? { scope } : { scope, project };
  return { kind: "begin", api, workspace, key, identifier: key, type: "GIT_LAB", ...place, lifecycle };
}

everywhere.test(
  "when the response to a creation is lost, the identifier is looked up twice, 2 s apart, and nothing is sent again",
  async (t, where) => {
    const bench = await benchWith(t, where, "a");
    bench.emulator.addFault({ kind: "reset", match: { method: "POST" }, times: 1 });
    const steps: string[] = [];
    const ended = await bench.run(["sync", "--apply", "--verbose"], {
      env: ENV,
      io: {
        now: stillClock,
        sleep: (ms) => {
          steps.push(...bench.requests(), `sleep ${ms}`);
          return Promise.resolve();
        },
      },
    });
    steps.push(...bench.requests());
    assert.equal(ended.exit, 5, ended.stderr);
    const list = `GET /workspaces/${bench.emulator.workspace}/integrations`;
    const create = list.replace("GET", "POST");
    assert.deepEqual(steps, [list, create, "sleep 2000", list, "sleep 2000", list]);
    const asked = new Set(bench.emulator.requests.filter(({ method }) => method === "GET").map(({ query }) => query));
    assert.deepEqual([...asked], [where.project === undefined ? undefined : `project_name=${where.project}`]);
    assert.match(ended.stderr, /the response to the creation of a was lost; looking for it/);
  },
);

everywhere.test(
  "a creation whose response is lost is sent once in a run; its record stays open, and the next apply looks, then creates",
  async (t, where) => {
    const bench = await benchWith(t, where, "a");
    bench.emulator.addFault({ kind: "reset", match: { method: "POST" } });
    const ended = await runApply(bench);
    assert.equal(ended.exit, 5, ended.stderr);
    assert.equal(bench.requests().filter((request) => request.startsWith("POST")).length, 1);
    assert.match((await bench.read(JOURNAL)) ?? "", /"kind":"begin"[^\n]*\n$/);
    bench.emulator.clearFaults();
    assert.equal((await runApply(bench)).exit, 0);
    const requests = bench.requests().map((request) => request.split(" ")[0]);
    // The list is read twice because of the record. The clock stands still, so the creation needs no newer list.
    assert.deepEqual(requests, ["GET", "GET", "POST"]);
    assert.equal(await bench.read(JOURNAL), undefined);
    assert.deepEqual(identifiers(bench), ["a"]);
  },
);

everywhere.test(
  "while it isn't known whether something was created, the journal keeps the record, and every plan shows it",
  async (t, where) => {
    const bench = await benchWith(t, where, "a");
    bench.emulator.addFault({ kind: "reset", when: "after", match: { method: "POST" } });
    bench.emulator.addFault({ kind: "error", match: { method: "GET", pathPattern: "/integrations$" }, after: 1 });
    const ended = await runApply(bench);
    assert.equal(ended.exit, 5, ended.stderr);
    assert.match(ended.stderr, /outcome unknown: create a/);
    assert.match((await bench.read(JOURNAL)) ?? "", /"kind":"begin"/);

    bench.emulator.clearFaults();
    const plan = await bench.run(["sync", "--plan"], { env: ENV });
    assert.match(
      plan.stderr,
      /warning \[interrupted-create\].*while it created a, identifier a, before the response came/,
    );
    assert.match(plan.stdout, /adopt +a/);
    const json = await bench.run(["sync", "--plan", "--format", "json"], { env: ENV });
    assert.match(json.stdout, /"code": "interrupted-create"/);
    const offline = await bench.run(["sync", "--plan", "--offline"]);
    assert.match(offline.stderr, /interrupted-create/);

    bench.emulator.addFault({ kind: "error", match: { method: "GET" } });
    const stopped = await bench.run(["sync", "--apply", "--yes", "--format", "json"], { env: ENV });
    // Nothing can be read, so the run ends.
    assert.equal(stopped.exit, 5, stopped.stderr);
    assert.match(stopped.stdout, /"code": "interrupted-create"/);
    assert.match((await bench.read(JOURNAL)) ?? "", /"kind":"begin"/);
    bench.emulator.clearFaults();

    assert.equal((await runApply(bench)).exit, 0);
    assert.deepEqual(identifiers(bench), ["a"]);
    assert.equal(await bench.read(JOURNAL), undefined);
  },
);

everywhere.test(
  "the result of an interrupted creation is adopted, though the file has changed since",
  async (t, where) => {
    const bench = await benchWith(t, where, "a");
    await runApply(bench);
    await bench.write("integrations.lock.yaml", "lockfile_version: 2\nworkspaces: {}\n");
    await bench.write("integrations.yaml", fileOf(gitlab("a", where, { name: "changed" })));
    assert.equal((await runApply(bench)).exit, 7);
    await bench.write(JOURNAL, encodeJournalRecord(beginRecord(bench, "a", where)));
    const ended = await runApply(bench);
    assert.equal(ended.exit, 0, ended.stderr);
    assert.deepEqual(
      bench.emulator.stored().map(({ name }) => name),
      ["changed"],
    );
  },
);

everywhere.test(
  "the result of an interrupted creation is locked, though the file no longer names it",
  async (t, where) => {
    const bench = await benchWith(t, where, "a");
    await runApply(bench);
    await bench.write("integrations.lock.yaml", "lockfile_version: 2\nworkspaces: {}\n");
    await bench.write("integrations.yaml", fileOf(gitlab("b", where)));
    await runApply(bench);
    await bench.write(JOURNAL, encodeJournalRecord(beginRecord(bench, "a", where)));
    const plan = await bench.run(["sync", "--plan", "--detailed-exitcode"], { env: ENV });
    assert.equal(plan.exit, 2, plan.stderr);
    assert.match(plan.stdout, /record +a .*only the lockfile changes/);
    const ended = await runApply(bench);
    assert.equal(ended.exit, 0, ended.stderr);
    assert.match((await bench.read("integrations.lock.yaml")) ?? "", /^ {6}a:$/m);
    assert.equal((await bench.run(["sync", "--plan", "--detailed-exitcode"], { env: ENV })).exit, 0);
  },
);

everywhere.test(
  "a journal that ends in half a line is read up to there, and nothing is appended to the half",
  async (t, where) => {
    for (const whole of [true, false]) {
      const bench = await benchWith(t, where, "a");
      const record = encodeJournalRecord(beginRecord(bench, "b", where));
      await bench.write(JOURNAL, (whole ? record : "") + record.slice(0, 40));
      bench.emulator.addFault({ kind: "reset", when: "after", match: { method: "POST" } });
      // The run looks twice for the creation of the record.
      const after = whole ? 2 : 1;
      bench.emulator.addFault({ kind: "error", match: { method: "GET", pathPattern: "/integrations$" }, after });
      await runApply(bench);
      bench.emulator.clearFaults();
      const ended = await runApply(bench);
      assert.equal(ended.exit, 0, ended.stderr);
      assert.doesNotMatch(ended.stderr, /damaged/);
      assert.match(ended.stderr, /while it created a/);
      assert.deepEqual(identifiers(bench), ["a"]);
    }
  },
);

test("a damaged journal is moved aside, its new name is shown, and the run goes on", async (t) => {
  const bench = await benchWith(t, WORKSPACE, "a");
  await runApply(bench);
  for (const damage of ["garbage\n", "{}\n", '{"version":2}\n', "\u0000\u0000\n", '{"version":1,"kind":"end"}\n']) {
    await bench.write(JOURNAL, damage);
    const plan = await bench.run(["sync", "--plan"], { env: ENV });
    assert.equal(plan.exit, 0, plan.stderr);
    assert.match(plan.stderr, /journal can't be read\n.*`buddy-integrations apply` sets it aside/);
    const ended = await runApply(bench);
    assert.equal(ended.exit, 0, ended.stderr);
    const [, name = ""] = /is damaged in line 1; it was set aside as (\S+)/.exec(ended.stderr) ?? [];
    assert.equal(await bench.read(name.replace(`${bench.dir}/`, "")), damage, ended.stderr);
  }
});

test("records of another workspace stay in the journal", async (t) => {
  const bench = await benchWith(t, WORKSPACE, "a");
  const foreign = encodeJournalRecord({ ...beginRecord(bench, "x"), workspace: "another" });
  await bench.write(JOURNAL, foreign);
  assert.equal((await runApply(bench)).exit, 0);
  assert.equal(await bench.read(JOURNAL), foreign);
});

everywhere.test(
  "an integration that one response calls gone and another lists is not created again",
  async (t, where) => {
    const bench = await benchWith(t, where, "a", "b");
    await runApply(bench);
    const [first] = bench.emulator.stored();
    const pathPattern = `/integrations/${first?.hash_id}$`;
    const gone = { kind: "answer", status: 404, body: '{"errors":[{"message":"Not found"}]}' } as const;
    bench.emulator.addFault({ ...gone, match: { pathPattern } });
    const ended = await runApply(bench);
    assert.equal(ended.exit, 5, ended.stderr);
    assert.match(ended.stderr, /the API lists \w+, but also says that it doesn't exist/);
    bench.emulator.clearFaults();
    bench.emulator.addFault({ ...gone, match: { pathPattern }, times: 1 });
    assert.equal((await runApply(bench)).exit, 0);
    assert.deepEqual(identifiers(bench), ["a", "b"]);
  },
);

everywhere.test(
  "an integration that appears between plan and creation is not created a second time",
  async (t, where) => {
    const bench = await benchWith(t, where, "a");
    const body = JSON.stringify({ type: "GIT_LAB", name: "a", ...inBody(where), identifier: "a", token: "x" });
    let lists = 0;
    const ended = await bench.run(["sync", "--apply"], {
      env: ENV,
      io: {
        // Creations may use the plan's list for 2 s. Here more time passes.
        now: () => (lists === 0 ? 0 : 2_001),
        fetch: async (input, init) => {
          const { url, token, workspace } = bench.emulator;
          const address = `${url}/workspaces/${workspace}/integrations`;
          const isList = typeof input === "string" && input.split("?")[0] === address;
          if (init?.method === "GET" && isList && ++lists === 2) {
            await fetch(address, { method: "POST", body, headers: { authorization: `Bearer ${token}` } });
          }
          return fetch(input, init);
        },
      },
    });
    assert.equal(ended.exit, 5, ended.stderr);
    assert.match(ended.stderr, /has appeared since the plan was made/);
    assert.deepEqual(identifiers(bench), ["a"]);
  },
);

everywhere.test("the plan's list is not read again for creations within 2 s", async (t, where) => {
  const bench = await benchWith(t, where, "a", "b", "c");
  const ended = await bench.run(["sync", "--apply"], { env: ENV, io: { now: stillClock } });
  assert.equal(ended.exit, 0, ended.stderr);
  const lists = bench.requests().filter((request) => /^GET .*\/integrations(?:\?|$)/.test(request));
  assert.equal(lists.length, 1, lists.join("\n"));
});

everywhere.test(
  "a replacement restores the old identifier if the server ignores the temporary one",
  async (t, where) => {
    const bench = await benchWith(t, where, "a", "b");
    await runApply(bench);
    await bench.write("integrations.yaml", fileOf(gitlab("a", elsewhere(where)), gitlab("b", where)));
    const shorten = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const asked = typeof init?.body === "string" ? init.body.replace("a_superseded_", "a_sup_") : undefined;
      return fetch(input, asked === undefined ? init : { ...init, body: asked });
    };
    const ended = await bench.run(["sync", "--apply", "--allow-replace"], { env: ENV, io: { fetch: shorten } });
    assert.equal(ended.exit, 5, ended.stderr);
    assert.match(ended.stderr, /temporary identifier.*nothing was created/);
    assert.deepEqual(identifiers(bench), ["a", "b"]);
  },
);

everywhere.test("if a replacement is refused, the old integration gets its identifier back", async (t, where) => {
  const bench = await benchWith(t, where, "a", "b");
  await runApply(bench);
  await bench.write("integrations.yaml", fileOf(gitlab("a", elsewhere(where)), gitlab("b", where)));
  bench.emulator.addFault({ kind: "reject", message: "Not today", match: { method: "POST" } });
  const ended = await runApply(bench, "--allow-replace");
  assert.equal(ended.exit, 5, ended.stderr);
  assert.deepEqual(identifiers(bench), ["a", "b"]);
  bench.emulator.clearFaults();
  assert.equal((await runApply(bench, "--allow-replace")).exit, 0);
  const [old, , made] = bench.emulator.stored();
  assert.deepEqual([old?.identifier, made?.identifier], [`a_superseded_${old?.hash_id}`, "a"]);
});

everywhere.test(
  "if setting the old integration aside is lost and then refused, the old one gets its identifier back",
  async (t, where) => {
    const bench = await benchWith(t, where, "a", "b");
    await runApply(bench);
    await bench.write("integrations.yaml", fileOf(gitlab("a", elsewhere(where)), gitlab("b", where)));
    bench.emulator.addFault({ kind: "reset", when: "after", match: { method: "PATCH" }, times: 1 });
    bench.emulator.addFault({ kind: "reject", message: "Not today", match: { method: "PATCH" }, times: 1 });
    const ended = await runApply(bench, "--allow-replace");
    assert.equal(ended.exit, 5, ended.stderr);
    assert.deepEqual(identifiers(bench), ["a", "b"]);
  },
);

test("a symbolic link to the lockfile stays a link, and the journal and the run lock are beside the file itself", async (t) => {
  const bench = await benchWith(t, WORKSPACE, "a");
  await bench.write("shared.yaml", "lockfile_version: 2\nworkspaces: {}\n");
  await symlink("shared.yaml", join(bench.dir, "integrations.lock.yaml"));
  const seen: string[] = [];
  const ended = await bench.run(["sync", "--apply"], {
    env: ENV,
    io: {
      fetch: async (input, init) => {
        if (init?.method === "POST") seen.push(...(await readdir(bench.dir)));
        return fetch(input, init);
      },
    },
  });
  assert.equal(ended.exit, 0, ended.stderr);
  assert.ok((await lstat(join(bench.dir, "integrations.lock.yaml"))).isSymbolicLink());
  assert.match((await bench.read("shared.yaml")) ?? "", /hash_id/);
  assert.deepEqual(seen.toSorted(), [
    "integrations.lock.yaml",
    "integrations.yaml",
    "shared.yaml",
    "shared.yaml.journal",
    "shared.yaml.lock",
  ]);
});

test("a wait for the rate limit is announced with its length, and --max-wait ends it", async (t) => {
  const bench = await benchWith(t, WORKSPACE, "a");
  bench.emulator.addFault({ kind: "rate-limit", resetSeconds: 7, match: { method: "POST" }, times: 1 });
  const patient = await runApply(bench);
  assert.equal(patient.exit, 0, patient.stderr);
  assert.match(patient.stderr, /waiting [678] s: the API's rate limit is used up/);
  bench.emulator.addFault({ kind: "rate-limit", resetSeconds: 100 });
  const hurried = await runApply(bench, "--max-wait", "5");
  assert.equal(hurried.exit, 5, hurried.stderr);
  assert.match(hurried.stderr, /asks for a longer wait than --max-wait allows[^]*--max-wait/);
});

everywhere.test("a replacement that was interrupted keeps the former identifiers", async (t, where) => {
  const named = (identifier: string, place: Pick<Where, "scope" | "project"> = where): string =>
    gitlab("a", place, { identifier });
  const bench = await benchWith(t, where, "b");
  await bench.write("integrations.yaml", fileOf(named("first"), gitlab("b", where)));
  await runApply(bench);
  await bench.write("integrations.yaml", fileOf(named("second"), gitlab("b", where)));
  await runApply(bench);
  await bench.write("integrations.yaml", fileOf(named("second", elsewhere(where)), gitlab("b", where)));
  bench.emulator.addFault({ kind: "reset", when: "after", match: { method: "POST" } });
  bench.emulator.addFault({ kind: "error", match: { method: "GET", pathPattern: "/integrations$" }, after: 1 });
  assert.equal((await runApply(bench, "--allow-replace")).exit, 5);
  bench.emulator.clearFaults();
  assert.equal((await runApply(bench)).exit, 0);
  assert.match((await bench.read("integrations.lock.yaml")) ?? "", /former_identifiers:\n *- first\n/);
  assert.equal(bench.emulator.stored().length, 3);
});

test("a --timeout that is too long for a timer is refused", async (t) => {
  const bench = await benchWith(t, WORKSPACE, "a");
  const ended = await runApply(bench, "--timeout", "9999999");
  assert.equal(ended.exit, 3);
  assert.match(ended.stderr, /It takes a whole number from 1 to 86400/);
});
