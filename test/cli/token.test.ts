import assert from "node:assert/strict";
import { test } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import { workbench } from "../support/workbench.ts";
import { startTestServer } from "../support/http.ts";

const FILE = fileOf(block("a", { name: "A" }));
const PLAN = ["sync", "--plan"];

test("the token comes from BUDDY_TOKEN, or from the file that BUDDY_TOKEN_FILE names", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  await bench.write("token", `${bench.emulator.token}\n`);
  await bench.write("wrong", "nobody's\n");
  const exitWith = async (env: Readonly<Record<string, string | undefined>>): Promise<number> =>
    (await bench.run(PLAN, { env })).exit;
  assert.equal(await exitWith({ BUDDY_TOKEN_FILE: "wrong" }), 0);
  assert.equal(await exitWith({ BUDDY_TOKEN: "", BUDDY_TOKEN_FILE: "token" }), 0);
  assert.equal(await exitWith({ BUDDY_TOKEN: undefined, BUDDY_TOKEN_FILE: "token" }), 0);
  assert.equal(await exitWith({ BUDDY_TOKEN: undefined, BUDDY_TOKEN_FILE: "wrong" }), 4);
  assert.equal(await exitWith({ BUDDY_TOKEN: undefined, BUDDY_TOKEN_FILE: "none" }), 3);
  const empty = await bench.run(PLAN, { env: { BUDDY_TOKEN: "" } });
  assert.match(empty.stderr, /BUDDY_TOKEN is empty\n +hint: create one in Buddy's web page/);
});

test("the token can't be passed as an argument or in a secrets file", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  await bench.write("secrets.env", `BUDDY_TOKEN=${bench.emulator.token}\n`);
  const env = { BUDDY_TOKEN: undefined };
  const option = await bench.run([...PLAN, "--token", bench.emulator.token], { env });
  assert.deepEqual([option.exit, option.stderr.split("\n")[0]], [3, "error: unknown option '--token'"]);
  assert.equal((await bench.run([...PLAN, "--secrets-file", "secrets.env"], { env })).exit, 3);
});

test("the token goes only to the configured host: a redirect to another host is an error, and that host gets no request", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  await using other = await startTestServer(() => ({ body: { integrations: [] } }));
  for (const location of [
    other.origin,
    `${other.origin}/workspaces/my-company/integrations`,
    other.origin.replace("http:", ""),
  ]) {
    bench.emulator.addFault({ kind: "redirect", location, status: 307 });
    const { exit, stderr } = await bench.run(PLAN);
    bench.emulator.clearFaults();
    assert.equal(exit, 5);
    assert.match(stderr, /a redirect to http:\/\/127\.0\.0\.1:\d+; the token is not sent there/);
  }
  assert.deepEqual(other.received, []);

  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    asked.push(new URL(input instanceof Request ? input.url : input).origin);
    return globalThis.fetch(input, init);
  };
  assert.equal((await bench.run(["sync", "--apply"], { env: { TOKEN: "value" }, io: { fetch } })).exit, 0);
  assert.deepEqual([...new Set(asked)], [bench.emulator.url]);
});

test("plain HTTP is allowed only for this machine", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  const fetch = (): never => assert.fail("no request may be sent");
  for (const api of ["http://api.buddy.works", "http://192.168.0.1:8787", "http://127.0.0.1.example.com"]) {
    const { exit, stderr } = await bench.run([...PLAN, "--api", api], { io: { fetch } });
    assert.equal(exit, 3, api);
    assert.match(stderr, /http would send the token in clear text/);
  }
});

test("BUDDY_INSECURE=true gives a warning, also with --quiet; any other value is ignored", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  const warned = async (value: string): Promise<boolean> => {
    const { exit, stderr } = await bench.run([...PLAN, "--quiet"], { env: { BUDDY_INSECURE: value } });
    assert.equal(exit, 0, stderr);
    return stderr.includes("BUDDY_INSECURE=true: the server's certificate is not checked");
  };
  assert.equal(await warned("true"), true);
  assert.equal(await warned("1"), false);
});

test("--verbose shows only method, path, status and time of a request", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  const { stderr } = await bench.run(["sync", "--apply", "--verbose"], { env: { TOKEN: "the value" } });
  const requests = stderr.split("\n").filter((line) => /^(?:GET|POST|PATCH|DELETE) /.test(line));
  assert.ok(requests.length >= 2);
  for (const line of requests) assert.match(line, /^[A-Z]+ \/[\w/-]+ \d{3} \d+ ms(?: \(request [\w.:=+/-]+\))?$/);
});
