import assert from "node:assert/strict";
import { test } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import { workbench } from "../support/workbench.ts";

const FILE = fileOf(block("a", { type: "GIT_LAB" }));

test("a creation that gets a redirect as response is found by its identifier, and isn't sent again", async (t) => {
  const bench = await workbench(t, { unique: "none" });
  await bench.write("integrations.yaml", FILE);
  const ended = await bench.run(["sync", "--apply"], {
    env: { TOKEN: "s3cret-of-tests" },
    io: {
      fetch: async (input, init) => {
        const answer = await fetch(input, init);
        return init?.method === "POST"
          ? new Response(null, { status: 303, headers: { location: bench.emulator.url } })
          : answer;
      },
    },
  });
  assert.equal(ended.exit, 0, ended.stderr);
  assert.match(ended.stderr, /the response to the creation of a was lost; looking for it/);
  const [made, ...others] = bench.emulator.stored();
  assert.deepEqual(others, []);
  assert.match((await bench.read("integrations.lock.yaml")) ?? "", new RegExp(`hash_id: "?${made?.hash_id}`));
  assert.equal(await bench.read("integrations.lock.yaml.journal"), undefined);
});

test("if a creation gets only redirects, its outcome is unknown, and the message says where they lead", async (t) => {
  const bench = await workbench(t, { unique: "none" });
  await bench.write("integrations.yaml", FILE);
  bench.emulator.addFault({ kind: "redirect", location: "https://elsewhere.example/", match: { method: "POST" } });
  const ended = await bench.run(["sync", "--apply"], { env: { TOKEN: "s3cret-of-tests" } });
  assert.equal(ended.exit, 5, ended.stderr);
  assert.equal(bench.requests().filter((request) => request.startsWith("POST")).length, 1);
  assert.match(
    ended.stderr + ended.stdout,
    /outcome unknown: create a[^]*302, a redirect to https:\/\/elsewhere\.example/,
  );
  assert.match((await bench.read("integrations.lock.yaml.journal")) ?? "", /"kind":"begin"/);
});
