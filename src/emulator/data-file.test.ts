import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { startEmulator } from "./index.ts";
import { openDataFile } from "./data-file.ts";
import { gitHubIntegration, integrationHash, TestClient, replyText } from "./test-client.ts";

describe("the data file", () => {
  let folder = "";
  let count = 0;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "emulator-data-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function freshFile(): string {
    count += 1;
    return join(folder, `${count}.data`);
  }

  test("keeps everything: integrations with their secrets, and what is around them", async () => {
    const data = freshFile();
    const first = await startEmulator({ data });
    const client = new TestClient(first);
    const kept = await client.createIntegration(
      gitHubIntegration({ identifier: "kept", permissions: { admins: "MANAGE", others: "DENIED" } }),
    );
    const gone = await client.createIntegration(gitHubIntegration({ identifier: "gone" }));
    await client.inWorkspace("DELETE", `/integrations/${integrationHash(gone.json)}`);
    await client.inWorkspace("POST", "/groups", { name: "later" });
    await client.call("POST", "/workspaces", { domain: "another-one" });
    const stored = first.stored();
    const groups = await client.inWorkspace("GET", "/groups");
    await first.close();
    assert.equal(statSync(data).mode & 0o777, 0o600);

    const second = await startEmulator({ data });
    assert.deepEqual(second.stored(), stored);
    assert.equal(replyText(kept, "identifier"), "kept");
    const again = new TestClient(second);
    assert.deepEqual(
      (await again.inWorkspace("GET", "/groups")).text.replaceAll(second.url, ""),
      groups.text.replaceAll(first.url, ""),
    );
    assert.equal((await again.call("GET", "/workspaces/another-one")).status, 200);
    await second.close();
  });

  test("is seeded once: a later start keeps what is there", async () => {
    const data = freshFile();
    const first = await startEmulator({ data });
    const path = "/workspaces/my-company/groups/1";
    assert.equal((await new TestClient(first).call("DELETE", path)).status, 204);
    await first.close();
    const second = await startEmulator({ data });
    assert.equal((await new TestClient(second).call("GET", path)).status, 404);
    await second.close();
  });

  test("survives SIGKILL in the middle of creations: every answered one is there", async () => {
    const data = freshFile();
    const script = `
      import { runEmulator } from "./src/emulator/index.ts";
      await runEmulator({ data: ${JSON.stringify(data)} }, { stdout: process.stdout, signal: new AbortController().signal });`;
    const child = spawn("node", ["--import", "tsx", "--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = new Map<string, string>();
    for await (const line of createInterface(child.stdout)) {
      const [name = "", value = ""] = line.split("=");
      lines.set(name, value);
      if (lines.size === 3) break;
    }
    const client = new TestClient({
      url: lines.get("BUDDY_BASE_URL") ?? "",
      token: lines.get("BUDDY_TOKEN") ?? "",
      workspace: lines.get("BUDDY_WORKSPACE") ?? "",
    });
    const answered: string[] = [];
    const createUntilItDies = async (worker: number): Promise<void> => {
      const reply = await client
        .createIntegration(gitHubIntegration({ identifier: `n${worker}_${answered.length}` }))
        .catch(() => undefined);
      if (reply === undefined) return;
      answered.push(integrationHash(reply.json));
      if (answered.length === 150) child.kill("SIGKILL");
      await createUntilItDies(worker);
    };
    await Promise.all([1, 2, 3, 4].map(createUntilItDies));
    if (child.signalCode === null) await once(child, "exit");
    assert.equal(child.signalCode, "SIGKILL");
    assert.ok(answered.length >= 150);

    const emulator = await startEmulator({ data });
    const stored = emulator.stored().map((it) => it.hash_id);
    assert.deepEqual(
      answered.filter((hash) => !stored.includes(hash)),
      [],
    );
    assert.equal(new Set(stored).size, stored.length);
    await emulator.close();
  });

  test("a last line that was cut off is dropped, and writing goes on behind it", async () => {
    const data = freshFile();
    const first = await startEmulator({ data });
    await new TestClient(first).createIntegration(gitHubIntegration({ identifier: "whole" }));
    await first.close();
    appendFileSync(data, '[{"op":"put","ws":"my-company","table":"integr');
    const second = await startEmulator({ data });
    await new TestClient(second).createIntegration(gitHubIntegration({ identifier: "next" }));
    await second.close();
    const third = await startEmulator({ data });
    assert.deepEqual(
      third.stored().map((it) => it.identifier),
      ["whole", "next"],
    );
    await third.close();
  });

  test("a damaged line, or another file, is refused with its place and left alone", async () => {
    const damaged = freshFile();
    writeFileSync(damaged, '{"buddy-emulator-data":1}\n[{"op":"next-id","value":3}]\n{oops\n[]\n');
    await assert.rejects(startEmulator({ data: damaged }), { message: `${damaged}:3: damaged line` });
    const foreign = freshFile();
    writeFileSync(foreign, "version: 1\n");
    await assert.rejects(startEmulator({ data: foreign }), {
      message: `${foreign} isn't a data file of this emulator`,
    });
    assert.equal(readFileSync(foreign, "utf8"), "version: 1\n");
  });

  test("a write adds a line; the file is rewritten only when most of it is history", () => {
    const path = freshFile();
    const { state, log } = openDataFile(path);
    const change = { op: "user", value: { id: 1, name: "n", email: "n@example.com" } } as const;
    const append = () => {
      log.append([change]);
      state.users.set(1, change.value);
      log.settle(state);
    };
    append();
    const one = statSync(path).size;
    append();
    const line = statSync(path).size - one;
    let largest = 0;
    for (let n = 0; n < 20_000; n += 1) {
      append();
      largest = n % 1000 === 0 ? Math.max(largest, statSync(path).size) : largest;
    }
    assert.ok(largest > 15_000 * line);
    assert.ok(statSync(path).size < 100 * line);
    log.close();
    assert.deepEqual([...openDataFile(path).state.users.values()], [change.value]);
  });
});
