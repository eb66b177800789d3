import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { searchForms } from "./search-forms.ts";
import { HARMLESS_TEXTS } from "./harmless-texts.ts";
import { KnownTexts } from "./known-texts.ts";
import type { KnownValue } from "./known-value.ts";
import { effort } from "../../../test/support/effort.ts";

const PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----";
const NASTY = 'p"a\\s$s w/örd ✓ 🔑\t%41';
const CALL = { path: "/workspaces/my-company/integrations", sent: [] };
const WITHHELD = "the server's message is withheld: it contains part of $V";

const secret = (value: string): KnownValue => ({ variable: "V", value, use: "secret" });
const returned = (value: string): KnownValue => ({ variable: "V", value, use: "returned" });

function shown(message: string, ...values: readonly KnownValue[]): string | undefined {
  return new KnownTexts(values, []).showable([message], CALL)[0];
}

/** Every way in which a server may return a value. */
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
  "upper case": (value) => value.toUpperCase(),
  "lower case": (value) => value.toLowerCase(),
};
for (const [name, encode] of Object.entries(ENCODINGS)) {
  test(`a message that contains a value is withheld in every encoding: ${name}`, () => {
    for (const value of ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NASTY, PEM]) {
      assert.equal(shown(`The value "${encode(value)}" is not valid.`, secret(value)), WITHHELD, value);
    }
  });
}

test("any stretch of eight characters of a value counts, seven don't", () => {
  const value = "AKIAIOSFODNN7EXAMPLE";
  for (let at = 0; at + 8 <= value.length; at += 1) {
    assert.equal(shown(`got ${value.slice(at, at + 8)}…`, secret(value)), WITHHELD);
    const message = `got ${value.slice(at, at + 7)}…`;
    assert.equal(shown(message, secret(value)), message);
  }
});

test("a value is found even if the server splits it into lines, words or messages", () => {
  const value = "AKIAIOSFODNN7EXAMPLE";
  const known = new KnownTexts([secret(value)], []);
  for (const text of ["AKIA\u200bIOSF\u0000ODNN7\nEXAMPLE", "AKIAI OSFOD NN7EX AMPLE", "AKIAI\r\n  OSFOD\tNN7EX"]) {
    assert.deepEqual(known.showable([`got ${text}`], CALL), [WITHHELD], text);
  }
  assert.deepEqual(known.showable(["AKIAI", "OSFOD", "NN7EX"], CALL), [WITHHELD]);
  assert.deepEqual(known.showable(["AKIAI", "and", "OSFOD"], CALL), ["AKIAI", "and", "OSFOD"]);
});

test("only the message that contains a value is withheld", () => {
  const known = new KnownTexts([secret("AKIAIOSFODNN7EXAMPLE")], []);
  assert.deepEqual(known.showable(["bad name", "bad AKIAIOSFODNN7EXAMPLE", "bad scope"], CALL), [
    "bad name",
    WITHHELD,
    "bad scope",
  ]);
});

test("the texts inside a JSON value are treated as values", () => {
  const value = JSON.stringify({ type: "service_account", keys: [{ private_key: `${PEM}\n` }], pin: "0815" });
  const known = new KnownTexts([secret(value)], []);
  for (const text of [PEM, "hkiG9w0B", "BgkqhkiG", "pin 0815"])
    assert.deepEqual(known.showable([text], CALL), [WITHHELD], text);
  for (const text of ["the service account is unknown", "private_key is missing", "pin 0816"])
    assert.deepEqual(known.showable([text], CALL), [text]);
});

test("messages are searched for every value of the run, and of the request", () => {
  const known = new KnownTexts([secret("the-run's-value")], []);
  const sent = [{ variable: "W", value: "the-request's", use: "write-only" as const }];
  assert.deepEqual(known.showable(["not the-run's-value", "nor the-request's"], { ...CALL, sent }), [
    WITHHELD,
    "the server's message is withheld: it contains part of $W",
  ]);
});

test("texts of the call's path, of the file and of a fixed list don't count as parts of a value", () => {
  const known = new KnownTexts([secret("my-company.example.com/hook")], ["Example.com/h"]);
  assert.deepEqual(known.showable(["no workspace my-company", "not example.com"], CALL), [
    "no workspace my-company",
    "not example.com",
  ]);
  assert.deepEqual(known.showable(["not my-company.e"], CALL), [WITHHELD]);
  const expected = "a key begins with -----BEGIN PRIVATE KEY-----";
  assert.equal(shown(expected, secret(PEM)), expected);
  assert.equal(shown("see https://docs.", secret("https://docs.buddy.example/T0/B1")), "see https://docs.");
});

test("values of four to seven characters are searched for as a whole, in any letter case", () => {
  assert.equal(shown("not HUNTER2", secret("hunter2")), WITHHELD);
  assert.equal(shown("not unter2", secret("hunter2")), "not unter2");
  assert.equal(shown("not hunter2", { ...secret("hunter2"), use: "write-only" }), WITHHELD);
});

test("a reference in a field that the API returns is searched for only as a whole", () => {
  const host = "https://github.example.com";
  assert.equal(shown(`can't reach ${host}/login`, returned(host)), WITHHELD);
  assert.equal(shown("can't reach github.example.com", returned(host)), "can't reach github.example.com");
  assert.equal(shown("can't reach github.example.com", returned(host), secret(host)), WITHHELD);
});

test("if a secret is too short to search for, every message is withheld", () => {
  const expected = "the server's message is withheld: a secret of this run is too short to search for";
  for (const value of ["a", "zq", "xyz", "   "]) {
    const known = new KnownTexts([secret(value), secret("long-enough")], []);
    assert.deepEqual(known.showable(["Project 'a' is unknown", "zq"], CALL), [expected]);
    assert.deepEqual(known.showable([], CALL), []);
  }
  const other = [returned("a"), { ...secret("b"), use: "write-only" as const }];
  assert.deepEqual(new KnownTexts(other, []).showable(["a b"], CALL), ["a b"]);
});

test("terminal commands are removed, and long words are cut", () => {
  const known = new KnownTexts([], []);
  const words = ["\u001b[31mred\u001b[0m\u001b]0;title\u0007 \r\n::error::x\u202e \u0000"];
  assert.deepEqual(known.showable(words, CALL), ["red ::error::x"]);
  assert.equal(known.showable(["x".repeat(10_000)], CALL)[0]?.length, 500);
  const many = Array.from({ length: 100 }, (_, index) => `message ${index}`);
  assert.equal(known.showable(many, CALL).length, 10);
});

test("repeated messages are shown once, and empty ones are left out", () => {
  const known = new KnownTexts([secret("something")], []);
  assert.deepEqual(known.showable(["Not found", " ", "Not found"], CALL), ["Not found"]);
});

const value = fc
  .string({ unit: "grapheme", minLength: 8, maxLength: 60 })
  .filter((text) => searchForms(text)[1].length >= 12);
/** Ordinary words of a server, in capitals that no generated value has by chance. */
const words = fc.constantFrom("Invalid value", "name: must not be blank", "Bad request (400)", "", "—");

test("no part of a value is shown, in any encoding and with any text around it", () => {
  fc.assert(
    fc.property(
      value,
      words,
      words,
      fc.constantFrom(...Object.keys(ENCODINGS)),
      fc.nat(),
      fc.nat(),
      (text, before, after, name, from, more) => {
        const characters = Array.from(text);
        const start = from % Math.max(1, characters.length - 11);
        const piece = characters.slice(start, start + 12 + more).join("");
        if (searchForms(piece)[1].length < 8) return;
        const message = `${before}: ${ENCODINGS[name]?.(piece) ?? ""}; ${after}`;
        assert.equal(shown(message, secret(text)), WITHHELD, message);
        const json = JSON.stringify({ deep: [{ key: text }] });
        assert.equal(shown(message, secret(json)), WITHHELD, message);
      },
    ),
    { numRuns: effort(500) },
  );
});

test("a message without a part of a value is shown unchanged", () => {
  const message = fc.string({ unit: fc.constantFrom(..."abcdefg 0123(){}:,".split("")), maxLength: 400 });
  const other = fc.string({ unit: fc.constantFrom(..."HIJKLMNOPQRSTUVWXYZ/+-_$ 456789".split("")), minLength: 8 });
  fc.assert(
    fc.property(message, fc.array(other), (text, values) => {
      const tooShort = values.some((each) => searchForms(each)[0].trim().length < 4);
      // Digits and spaces are in both alphabets.
      fc.pre(!tooShort && !values.some((each) => searchForms(each)[1].length < 4));
      const line = text.replaceAll(/\s+/g, " ").trim();
      assert.equal(shown(text, ...values.map(secret)), line === "" ? undefined : line);
    }),
  );
});

test("a large value is found in a large echo", () => {
  const large = Array.from({ length: 400 }, (_, line) => `line ${line} of a long key ${"x".repeat(40)}`).join("\n");
  assert.equal(shown(`${JSON.stringify(large)} and ${"a".repeat(200_000)}`, secret(large)), WITHHELD);
});

test("a value that begins like a fixed text is still found", () => {
  for (const text of HARMLESS_TEXTS) {
    assert.equal(shown(`got ${text}`, secret(`${text}uncommon-${text}`)), `got ${text}`);
    assert.equal(shown(`got ${text}uncommon-`, secret(`${text}uncommon-`)), WITHHELD);
  }
});
