import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { LockEntry, Lockfile } from "../../model/lockfile.ts";
import { readCanonicalLockfile } from "./canonical.ts";
import { parseLockfile } from "./read.ts";
import { formatLockfile } from "./write.ts";

const HEAD = "lockfile_version: 2\nworkspaces:\n  https://api.buddy.works/workspaces/w:\n    integrations:\n";

/** The problems of a lockfile, each as `LINE:COLUMN CODE MESSAGE`. */
function problems(text: string): string[] {
  return diagnosticsOf("integrations.lock.yaml", text).map(({ code, message, place }) => {
    assert.equal(place?.file, "integrations.lock.yaml");
    const { line, column } = place.range.start;
    return `${line}:${column} ${code} ${message.replace("the lockfile is damaged: ", "")}`;
  });
}

function diagnosticsOf(file: string, text: string): readonly Diagnostic[] {
  const parsed = parseLockfile(file, text);
  assert.ok(parsed.ok || parsed.error.length > 0);
  return parsed.ok ? [] : parsed.error;
}

function parsedLockfile(text: string): Lockfile {
  const parsed = parseLockfile("l", text);
  assert.ok(parsed.ok);
  return parsed.value;
}

/** A lockfile with these lines under one integration, which has a hash and a type. */
function withLines(...lines: readonly string[]): string {
  const entry = ["aws:", "  hash_id: h1", "  type: AMAZON", ...lines.map((line) => `  ${line}`)];
  return HEAD + entry.map((line) => `      ${line}\n`).join("");
}

test("a lockfile that was reformatted by hand is accepted, if YAML reads the same from it", () => {
  const text = `${HEAD}      aws: { type: AMAZON, hash_id: 'h1', last_sent: { name: x, n: 1.0, t: "y" }, superseded: [h2] } # mine\n`;
  const entry: LockEntry = {
    hashId: "h1",
    type: "AMAZON",
    lifecycle: { protect: false, onRemove: "delete" },
    lastSent: new Map<string, string | number>([
      ["name", "x"],
      ["n", 1],
      ["t", "y"],
    ]),
    superseded: ["h2"],
    formerIdentifiers: [],
  };
  assert.deepEqual(
    parsedLockfile(text).sections.get("https://api.buddy.works/workspaces/w"),
    new Map([["aws", entry]]),
  );
});

test("a damaged lockfile is refused with the place of each damage", () => {
  assert.deepEqual(problems(""), ["1:1 lock-damaged the file is empty"]);
  assert.deepEqual(problems("[]"), ["1:1 lock-damaged lockfile_version must be 2"]);
  assert.deepEqual(problems("lockfile_version: 2\n"), ["1:1 lock-damaged workspaces must be a map"]);
  assert.deepEqual(problems("lockfile_version: '1'\nworkspaces: {}\n"), [
    "1:19 lock-damaged lockfile_version must be 2",
  ]);
  assert.deepEqual(problems(HEAD), [
    "4:18 lock-damaged integrations of https://api.buddy.works/workspaces/w must be a map",
  ]);
  assert.deepEqual(problems(`${HEAD}      aws: {}\n`), ["5:12 lock-damaged aws needs hash_id and type"]);
  assert.deepEqual(problems(`${HEAD}      aws:\n        hash_id: h1\n\ttype: A\n`), [
    "7:1 lock-damaged YAML can't be indented with tabs",
  ]);
});

test("each wrong type is reported", () => {
  assert.deepEqual(
    problems(
      withLines(
        "identifier: 7",
        "lifecycle: { protect: yes, on_remove: never, rotate: 1.5, other: 1 }",
        "last_sent: []",
        "superseded: h2",
        "former_identifiers: [a, 1, '']",
        "surprise: 1",
      ),
    ),
    [
      "8:21 lock-damaged identifier must be text",
      "9:31 lock-damaged protect must be true or false",
      "9:47 lock-damaged on_remove must be delete or retain",
      "9:62 lock-damaged rotate must be a whole number",
      "9:67 lock-damaged lifecycle has an unknown entry",
      "10:20 lock-damaged last_sent must be a map",
      "11:21 lock-damaged superseded must be a list",
      "12:33 lock-damaged former_identifiers must be text",
      "12:36 lock-damaged former_identifiers must be text",
      "13:9 lock-damaged aws has an unknown entry",
    ],
  );
});

test("hashes are letters and digits, and each belongs to one key", () => {
  const two = (first: string, second: string): string =>
    `${HEAD}      a:\n        hash_id: ${first}\n        type: T\n      b:\n        hash_id: ${second}\n        type: T\n`;
  assert.deepEqual(problems(two("h1", "h2")), []);
  assert.deepEqual(problems(two("h1", "h1")), ["8:7 lock-damaged b and a have the same hash_id"]);
  assert.deepEqual(problems(two("h1", "../h2")), ["9:18 lock-damaged hash_id must be text of letters and digits"]);
  assert.deepEqual(problems(two("12345", "h2")), ["6:18 lock-damaged hash_id must be text of letters and digits"]);
});

test("in canonical text too, a hash of two keys and an invalid hash are refused", () => {
  const entry = (hashId: string): LockEntry => ({
    hashId,
    type: "T",
    lifecycle: { protect: false, onRemove: "delete" },
    lastSent: new Map(),
    superseded: [],
    formerIdentifiers: [],
  });
  const text = (...hashes: readonly string[]): string =>
    formatLockfile({ sections: new Map([["w", new Map(hashes.map((hash, index) => [`k${index}`, entry(hash)]))]]) });
  assert.deepEqual(problems(text("h1", "h2")), []);
  assert.deepEqual(problems(text("h1", "h2", "h1")), ["12:7 lock-damaged k2 and k0 have the same hash_id"]);
  assert.deepEqual(problems(text("h/1")), ["7:18 lock-damaged hash_id must be text of letters and digits"]);
});

test("the same hash may be in two sections: workspaces are independent", () => {
  const text =
    withLines() + withLines().replace(HEAD, "  https://api.eu.buddy.works/workspaces/w:\n    integrations:\n");
  assert.deepEqual(problems(text), []);
});

test("a newer version is refused with a hint, whatever else is in it", () => {
  const diagnostics = diagnosticsOf("l", "lockfile_version: 3\nworkspaces: [everything, is, new]\n");
  assert.deepEqual(
    diagnostics.map(({ code, message, hint }) => ({ code, message, hint })),
    [
      {
        code: "lock-newer",
        message: "the lockfile has version 3, and this buddy-integrations knows 2",
        hint: "upgrade buddy-integrations; the file was left as it is",
      },
    ],
  );
});

test("version 1, which doesn't say which variable is in which field, is refused with a hint", () => {
  const diagnostics = diagnosticsOf(
    "l",
    withLines("last_sent:", "  token: { fingerprint: null }").replace("version: 2", "version: 1"),
  );
  assert.deepEqual(
    diagnostics.map(({ code, hint }) => [code, hint?.slice(0, 19)]),
    [["lock-older", "delete it and apply"]],
  );
});

test("an incomplete reference state, or a literal map that looks like one, is damage", () => {
  for (const value of [
    "{ variable: A, sent: true }",
    "{ variable: A, sent: false, fingerprint: null }",
    "{ variable: A, sent: false, assumed: true }",
    "{ variable: 1, fingerprint: null }",
    "{ variable: A, fingerprint: 1 }",
    "{ variable: A, fingerprint: null, assumed: false }",
    "{ variable: A, fingerprint: null, more: 1 }",
    "[{ a: { variable: A, sent: null } }]",
    "{ $secret: A }",
    "{ $literal: 1 }",
    "{ $literal: { a: 1 } }",
    "{ $literal: { $secret: A }, b: 1 }",
  ]) {
    const [first] = diagnosticsOf("l", withLines("last_sent:", `  token: ${value}`));
    assert.deepEqual([first?.code, first?.message.includes("the value of token")], ["lock-damaged", true], value);
  }
});

test("a merge conflict is reported at its first marker, with a hint", () => {
  for (const [marker, text] of [
    ["<<<<<<< HEAD", `${withLines()}<<<<<<< HEAD\n=======\n>>>>>>> other\n`],
    ["=======", `${withLines()}=======\r\n`],
    ["||||||| base", `${withLines()}||||||| base\n`],
  ] as const) {
    const diagnostics = diagnosticsOf("l", text);
    assert.deepEqual(
      diagnostics.map(({ code, message, hint, place }) => [code, message, hint, place?.range.start.line]),
      [
        [
          "lock-conflict",
          "the lockfile holds a merge conflict",
          "take one whole side, then apply: integrations that only the other side had are found again by identifier",
          8,
        ],
      ],
      marker,
    );
  }
});

test("duplicate keys and names of prototypes do no harm", () => {
  assert.deepEqual(problems(withLines("type: OTHER")), ["8:9 lock-damaged this key is twice in the same map"]);
  assert.deepEqual(problems(withLines("last_sent:", "  __proto__: 1")), [
    "9:11 lock-damaged `__proto__` can't be a key",
  ]);
  const lock = parsedLockfile(withLines("last_sent:", "  constructor: 1").replaceAll("aws:", "hasOwnProperty:"));
  const entry = lock.sections.get("https://api.buddy.works/workspaces/w")?.get("hasOwnProperty");
  assert.deepEqual(entry?.lastSent, new Map([["constructor", 1]]));
});

test("aliases, tags and a second document are refused in a lockfile", () => {
  assert.deepEqual(problems(withLines("last_sent: !!map {}")), ["8:20 lock-damaged YAML tags (`!…`) aren't supported"]);
  assert.deepEqual(problems(`${withLines()}---\n`), ["8:1 lock-damaged a second YAML document begins here"]);
});

test("the frame of a damaged line shows no value", () => {
  const diagnostics = diagnosticsOf(
    "l",
    withLines("last_sent:", "  token: { variable: T, fingerprint: x }", "oops: 1"),
  );
  assert.deepEqual(
    diagnostics.map(({ place }) => place?.frame?.line),
    ["        •••"],
  );
});

test("ten thousand integrations are read and written, and damage far into them is placed", () => {
  const entries = new Map(
    Array.from({ length: 10_000 }, (_, index): [string, LockEntry] => [
      `key_${String(index).padStart(5, "0")}`,
      {
        hashId: `hash${index}`,
        identifier: `key_${index}`,
        type: "AMAZON",
        lifecycle: { protect: true, onRemove: "retain", rotate: 1 },
        lastSent: new Map<string, string | { variable: string; fingerprint: string }>([
          ["name", `Integration ${index}`],
          [
            "access_key",
            {
              variable: "AWS_ACCESS_KEY_ID",
              fingerprint: "hmac-sha256:0a1b2c3d:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
            },
          ],
          [
            "secret_key",
            {
              variable: "AWS_SECRET_ACCESS_KEY",
              fingerprint: "hmac-sha256:0a1b2c3d:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
            },
          ],
        ]),
        superseded: [`old${index}`],
        formerIdentifiers: [`former_${index}`],
      },
    ]),
  );
  const text = formatLockfile({ sections: new Map([["w", entries]]) });
  assert.equal(parsedLockfile(text).sections.get("w")?.size, 10_000);

  const damaged = text.replace("hash_id: hash9000\n", "hash_id: hash9000\n        surprise: 1\n");
  const error = { at: damaged.indexOf("surprise"), message: "this line isn't in the form that this tool writes" };
  assert.deepEqual(readCanonicalLockfile(damaged), { ok: false, error });
  const twice = text.replace("hash_id: hash9000\n", "hash_id: hash8999\n");
  assert.match(problems(twice).join(), /^180007:9 lock-damaged another key has this hash_id too$/);
});
