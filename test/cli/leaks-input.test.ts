import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldInfo, fieldNames, typeNames } from "../../src/model/catalog.ts";
import { leakSearchBench } from "../support/leaks/search.ts";

const SECRET_FIELDS = fieldNames.filter((name) => fieldInfo(name)?.secret === true);
const FORMATS = ["text", "json", "github"] as const;

test("a literal in a secret field of any type, in any YAML style, is an error that doesn't show it", async (t) => {
  const bench = await leakSearchBench(t, { types: ["VULTR"] });
  const word = (): string => bench.markers.word();
  const writings: readonly (() => string)[] = [
    () => word(),
    () => `"${word()}"`,
    () => `'${word()}'`,
    () => `|-\n      ${word()}\n      ${word()}`,
    () => `>\n      ${word()}`,
    () => `[${word()}, { a: ${word()} }]`,
    () => `{ nested: ${word()} }`,
    () => `&anchor ${word()}`,
    () => `!!binary ${Buffer.from(word()).toString("base64")}`,
    () => `$not-a-reference ${word()}`,
    () => `$$${word()}`,
    () => `${word()} # ${word()}`,
  ];
  let next = 0;
  const blocks = typeNames.map((type, index) => {
    const fields = SECRET_FIELDS.map((field) => `    ${field}: ${(writings[next++ % writings.length] ?? word)()}`);
    return `  k${index}:\n    type: ${type}\n    name: N\n    scope: WORKSPACE\n${fields.join("\n")}\n`;
  });
  await bench.writeSecret("literals.yaml", `version: 1\nintegrations:\n${blocks.join("")}`);
  for (const format of FORMATS) {
    const { exit, stdout } = await bench.run(["validate", "literals.yaml", "--format", format]);
    assert.equal(exit, 3);
    assert.ok(stdout.split("literal-secret").length > typeNames.length);
  }
  for (const format of FORMATS) {
    const { exit } = await bench.run(["sync", "--plan", "--offline", "--file", "literals.yaml", "--format", format]);
    assert.equal(exit, 3);
  }
});

test("the frame of a broken file doesn't show the secret in it", async (t) => {
  const bench = await leakSearchBench(t, { types: ["VULTR"] });
  const head = "version: 1\nintegrations:\n  a:\n    type: VULTR\n    name: N\n    scope: WORKSPACE\n";
  const broken = (secret: string): readonly string[] => [
    `${head}    token: "${secret}\n`,
    `${head}    token: '${secret}\n    x: 1\n`,
    `${head}    token: ${secret}: x: y\n`,
    `${head}\ttoken: ${secret}\n`,
    `${head}    token: [${secret}\n`,
    `${head}    token: {a: ${secret}\n`,
    `${head}    token: ${secret}\n    token: ${secret}\n`,
    `${head}    token: *${secret}\n`,
    `${head}    tokken: ${secret}\n`,
    `${head}    extra: { token: ${secret}, api: $x-${secret} }\n`,
    `${head}    role_assumptions: ${secret}\n`,
    `${head}    webhook_address: https://hooks.example.com/${secret}\n    lifecycle: ${secret}\n`,
    `version: 1\ndefaults: { token: ${secret} }\nx-mine: &mine ${secret}\nintegrations: { a: *mine }\n`,
    `version: 1\nintegrations:\n  a: ${secret}\n`,
    `version: 1\nintegrations: ${secret}\n`,
    `${secret}\n`,
    `${head}    token: ${secret}\n---\n${secret}\n`,
    `${head}    token: !secret ${secret}\n`,
    `${head}    token: ${secret}\u0007\n`,
    `${head}    token: ${secret}\n    permissions: [${secret}]\n`,
  ];
  for (const text of broken(bench.markers.word())) {
    await bench.writeSecret("broken.yaml", text);
    for (const format of FORMATS) {
      const { exit, stdout } = await bench.run(["validate", "broken.yaml", "--format", format]);
      assert.equal(exit, 3, `${text}\n${stdout}`);
    }
  }
});

test("unusable settings and secrets files are named, and their content isn't shown", async (t) => {
  const bench = await leakSearchBench(t, { types: ["VULTR"] });
  const [first = ""] = Object.keys(bench.env);
  const secret = bench.markers.word();
  const wrong: readonly Readonly<Record<string, string | undefined>>[] = [
    { BUDDY_INTEGRATIONS_KEY: secret.slice(0, 20) },
    { BUDDY_INTEGRATIONS_KEY: `${secret} isn't a key!` },
    { BUDDY_TOKEN: `${secret}\nsecond line` },
    { BUDDY_TOKEN: `${secret} é` },
    { BUDDY_TOKEN: undefined, BUDDY_TOKEN_FILE: secret },
    { BUDDY_BASE_URL: `https://user:${secret}@api.example.com` },
    { BUDDY_BASE_URL: `http://user:${secret}@127.0.0.1` },
    { BUDDY_BASE_URL: `https://api.example.com/?token=${secret}` },
    { BUDDY_BASE_URL: "https://127.0.0.1:1", HTTPS_PROXY: `http://user:${secret}@127.0.0.1:1` },
    { HTTPS_PROXY: secret },
    { [first]: undefined, [`${first}_FILE`]: secret },
    { [first]: "" },
  ];
  for (const env of wrong) {
    const { exit, stderr } = await bench.run(["sync", "--plan", "--verbose"], { env });
    assert.ok(exit === 3 || exit === 5, `${exit} ${stderr}`);
  }
  const lines = [`A="${secret}`, `A=${secret}#x`, secret, `A='${secret}'\n${secret}`, `export ${secret}`];
  for (const text of lines) {
    await bench.writeSecret("secrets.env", text);
    const { exit, stderr } = await bench.run(["sync", "--plan", "--secrets-file", "secrets.env"]);
    assert.equal(exit, 3, stderr);
  }
});

test("a value that is passed as an argument by mistake is not repeated", async (t) => {
  const bench = await leakSearchBench(t, { types: ["VULTR"] });
  const secret = bench.markers.word();
  for (const args of [[`--token=${secret}`], ["sync", "--plan", `--token=${secret}`], ["sync", `-t${secret}`]]) {
    const { exit, stdout, stderr } = await bench.runUnsearched(args);
    assert.equal(exit, 3);
    await bench.search({ stdout, stderr });
  }
});
