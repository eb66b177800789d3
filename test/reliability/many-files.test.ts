import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { fleet, type Fleet } from "../support/fleet.ts";
import { runProgram } from "../support/kill/program.ts";

const FILES = ["--file", "a.yaml", "--file", "b.yaml", "--file", "c.yaml"];
const KEYS = [1, 2, 3].map((n) => `web_${n}`);
const blocksOf = (prefix: string): string[] =>
  KEYS.map((key) => block(`${prefix}_${key}`, { all_pipelines_allowed: "false" }));

async function threeFiles(f: Fleet): Promise<void> {
  for (const [index, name] of ["a", "b", "c"].entries()) {
    await f.file(`${name}.yaml`, index === 1 ? "team-02" : "team-01", ...blocksOf(name));
  }
}

/** Every locked hash is live, and a file's lockfile has nothing of another file. */
async function assertLockfilesMatch(f: Fleet): Promise<void> {
  for (const [index, name] of ["a", "b", "c"].entries()) {
    const workspace = index === 1 ? "team-02" : "team-01";
    const live = new Set(f.emulator.stored(workspace).map(({ hash_id }) => hash_id));
    for (const [key, { hashId }] of await f.section(`${name}.lock.yaml`, workspace)) {
      assert.ok(live.has(hashId), `${name}: ${key} is not live`);
      assert.ok(key.startsWith(`${name}_`), `${name}.lock.yaml has ${key}`);
    }
  }
}

async function assertEachExistsOnce(f: Fleet): Promise<void> {
  for (const [workspace, prefixes] of [
    ["team-01", ["a", "c"]],
    ["team-02", ["b"]],
  ] as const) {
    const wanted = prefixes.flatMap((prefix) => KEYS.map((key) => `${prefix}_${key}`));
    assert.deepEqual(
      f.emulator
        .stored(workspace)
        .map(({ identifier }) => identifier)
        .toSorted(),
      wanted.toSorted(),
    );
  }
  await assertLockfilesMatch(f);
}

for (const after of [1, 3, 4, 5, 8]) {
  test(`a run over three files that Ctrl-C ends after ${after} creations leaves every lockfile correct, and the next one finishes`, async (t) => {
    const stop = new AbortController();
    let posts = 0;
    const f = await fleet(t, ["team-01", "team-02"], {
      onRequest: ({ method }) => {
        if (method === "POST" && ++posts === after) stop.abort("SIGINT");
      },
    });
    await threeFiles(f);
    const ran = await f.run(["apply", ...FILES, "--yes", "--concurrency", "1"], { signal: stop.signal });
    assert.equal(ran.exit, 130);
    assert.ok(f.emulator.stored("team-01").length + f.emulator.stored("team-02").length < 9);
    const locked = await Promise.all(
      [
        ["a", "team-01"],
        ["b", "team-02"],
        ["c", "team-01"],
      ].map(async ([name = "", workspace = ""]) => (await f.section(`${name}.lock.yaml`, workspace)).size),
    );
    // Everything that was created is locked, in the lockfile of its file.
    assert.equal(
      locked.reduce((sum, size) => sum + size),
      f.emulator.stored("team-01").length + f.emulator.stored("team-02").length,
    );
    await assertLockfilesMatch(f);
    assert.equal((await f.run(["apply", ...FILES, "--yes"])).exit, 0);
    await assertEachExistsOnce(f);
  });
}

for (const after of [1, 4, 7, 9]) {
  test(`a run over three files that is killed after ${after} creations creates nothing twice, and the next one finishes`, async (t) => {
    let posts = 0;
    let kill = (): void => undefined;
    const f = await fleet(t, ["team-01", "team-02"], {
      onRequest: ({ method }) => {
        if (method === "POST" && ++posts === after) kill();
      },
    });
    await threeFiles(f);
    const env = Object.fromEntries(
      Object.entries(f.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    const killed = await runProgram(["apply", ...FILES, "--yes", "--concurrency", "2"], {
      cwd: f.dir,
      env,
      onStart: (child) => {
        kill = () => child.kill("SIGKILL");
      },
    });
    assert.equal(killed.signal, "SIGKILL");
    await assertLockfilesMatch(f);
    // The next run gets the run lock at once, since its holder is dead.
    const next = await f.run(["apply", ...FILES, "--yes", "--settle", "0"], { io: { isAlive: () => false } });
    assert.equal(next.exit, 0, next.stderr);
    await assertEachExistsOnce(f);
  });
}

test("a move between files that is interrupted anywhere loses nothing: the next run finishes it, and --prune deletes nothing", async (t) => {
  for (const after of [1, 2, 3]) {
    const stop = new AbortController();
    let patches = 0;
    const f = await fleet(t, ["team-01"], {
      onRequest: ({ method }) => {
        if (method === "PATCH" && ++patches === after) stop.abort("SIGINT");
      },
    });
    const files = ["--file", "a.yaml", "--file", "b.yaml"];
    const moving = (key: string): string => block(key, { all_pipelines_allowed: "false" });
    await f.file("a.yaml", "team-01", moving("one"), moving("two"), moving("stays"));
    await f.file("b.yaml", "team-01", moving("other"));
    await f.run(["apply", ...files, "--yes"]);
    const hashes = f.emulator
      .stored("team-01")
      .map(({ hash_id }) => hash_id)
      .toSorted();
    await f.file("a.yaml", "team-01", block("stays", { all_pipelines_allowed: "false", name: "Still here" }));
    await f.file("b.yaml", "team-01", moving("other"), moving("one"), moving("two"));
    const ended = await f.report(["apply", ...files, "--yes", "--prune", "--concurrency", "1"], {
      signal: stop.signal,
    });
    // The report of the first file matches its lockfile.
    assert.deepEqual(
      ended.runs?.[0]?.outcomes?.map(({ outcome, action, key }) => `${outcome} ${action} ${key}`),
      ["done update stays", "done forget one", "done forget two"],
    );
    // An apply of the first file alone must not delete what moved to the second.
    await f.run(["apply", "--file", "a.yaml", "--yes", "--prune"]);
    assert.equal((await f.run(["apply", ...files, "--yes", "--prune"])).exit, 0);
    assert.deepEqual(
      f.emulator
        .stored("team-01")
        .map(({ hash_id }) => hash_id)
        .toSorted(),
      hashes,
    );
    assert.deepEqual([...(await f.section("b.lock.yaml", "team-01")).keys()].toSorted(), ["one", "other", "two"]);
    assert.deepEqual([...(await f.section("a.lock.yaml", "team-01")).keys()], ["stays"]);
  }
});

test("while a run over three files is active, another run of one of them is refused", async (t) => {
  const f = await fleet(t, ["team-01", "team-02"]);
  await threeFiles(f);
  let isHeld = false;
  const other = fetch;
  const ran = await f.run(["apply", ...FILES, "--yes"], {
    io: {
      fetch: async (input, init) => {
        if (!isHeld) {
          isHeld = true;
          const beside = await f.run(["apply", "--file", "b.yaml", "--yes"], { io: { hostname: "elsewhere" } });
          assert.equal(beside.exit, 6);
        }
        return other(input, init);
      },
    },
  });
  assert.equal(ran.exit, 0, ran.stderr);
  await assertEachExistsOnce(f);
});

test("an integration that somebody creates after the plans is found before a file creates it, though files share their reads", async (t) => {
  let isMade = false;
  const f = await fleet(t, ["team-01", "team-02"]);
  await threeFiles(f);
  const other = fetch;
  const ran = await f.run(["apply", ...FILES, "--yes", "--concurrency", "1"], {
    io: {
      fetch: async (input, init) => {
        if (init?.method === "POST" && !isMade) {
          isMade = true;
          // While the first file is applied, somebody creates an integration of the last file.
          const body = { type: "VULTR", name: "c_web_1", identifier: "c_web_1", scope: "WORKSPACE", token: "x" };
          const headers = { authorization: "Bearer full", "content-type": "application/json" };
          const made = await other(`${f.emulator.url}/workspaces/team-01/integrations`, {
            method: "POST",
            headers,
            body: JSON.stringify(body),
          });
          assert.ok(made.ok);
        }
        return other(input, init);
      },
    },
  });
  assert.notEqual(ran.exit, 0);
  const identifiers = f.emulator.stored("team-01").map(({ identifier }) => identifier);
  assert.equal(new Set(identifiers).size, identifiers.length, "c_web_1 exists once");
});
