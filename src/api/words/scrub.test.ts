import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { MASK, scrubText, scrubWords, WITHHELD } from "./scrub.ts";

const PEM = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----";
const NASTY = 'p"a\\s$s w/örd ✓ 🔑\t%41';

/** Every way in which a server may give a value back. */
const ENCODINGS: Readonly<Record<string, (value: string) => string>> = {
  raw: (value) => value,
  json: (value) => JSON.stringify(value).slice(1, -1),
  "json in json": (value) => JSON.stringify(JSON.stringify(value)).slice(3, -3),
  "ascii json": (value) =>
    JSON.stringify(value)
      .slice(1, -1)
      .replaceAll(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "json with escaped slashes": (value) => JSON.stringify(value).slice(1, -1).replaceAll("/", "\\/"),
  url: encodeURIComponent,
  "url in lower case": (value) => encodeURIComponent(value).replaceAll(/%../g, (escape) => escape.toLowerCase()),
  "url twice": (value) => encodeURIComponent(encodeURIComponent(value)),
  form: (value) => new URLSearchParams({ v: value }).toString().slice(2),
  html: (value) =>
    value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll("'", "&#39;"),
  "base64, first alignment": (value) => Buffer.from(value).toString("base64"),
  "base64, second alignment": (value) => Buffer.from(`u:${value}`).toString("base64"),
  "base64, third alignment": (value) => Buffer.from(`:${value}@`).toString("base64"),
  base64url: (value) => Buffer.from(value).toString("base64url"),
  "base64 in a url": (value) => encodeURIComponent(Buffer.from(value).toString("base64")),
  "base64 in lines": (value) =>
    Buffer.from(value)
      .toString("base64")
      .replaceAll(/.{16}(?=.)/g, "$&\n"),
};

for (const [name, encode] of Object.entries(ENCODINGS)) {
  test(`a value is taken out of the server's words: ${name}`, () => {
    for (const value of ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NASTY, PEM]) {
      const [words] = scrubWords([`The value "${encode(value)}" is not valid.`], [value]);
      assert.equal(words, `The value "${MASK}" is not valid.`, value);
    }
  });
}

test("the lines of a value are taken out one by one", () => {
  const [words] = scrubWords(["line 2 is MIIEvQIBADANBgkq, line 3 is\r\n hkiG9w0BAQEFAASC."], [PEM]);
  assert.equal(words, "line 2 is [secret], line 3 is [secret].");
});

test("a value that the server cut short is taken out", () => {
  assert.deepEqual(scrubWords(["Bad credentials: AKIAIOSFOD…"], ["AKIAIOSFODNN7EXAMPLE"]), [
    "Bad credentials: [secret]…",
  ]);
});

test("a value whose beginning became an escape of what stands before it is taken out by its end", () => {
  const value = "A\u0300 quite secret";
  assert.deepEqual(scrubWords([`%0${encodeURIComponent(encodeURIComponent(value))}.`], [value]), ["%0A[secret]."]);
  const encoded = encodeURIComponent(Buffer.from("、ௐ    0000").toString("base64"));
  assert.deepEqual(scrubWords([`at 5%${encoded}`], ["、ௐ    0000"]), ["at [secret]"]);
});

test("values are found behind characters that can't be seen", () => {
  assert.deepEqual(scrubWords(["got AKIA\u200bIOSF\u0000ODNN7\nEXAMPLE"], ["AKIAIOSFODNN7EXAMPLE"]), ["got [secret]"]);
});

test("where a value is too short to be searched for, the words are left out, whatever the value", () => {
  const words = ["Project 'a' is unknown", "zq"];
  for (const value of ["a", "zq", "xyz", "   "])
    assert.deepEqual(scrubWords(words, [value, "long-enough"]), [WITHHELD]);
  assert.equal(scrubText("connect a", ["a"]), "");
  assert.deepEqual(scrubWords([], ["a"]), []);
});

test("what a terminal would obey is taken out, and long words are cut", () => {
  assert.deepEqual(scrubWords(["\u001b[31mred\u001b[0m\u001b]0;title\u0007 \r\n::error::x\u202e \u0000"], []), [
    "red ::error::x",
  ]);
  const [long] = scrubWords(["x".repeat(10_000)], []);
  assert.equal(long?.length, 500);
  assert.equal(
    scrubWords(
      Array.from({ length: 100 }, (_, index) => `message ${index}`),
      [],
    ).length,
    10,
  );
});

test("the same words are said once, and empty ones not at all", () => {
  assert.deepEqual(scrubWords(["Not found", " ", "Not found"], ["something"]), ["Not found"]);
});

test("whatever the value and the text around it, no encoding of it is left", () => {
  const canary = fc
    .string({ unit: "grapheme", minLength: 8, maxLength: 60 })
    .filter((text) => /\w{4}/.test(text) && text.trim().length > 8);
  const encodings = fc.constantFrom(...Object.keys(ENCODINGS));
  fc.assert(
    fc.property(canary, fc.string(), fc.string(), encodings, (value, before, after, name) => {
      const encoded = ENCODINGS[name]?.(value) ?? "";
      const out = scrubText(`${before}${encoded}${after}`, [value]);
      assert.ok(out.includes(MASK) || !`${before}${encoded}`.includes(encoded));
      for (const encode of Object.values(ENCODINGS).slice(0, 10)) {
        const form = encode(value).trim();
        if (form.length >= 8) assert.ok(!out.includes(form), out);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a large value is taken out of a large echo", () => {
  const value = Array.from({ length: 400 }, (_, line) => `line ${line} of a long key ${"x".repeat(40)}`).join("\n");
  const [words] = scrubWords([`${JSON.stringify(value)} and ${"a".repeat(200_000)}`], [value]);
  assert.ok(words?.startsWith('"[secret]" and aaa'));
});
