import assert from "node:assert/strict";
import { test } from "node:test";
import { SecretMarkers } from "./markers.ts";
import { leakSearchBench } from "./search.ts";

test("a value is found in every form, at every position and in every shape", () => {
  const canaries = new SecretMarkers(["other-token-value"]);
  const made = Array.from({ length: 20 }, () => canaries.value());
  for (const value of made) {
    assert.notDeepEqual(canaries.leaksIn(value.slice(Math.floor(value.length / 4))), [], value);
  }
  for (const value of [...made, "other-token-value"]) {
    const forms = [
      value,
      JSON.stringify({ value }),
      JSON.stringify(JSON.stringify(value)),
      encodeURIComponent(value),
      new URLSearchParams({ value }).toString(),
      ...["", "a", "ab"].map((before) => Buffer.from(`${before}${value}é`).toString("base64")),
      ...["", "a", "ab"].map((before) => Buffer.from(`${before}${value}é`).toString("base64url")),
      (
        Buffer.from(value)
          .toString("base64")
          .match(/.{1,7}/g) ?? []
      ).join("\n"),
      Buffer.from(value).toString("hex"),
      value.toUpperCase(),
    ];
    for (const form of forms) assert.notDeepEqual(canaries.leaksIn(`before ${form} after`), [], form);
  }
  assert.deepEqual(canaries.leaksIn(new SecretMarkers().value() + "innocent words ".repeat(100)), []);
});

test("a test fails when a value is in a stream or a file", async (t) => {
  const bench = await leakSearchBench(t, { types: ["VULTR"] });
  const apply = ["sync", "--apply"];
  const leaking = (leak: (body: string) => Promise<void> | void): typeof globalThis.fetch => {
    return async (input, init) => {
      if (init?.method === "POST" && typeof init.body === "string") await leak(init.body);
      return globalThis.fetch(input, init);
    };
  };
  const logged: string[] = [];
  await assert.rejects(async () => {
    const { stdout, stderr } = await bench.runUnsearched(apply, {
      io: { fetch: leaking((body) => void logged.push(body)) },
    });
    await bench.search({ stdout, stderr: stderr + logged.join("\n") });
  }, /a secret is in stderr/);

  await bench.write("integrations.lock.yaml", "lockfile_version: 2\nworkspaces: {}\n");
  const filed = leaking((body) => bench.write(".leak", Buffer.from(`x${body}`).toString("base64")));
  const next = new URL(bench.emulator.url).port;
  await bench.write(
    "integrations.yaml",
    (await bench.read("integrations.yaml"))?.replace("vultr:", `vultr_${next}:`) ?? "",
  );
  await assert.rejects(bench.run(apply, { io: { fetch: filed } }), /a secret is in \.leak/);
});

test("a test fails when the message of an exception holds a value", async (t) => {
  const bench = await leakSearchBench(t, { types: ["VULTR"] });
  const [value = ""] = Object.values(bench.env);
  const bug = (): never => {
    throw new Error(`bug with ${value}`);
  };
  await assert.rejects(bench.run(["sync", "--apply"], { io: { now: bug } }), /a secret is in stderr/);
});
