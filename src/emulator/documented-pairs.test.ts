import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import { TestClient } from "./test-client.ts";

interface DocumentedPair {
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: string };
  readonly status: number;
  /** The page's text. */
  readonly answer?: string;
  readonly mentions?: string;
}

const FOLDER = new URL("../../fixtures/emulator/", import.meta.url);
const pairs: readonly DocumentedPair[] = parse(readFileSync(new URL("documented-pairs.yaml", FOLDER), "utf8"));

/** JSON as the pages print it: indented, then joined into one line. */
function asPrinted(text: string): string {
  return JSON.stringify(JSON.parse(text), null, 1).replaceAll(/\n */g, " ");
}

describe("requests and answers of the vendor's pages", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({ seed: fileURLToPath(new URL("documented.seed.yaml", FOLDER)) });
  });
  after(async () => emulator.close());

  for (const { name, request, status, answer, mentions = "" } of pairs)
    test(`${name}: ${status}${answer === undefined ? "" : ", byte for byte"}`, async () => {
      const reply = await new TestClient(emulator).call(request.method, request.path, request.body);
      assert.equal(reply.status, status, reply.text);
      if (answer !== undefined) {
        assert.equal(asPrinted(reply.text), answer);
        assert.equal(reply.text, JSON.stringify(JSON.parse(answer)));
      }
      assert.ok(reply.text.includes(mentions), reply.text);
    });

  test("a key in a pair's answer never shows a value that a request sent as a credential", async () => {
    const reply = await new TestClient(emulator).inWorkspace("GET", "/integrations");
    for (const secret of ["made-up", "xxxxxxxx", "docker-hub-token-or-password", "app-password-example"])
      assert.ok(!reply.text.includes(secret));
  });
});
