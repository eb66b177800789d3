import * as fc from "fast-check";
import type { Lockfile, LockEntry, LockSection, StoredValue } from "../../src/model/lockfile.ts";
import { writeLiteralMap } from "../../src/model/stored-value.ts";
import type { Json } from "../../src/model/integration.ts";

/** Texts that YAML, JSON or a faulty writer could misread. */
const ODD = [
  "null",
  "true",
  "No",
  "~",
  "007",
  "1e5",
  "5e391",
  "0x1F",
  "-",
  "- a",
  "? a",
  "a: b",
  "a:",
  ":a",
  "a #b",
  "#a",
  " a",
  "a ",
  "a  b",
  "<<",
  "*a",
  "&a",
  "!a",
  "%a",
  "@a",
  "`a`",
  "'",
  '"',
  "\\",
  "{}",
  "[]",
  "---",
  "...",
  "=======",
  "a\nb\n",
  "a\r\n",
  "\t",
  "\u0000",
  "\u0085",
  "\u2028",
  "\uFEFF",
  "\uD800",
  "Zoë 🚀",
  "constructor",
  "hasOwnProperty",
  "arn:aws:iam::123:role/x",
  "hmac-sha256:0a1b2c3d:-_x",
  "$NAME",
  // A key this long needs YAML's explicit form.
  "k".repeat(1001),
  "k: ".repeat(400),
  "",
] as const;

/** Any text; often one that is easily misread. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
);

/** Names of entries. `__proto__` is an error in every file. */
const name = oddText.filter((text) => text !== "__proto__");
/** The reader needs at least one character other than a line end. */
const filled = oddText.filter((text) => /./.test(text));
const hash = fc.oneof(
  fc.constantFrom("123456", "5e391", "null", "0x12", "0b1", "0o7", "1e5e5", "12f", "1E5", "true"),
  fc.stringMatching(/^[A-Za-z0-9]{1,26}$/),
);

const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((value) => value + 0);

/** JSON, a few levels deep, with names and texts that are easily misread. */
export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: "json" },
    fc.oneof(fc.constant(null), fc.boolean(), number, oddText),
    fc.array(tie("value"), { maxLength: 3, depthIdentifier: "json" }),
    fc.dictionary(name, tie("value"), { maxKeys: 3, depthIdentifier: "json", noNullPrototype: true }),
  ),
})).value;

const stored: fc.Arbitrary<StoredValue> = fc.oneof(
  json.map(storedLiteral),
  fc.constantFrom<StoredValue>(
    { variable: "A", fingerprint: null },
    { variable: "A", fingerprint: "hmac-sha256:0a1b2c3d:-_9" },
    { variable: "A", fingerprint: "hmac-sha256:0a1b2c3d:-_9", assumed: true },
    { variable: "A", sent: false },
    [{ arn: "a", external_id: { variable: "A", sent: false } }],
    // Literal maps that use the names of a reference state or of a marker.
    { $literal: { variable: "A", fingerprint: 1 } },
    { $literal: { $literal: "x" } },
    { a: { $literal: { $secret: "A" } } },
  ),
);

/** JSON as the lockfile stores it. */
function storedLiteral(value: Json): StoredValue {
  if (Array.isArray(value)) return value.map(storedLiteral);
  if (typeof value !== "object" || value === null) return value;
  return writeLiteralMap(
    Object.fromEntries(Object.entries(value).map(([name_, item]) => [name_, storedLiteral(item)])),
  );
}

const entry: fc.Arbitrary<LockEntry> = fc.record(
  {
    hashId: hash,
    identifier: filled,
    type: filled,
    lifecycle: fc.record(
      {
        protect: fc.boolean(),
        onRemove: fc.constantFrom("delete", "retain"),
        rotate: fc.nat(),
      },
      { requiredKeys: ["protect", "onRemove"], noNullPrototype: true },
    ),
    lastSent: mapOf(name, stored, 4),
    superseded: fc.array(hash, { maxLength: 3 }),
    formerIdentifiers: fc.array(filled, { maxLength: 3 }),
  },
  {
    requiredKeys: ["hashId", "type", "lifecycle", "lastSent", "superseded", "formerIdentifiers"],
    noNullPrototype: true,
  },
);

const lockedKey = fc.oneof(
  fc.constantFrom("null", "true", "No", "constructor", "hasOwnProperty", "a-", "e5", "k".repeat(200)),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/),
);

/** A section in which every integration has its own hash. */
export const lockSection: fc.Arbitrary<LockSection> = mapOf(lockedKey, entry, 4).filter(
  (section) => new Set([...section.values()].map(({ hashId }) => hashId)).size === section.size,
);

/** Any content of a lockfile. */
export const lock: fc.Arbitrary<Lockfile> = mapOf(name, lockSection, 3).map((sections) => ({ sections }));

function mapOf<V>(key: fc.Arbitrary<string>, value: fc.Arbitrary<V>, maxLength: number): fc.Arbitrary<Map<string, V>> {
  return fc
    .uniqueArray(fc.tuple(key, value), { maxLength, selector: ([each]) => each })
    .map((entries) => new Map(entries));
}
