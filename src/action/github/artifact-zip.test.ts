import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { zipSync } from "fflate";
import { fileOfArtifact } from "./artifact-zip.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);

test("the named file of an artifact is read, and no other", () => {
  const zip = zipSync({ "plan.json": bytes("{}"), "../../etc/passwd": bytes("x"), "a/plan.json": bytes("no") });
  const found = fileOfArtifact(zip, "plan.json", 100);
  assert.ok(found.ok);
  assert.equal(Buffer.from(found.value).toString(), "{}");
  assert.deepEqual(fileOfArtifact(zip, "other.json", 100), { ok: false, error: "it has no other.json" });
});

test("a file that would be too large when it is unpacked is refused before it is unpacked", () => {
  const zip = zipSync({ "plan.json": new Uint8Array(20_000_000) }, { level: 9 });
  assert.ok(zip.byteLength < 100_000);
  assert.deepEqual(fileOfArtifact(zip, "plan.json", 1_000_000), {
    ok: false,
    error: "plan.json has more than 1000000 bytes",
  });
});

test("a wrong size in the zip doesn't let a file fill the memory", () => {
  const zip = zipSync({ "plan.json": new Uint8Array(5_000_000) });
  const view = Buffer.from(zip);
  // In the central directory, the size is 24 bytes behind the signature.
  view.writeUInt32LE(10, view.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])) + 24);
  const found = fileOfArtifact(view, "plan.json", 1000);
  assert.ok(!found.ok || found.value.byteLength <= 1000);
});

test("an artifact with two files of the name is refused", () => {
  const one = zipSync({ "plan.json": bytes("{}"), "plan.jsoN": bytes("[]") });
  const twice = Buffer.from(Buffer.from(one).toString("latin1").replaceAll("plan.jsoN", "plan.json"), "latin1");
  assert.deepEqual(fileOfArtifact(twice, "plan.json", 100), { ok: false, error: "it has plan.json twice" });
});

test("bytes that aren't a zip, and zips that are cut off or changed, are refused without an exception", () => {
  const zip = Buffer.from(zipSync({ "plan.json": bytes(JSON.stringify({ a: "x".repeat(500) })) }));
  assert.equal(fileOfArtifact(new Uint8Array(), "plan.json", 100).ok, false);
  fc.assert(
    fc.property(fc.nat(zip.byteLength - 1), fc.nat(255), fc.nat(zip.byteLength), (at, value, length) => {
      const changed = Buffer.from(zip.subarray(0, Math.max(1, length)));
      changed[Math.min(at, changed.byteLength - 1)] = value;
      const found = fileOfArtifact(changed, "plan.json", 1000);
      assert.ok(!found.ok || found.value.byteLength <= 1000);
    }),
  );
});
