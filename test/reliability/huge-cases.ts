import { MAX_ERROR_BYTES } from "../../src/api/http/transport.ts";
import { LARGEST_SECRETS } from "../../src/config/secrets-file.ts";
import { LARGEST_PIPELINE } from "../../src/checkout/pipeline-files.ts";
import { READERS, READER_NAMES, type ReaderName } from "../support/fuzz/readers.ts";

// A separate program, so that its memory can be measured: `huge.ts` bundles and runs it.

const LARGEST = 10 * 1024 * 1024;
/** Readers that refuse larger inputs without reading them. */
const LIMITS: Readonly<Partial<Record<ReaderName, number>>> = {
  "a pipeline": LARGEST_PIPELINE,
  "the server's message": MAX_ERROR_BYTES,
  "a secrets file": LARGEST_SECRETS,
};
const repeatToLimit = (text: string, head = "", tail = ""): string =>
  head + text.repeat(Math.floor((LARGEST - head.length - tail.length) / text.length)) + tail;
const numberedLines = (line: (index: number) => string, head = ""): string => {
  const lines = [head];
  for (let size = head.length, index = 0; size < LARGEST - 200; index += 1) {
    const text = line(index);
    lines.push(text);
    size += text.length;
  }
  return lines.join("");
};
/** Text after a quote that is never closed: such a pipeline is read line by line. */
const behindOpenQuote = (text: string): string => repeatToLimit(text, 'integration: "\n');
const FILE = "version: 1\nintegrations:\n";
const bomb = Array.from({ length: 12 }, (_, n) => `x-${n + 1}: &x${n + 1} [${`*x${n}, `.repeat(9)}]\n`).join("");

/** Inputs that are large, deep, repetitive or slow to match. */
const CASES: Readonly<Record<string, () => string>> = {
  "opening brackets": () => repeatToLimit("["),
  "opening braces": () => repeatToLimit('{"a":'),
  "nested maps": () => repeatToLimit("{a: "),
  "brackets, closed": () => "[".repeat(LARGEST / 2) + "]".repeat(LARGEST / 2),
  "nested dashes": () => repeatToLimit("- "),
  "only spaces": () => repeatToLimit(" "),
  "spaces before the end of a line": () => repeatToLimit(" ", "a:", "x\n"),
  "empty lines": () => repeatToLimit("\n"),
  "carriage returns": () => repeatToLimit("\r"),
  tabs: () => repeatToLimit("\t", "a:\n"),
  "one long word": () => repeatToLimit("a"),
  "one long key": () => repeatToLimit("a", "", ": 1\n"),
  "one long comment": () => repeatToLimit("#"),
  "one long quoted text": () => repeatToLimit("a", 'a: "', '"\n'),
  "an open quote": () => repeatToLimit("a ", 'a: "'),
  escapes: () => repeatToLimit("\\u0041", '"', '"'),
  backslashes: () => repeatToLimit("\\", 'a: "', '"\n'),
  dollars: () => repeatToLimit("${", `${FILE}  a: { token: "`, '" }\n'),
  "anchors and aliases": () => numberedLines((n) => `a${n}: &a${n} *a${n - 1}\n`, "a: &a-1 1\n"),
  "an alias bomb": () => repeatToLimit("# \n", `x-0: &x0 [a, a, a, a, a, a, a, a, a]\n${bomb}`),
  "a merge bomb": () =>
    numberedLines((n) => `x${n}: &m${n} { <<: [*m${n - 1}, *m${n - 1}], k${n}: 1 }\n`, "x: &m-1 { a: 1 }\n"),
  "closing braces": () => repeatToLimit("}"),
  quotes: () => repeatToLimit('"'),
  tags: () => repeatToLimit("!a "),
  "empty block scalars": () => repeatToLimit("- |\n"),
  comments: () => repeatToLimit("# c\n"),
  "one key, again and again": () => repeatToLimit("a: 1\n"),
  "keys of the prototype": () => repeatToLimit("__proto__: { polluted: 1 }\n"),
  "tags and directives": () => repeatToLimit("!!binary x\n---\n%YAML 1.1\n"),
  "block scalars": () => repeatToLimit("  a\n", "a: |\n"),
  "many integrations": () =>
    numberedLines((n) => `  k${n}: { type: GIT_LAB, name: n, scope: WORKSPACE, token: $T }\n`, FILE),
  "many wrong integrations": () => numberedLines((n) => `  k${n}: { typ: GITLAB, nam: 1, token: "abc" }\n`, FILE),
  "many unknown fields": () => numberedLines((n) => `    field_${n}: 1\n`, `${FILE}  a:\n    type: GIT_LAB\n`),
  "a large lockfile": () =>
    numberedLines(
      (n) =>
        `      k${n}:\n        hash_id: ${"a".repeat(20)}${n}\n        type: GIT_LAB\n        last_sent:\n          name: n\n`,
      "lockfile_version: 2\nworkspaces:\n  https://api.buddy.works/workspaces/w:\n    integrations:\n",
    ),
  "conflict markers": () => repeatToLimit("<<<<<<< a\n=======\n>>>>>>> b\n"),
  "many references": () => repeatToLimit("- action: x\n  integration_hash: 5e391f5aae784b7208de0d0a\n"),
  "references that nobody knows": () => numberedLines((n) => `  integration: 'key_${n}'\n`, "- actions:\n"),
  "the word alone": () => repeatToLimit("integration"),
  "brackets behind an open quote": () => behindOpenQuote("["),
  "nested maps behind an open quote": () => behindOpenQuote("{integration: x, a: "),
  "quotes behind an open quote": () => behindOpenQuote('"'),
  "open quotes, line by line": () => behindOpenQuote("- 'integration: x\n"),
  "references by aliases": () => behindOpenQuote("- integration: &a x\n- integration: *a\n"),
  "dashes behind an open quote": () => behindOpenQuote("- "),
  "backslashes behind an open quote": () => behindOpenQuote("\\"),
  "broken tags": () => behindOpenQuote("integration: !{"),
  "block scalars of nothing": () => behindOpenQuote("integration: |\n"),
  "carriage returns behind an open quote": () => behindOpenQuote("\r"),
  "stray brackets": () => behindOpenQuote("integration: ]\n"),
  "keys without values": () => repeatToLimit("integration: "),
  "bare parameters": () => repeatToLimit("!integration\n"),
  "spaces and words": () => repeatToLimit(`a${" ".repeat(99)}\n`),
  "quotes in quotes": () => repeatToLimit("A='\\'\"\\\"`\n"),
  "a journal": () =>
    repeatToLimit('{"version":1,"kind":"end","api":"a","workspace":"w","key":"k","outcome":"refused"}\n'),
  "a journal of one line": () => repeatToLimit('{"version":1,', "", ""),
  "a long list": () =>
    repeatToLimit('{"hash_id":"a","name":"n","type":"T"},', '{"integrations":[', '{"hash_id":"a"}]}'),
  "a list of nothing": () => repeatToLimit("{},", '{"integrations":[', "{}]}"),
  "lists of nothing": () => repeatToLimit("[],", "[", "[]]"),
  "numbers and nothing else": () => repeatToLimit("1,", "[", "1]"),
  "short texts": () => repeatToLimit('"abc",', "[", '""]'),
  "fields that are all different": () => `${numberedLines((n) => `"f${n}":1,`, '{"integrations":[],')}"x":1}`,
  "many errors": () =>
    repeatToLimit('{"message":"something in this request is wrong"},', '{"errors":[', '{"message":"x"}]}'),
  "deep fields": () => `{"hash_id":"a","type":"t","x":${"[".repeat(LARGEST / 2)}${"]".repeat(LARGEST / 2)}}`,
  "a plan with deep values": () =>
    `${REPORT}{"plan_format":"2.0","unsent":[],"api":"https://api.buddy.works","workspace":"my-company","flags":{"adopt":false,"allow_replace":false,"prune":false,"resend":[],"only":[]},"empty_lock":false,"offline":false,"changes":[{"action":"update","key":"a","type":"T","name":"","hash_id":"h","pending":[],"fields":[{"path":"a","reason":"edited","basis":"file","after":${"[".repeat(4e6)}${"]".repeat(4e6)}}]}]}}]}`,
  "a plan with many changes": () =>
    `${REPORT}{"plan_format":"2.0","unsent":[],"api":"https://api.buddy.works","workspace":"my-company","flags":{"adopt":false,"allow_replace":false,"prune":false,"resend":[],"only":[]},"empty_lock":false,"offline":false,"changes":[${repeatToLimit('{"action":"delete","key":"a","type":"T","name":"","hash_id":"h","which":"current"},').slice(0, -700)}{"action":"keep","key":"a","type":"T","name":"","hash_id":"h"}]}}]}`,
  "no UTF-8": () => repeatToLimit("\u0080"),
};

/** The beginning of a report, up to its plan. */
const REPORT =
  '{"report_format":"2.0","command":"plan","exit_code":0,"diagnostics":[],"runs":[{"file":"integrations.yaml","exit_code":0,"diagnostics":[],"plan":';

/** How long the loop below takes on the reference machine, for which the bounds are. */
const REFERENCE_MS = 33;

/** How much slower this machine is now. */
function machineSlowness(): number {
  const before = process.cpuUsage();
  let mixed = 0;
  for (let at = 0; at < 3e7; at += 1) mixed = (mixed * 31 + at) | 0;
  const { user, system } = process.cpuUsage(before);
  return Math.max(1, (user + system + (mixed & 1)) / 1000 / REFERENCE_MS);
}

/** How long one reading takes, in milliseconds of the reference machine. */
function measureTime(read: () => void): number {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  read();
  const { user, system } = process.cpuUsage(cpu);
  // On a busy machine, the elapsed time is too long. The threads of the garbage collector make the CPU time too long.
  const took = Math.min(performance.now() - started, (user + system) / 1000);
  globalThis.gc?.();
  // A time within the bound needs no conversion: the reference machine is never slower than this one.
  return Math.round(took <= Number(longest) ? took : took / Math.max(machineSlowness(), machineSlowness()));
}

/** Other programs can make a case look slow, never fast. So the fastest of a few tries counts. */
const TRIES = 3;

const [longest, ...chosen] = process.argv.slice(2);
const isChosen = (what: string, reader: ReaderName): boolean =>
  chosen.length === 0 || chosen.includes(what) || chosen.includes(`${what} > ${reader}`);
for (const [what, make] of Object.entries(CASES)) {
  const readers = READER_NAMES.filter((reader) => isChosen(what, reader));
  if (readers.length === 0) continue;
  const bytes = what === "no UTF-8" ? Buffer.from(make(), "latin1") : Buffer.from(make());
  for (const reader of readers) {
    const given = bytes.subarray(0, LIMITS[reader] ?? LARGEST);
    let ms = Infinity;
    let problem = "";
    let tries = 0;
    // At least once, even without a limit of time.
    do {
      tries += 1;
      try {
        ms = Math.min(
          ms,
          measureTime(() => READERS[reader](given)),
        );
      } catch (error) {
        problem = error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : "not an Error";
      }
    } while (tries < TRIES && ms > Number(longest) && problem === "");
    process.stdout.write(`${JSON.stringify({ what, reader, ms, problem })}\n`);
  }
}
