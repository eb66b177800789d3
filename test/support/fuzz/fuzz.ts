import * as fc from "fast-check";
import { READERS, type ReaderName } from "./readers.ts";

/**
 * One change of a text. Positions and lengths are fractions of its length, so that shrinking the text keeps the kind
 * of case.
 */
type TextMutation =
  | { readonly kind: "cut"; readonly at: number; readonly length: number }
  | { readonly kind: "insert"; readonly at: number; readonly token: string }
  | { readonly kind: "repeat"; readonly at: number; readonly length: number; readonly times: number }
  | { readonly kind: "move"; readonly at: number; readonly length: number; readonly to: number }
  | { readonly kind: "byte"; readonly at: number; readonly value: number };

/** Tokens that are special in YAML, JSON, dotenv files or paths of objects. */
const TOKENS = [
  Array.from("\0\t\n\r\f\u0085\u2028\uFEFF\uD83D '\"`:,-?&*!|>%@#[]{}()<>$\\/=~^;0"),
  ["\r\n", "---\n", "...\n", "%YAML 1.1\n", "<<: *a\n", "&a ", "*a", "!!binary ", "!param", "? ", "- - - ", ": : "],
  ["__proto__", "__proto__:\n", "constructor", "prototype", "toString", "hasOwnProperty", "null", "~", "true", "NaN"],
  [
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    "1e999",
    "-0",
    "007",
    "0x1F",
    "9".repeat(30),
  ],
  ["$TOKEN", "${TOKEN}", "$$", "${", "$", "'\\''", "\\u0000", "\\uD800", "\\x00", "<<<<<<< HEAD\n", ">>>>>>> x\n"],
  [
    "integrations:\n",
    "  a:\n",
    "lifecycle:",
    "defaults:",
    "hash_id:",
    "integration_hash: ",
    "integration: ",
    "- action: x\n",
  ],
  [
    "\u{1F600}",
    "e\u0301",
    "\u202E",
    "\u001B[31m",
    "a".repeat(300),
    " ".repeat(300),
    "[".repeat(200),
    "{a: ".repeat(120),
  ],
].flat();

const share = fc.double({ min: 0, max: 1, noNaN: true });
const mutation: fc.Arbitrary<TextMutation> = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at: share, length: share }),
  fc.record({ kind: fc.constant("insert" as const), at: share, token: fc.constantFrom(...TOKENS) }),
  fc.record({ kind: fc.constant("repeat" as const), at: share, length: share, times: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constant("move" as const), at: share, length: share, to: share }),
  fc.record({ kind: fc.constant("byte" as const), at: share, value: fc.integer({ min: 0, max: 255 }) }),
);
const noise = fc.array(fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 6, unit: "binary" })), {
  maxLength: 30,
});

/** No case may take longer, in wall time and in CPU time. On a busy machine the wall time alone says too much. */
const LONGEST_MS = 2_000;

/** Measuring CPU time takes longer than most cases. Only a case with a long wall time is run again and measured. */
function assertQuickOnCpu(read: () => void): void {
  const cpu = process.cpuUsage();
  read();
  const { user, system } = process.cpuUsage(cpu);
  const ms = (user + system) / 1000;
  if (ms > LONGEST_MS) throw new Error(`it took ${Math.round(ms)} ms`);
}

/** Reads mutations of the seeds, and random bytes. @returns how many cases were tried */
export function fuzz(
  name: ReaderName,
  seeds: readonly string[],
  { runs, seed }: { runs: number; seed: number },
): number {
  const read = READERS[name];
  let cases = 0;
  const check = (text: Uint8Array): void => {
    cases += 1;
    const started = performance.now();
    read(text);
    if (performance.now() - started > LONGEST_MS) assertQuickOnCpu(() => read(text));
  };
  const mutated = fc.tuple(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 6 }));
  fc.assert(
    fc.property(mutated, ([text, mutations]) => check(mutations.reduce(mutate, Buffer.from(text)))),
    { numRuns: Math.round(runs * 0.8), seed },
  );
  fc.assert(
    fc.property(noise, (parts) => check(Buffer.from(parts.join("")))),
    { numRuns: Math.round(runs * 0.2), seed },
  );
  return cases;
}

function mutate(bytes: Uint8Array, change: TextMutation): Uint8Array {
  const at = Math.floor(change.at * bytes.length);
  // Mostly short pieces, sometimes lines and blocks.
  const until = "length" in change ? at + Math.ceil(change.length ** 4 * (bytes.length - at)) : at;
  const [head, piece, tail] = [bytes.subarray(0, at), bytes.subarray(at, until), bytes.subarray(until)];
  switch (change.kind) {
    case "cut":
      return Buffer.concat([head, tail]);
    case "insert":
      return Buffer.concat([head, Buffer.from(change.token), tail]);
    case "repeat":
      return Buffer.concat([head, ...Array.from({ length: change.times + 1 }, () => piece), tail]);
    case "move": {
      const rest = Buffer.concat([head, tail]);
      const to = Math.floor(change.to * rest.length);
      return Buffer.concat([rest.subarray(0, to), piece, rest.subarray(to)]);
    }
    case "byte":
      return Buffer.concat([head, Uint8Array.of(change.value), tail.subarray(1)]);
    default:
      return change satisfies never;
  }
}
