import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { displayWidth } from "../../src/render/width.ts";
import { runCli, type CliResult } from "../support/workbench.ts";

const explain = (...args: readonly string[]): Promise<CliResult> => runCli(["explain", ...args], tmpdir());

test("explain TYPE shows what each recipe needs, with a block to paste, and needs neither a file nor a token", async () => {
  const { exit, stdout, stderr } = await explain("azure_cloud");
  assert.deepEqual([exit, stderr], [0, ""]);
  assert.equal(
    stdout,
    `AZURE_CLOUD (type: Microsoft Azure)

Azure, with a service principal, or through OIDC.

Service principal, with auth_type DEFAULT (or without): needs app_id, tenant_id and password.

  azure_cloud:
    type: AZURE_CLOUD
    name: Microsoft Azure
    scope: WORKSPACE
    app_id: 11111111-2222-3333-4444-555555555555
    tenant_id: 66666666-7777-8888-9999-000000000000
    password: $AZURE_CLOUD_PASSWORD

OIDC, with auth_type OIDC: needs app_id, tenant_id and audience.

  azure_cloud:
    type: AZURE_CLOUD
    name: Microsoft Azure
    scope: WORKSPACE
    auth_type: OIDC
    app_id: 11111111-2222-3333-4444-555555555555
    tenant_id: 66666666-7777-8888-9999-000000000000
    audience: https://example.com/buddy

- Secret, so references: password.
- Never returned by the API: tenant_id, password.
- Can't change after creation: type, scope, project_name.
`,
  );
});

test("explain FIELD and explain CODE say what they are and what to do", async () => {
  const field = await explain("webhook_address");
  assert.match(field.stdout, /^webhook_address \(field: text\)\n/);
  assert.match(field.stdout, /- It may carry a credential, so it is never shown in output\.\n/);
  const code = await explain("literal-secret");
  assert.equal(
    code.stdout,
    `literal-secret (code of a diagnostic)

A secret is written into the file in plain text.

Put the value into an environment variable and write \`$NAME\`. If the text was ever committed,
replace the secret: it is in git's history.
`,
  );
});

test("explain --format json prints one document, for one name and for all", async () => {
  const one = JSON.parse((await explain("DOCKER_HUB", "--format", "json")).stdout);
  assert.deepEqual(one.explanations[0].recipes[0].required, ["username", "password"]);
  assert.deepEqual(one.explanations[0].secret, ["password"]);
  const all = JSON.parse((await explain("--format", "json")).stdout);
  assert.ok(all.explanations.length > 250);
  assert.deepEqual(new Set(all.explanations.map(({ kind }: { readonly kind: string }) => kind)).size, 6);
});

test("an unknown name is an error with the most similar name, in JSON too", async () => {
  const { exit, stdout, stderr } = await explain("GITHUB");
  assert.deepEqual([exit, stdout], [3, ""]);
  assert.equal(
    stderr,
    "error [unknown-term]: there is no type, field or code `GITHUB`\n  hint: did you mean GIT_HUB?\n",
  );
  const json = await explain("GITHUB", "--format", "json");
  assert.equal(json.exit, 3);
  assert.deepEqual(JSON.parse(json.stdout).explanations, []);
  assert.equal(JSON.parse(json.stdout).diagnostics[0].hint, "did you mean GIT_HUB?");
});

test("on a terminal of 80 columns, prose is wrapped and blocks to paste are not", async () => {
  let text = "";
  const io = { stdout: { isTTY: true, columns: 80, write: (more: string) => (text += more) } };
  for (const term of [[], ["AMAZON"], ["token"], ["unconfirmed-host"]]) {
    await runCli(["explain", ...term], tmpdir(), { io });
  }
  for (const line of text.split("\n")) assert.ok(displayWidth(line) <= 80, line);
});
