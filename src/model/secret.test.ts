import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { FingerprintKey, fingerprintSecret, maskableLines, Secret, secretEquals } from "./secret.ts";

const VALUE = "s3cret-9a1f";
const secret = new Secret("TOKEN", VALUE);
const key = new FingerprintKey(new Uint8Array(32).fill(7));

test("in every kind of output, a secret is shown as its variable's name", () => {
  const printed = [
    String(secret),
    secret.toString(),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }, { depth: 9, showHidden: true, getters: true }),
    inspect(new Map([[secret, secret]])),
    new Error("x", { cause: secret }).stack ?? "",
    inspect(new Error("x", { cause: secret })),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
  ];
  for (const text of printed) assert.ok(!text.includes(VALUE), text);
  assert.equal(String(secret), "[secret $TOKEN]");
  assert.equal(JSON.stringify({ secret }), '{"secret":"[secret $TOKEN]"}');
});

test("a secret equals only its own value; an unknown one equals nothing", () => {
  assert.equal(secretEquals(secret, VALUE), true);
  assert.equal(secretEquals(secret, "other"), false);
  assert.equal(secretEquals(new Secret("TOKEN", undefined), undefined), false);
  assert.equal(secretEquals(new Secret("TOKEN", "7"), 7), false);
});

test("a fingerprint has a fixed form, and depends on key, hash, path and value", () => {
  const print = (value: string, hashId: string, path: string, by = key) =>
    fingerprintSecret(new Secret("T", value), by, hashId, path);
  assert.equal(print("v", "h", "token"), "hmac-sha256:36d478a1:iVCnhPsNPIWuY2IL208amQx1zQ-YdZwtwbBOtkUSGi4");
  const others = [
    print("w", "h", "token"),
    print("v", "i", "token"),
    print("v", "h", "api_key"),
    // Moving characters from one part to the next gives another fingerprint.
    print("nv", "h", "toke"),
    print("v", "ht", "oken"),
    print("v", "h", "token", new FingerprintKey(new Uint8Array(32).fill(8))),
  ];
  assert.equal(new Set([print("v", "h", "token"), ...others]).size, 7);
  assert.equal(fingerprintSecret(new Secret("T", undefined), key, "h", "token"), undefined);
});

test("a key shows only its id", () => {
  assert.match(key.id, /^[0-9a-f]{8}$/);
  assert.equal(JSON.stringify(key), `"[fingerprint key ${key.id}]"`);
  assert.equal(inspect(key, { showHidden: true }), `[fingerprint key ${key.id}]`);
});

test("a CI system is given each line that is long enough to mask", () => {
  assert.deepEqual(maskableLines(new Secret("PEM", "-----BEGIN\r\n abcd \nxyz\n\nlast line")), [
    "-----BEGIN",
    "abcd",
    "last line",
  ]);
  assert.deepEqual(maskableLines(new Secret("T", undefined)), []);
});
