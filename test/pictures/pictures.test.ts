import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { root } from "../support/root.ts";
import { workbench } from "../support/workbench.ts";
import { commentPicture } from "./comment-picture.ts";
import { terminalPicture } from "./terminal-picture.ts";

/** The pictures of the README are drawn from what the program prints; UPDATE_GOLDEN=1 draws them again. */
function assertPicture(name: string, drawn: string): void {
  const file = fileURLToPath(new URL(`docs/pictures/${name}.svg`, root));
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, drawn);
  assert.equal(drawn, readFileSync(file, "utf8"), `docs/pictures/${name}.svg differs; UPDATE_GOLDEN=1 draws it again`);
}

const COLUMNS = 80;
const VALUES = {
  AWS_ACCESS_KEY_ID: "made-up-id",
  AWS_SECRET_ACCESS_KEY: "made-up-key",
  DOCKER_PASSWORD: "made-up-password",
  CDN_TOKEN: "made-up-token",
};

const BEFORE = `version: 1
workspace: my-company
integrations:
  aws_prod:
    type: AMAZON
    name: AWS production
    scope: WORKSPACE
    access_key: $AWS_ACCESS_KEY_ID
    secret_key: $AWS_SECRET_ACCESS_KEY
    permissions: { admins: MANAGE, others: DENIED }
    all_pipelines_allowed: false
  registry:
    type: DOCKER_HUB
    name: Docker Hub
    scope: WORKSPACE
    username: my-company
    password: $DOCKER_PASSWORD
    all_pipelines_allowed: false
  old_cdn:
    type: CLOUDFLARE
    name: Former CDN
    scope: WORKSPACE
    token: $CDN_TOKEN
    all_pipelines_allowed: false
`;

const AFTER = BEFORE.replace(/ {2}old_cdn:[^]*/, "").replace("name: AWS production", 'name: "AWS: production"')
  .concat(`  sentry:
    type: SENTRY
    name: Sentry
    scope: PROJECT
    project_name: website
    token: $SENTRY_TOKEN
    all_pipelines_allowed: false
`);

const PIPELINE = `- pipeline: "Deploy"
  actions:
    - action: "Purge the cache"
      type: "CLOUD_FLARE"
      integration_hash: "HASH"
`;

/** The text as it would be with Buddy itself, without what differs between runs. */
function asOnBuddy(text: string, url: string): string {
  return text
    .replaceAll(url, "https://api.buddy.works")
    .replaceAll(/v2:sha256:[0-9a-f]{64}/g, `v2:sha256:${"4e7a90c1".repeat(8)}`);
}

test("the pictures of the README show what the program prints", async (t) => {
  const seed = fileURLToPath(new URL("test/behaviours/seed.yaml", root));
  const bench = await workbench(t, { seed });
  await bench.write("integrations.yaml", BEFORE);
  const applied = await bench.run(["apply", "--yes", "--concurrency", "1"], { env: VALUES });
  assert.equal(applied.exit, 0, applied.stderr);
  const cdn = bench.emulator.stored().find(({ identifier }) => identifier === "old_cdn");
  const registry = bench.emulator.stored().find(({ identifier }) => identifier === "registry");
  await bench.write("buddy.yml", PIPELINE.replace("HASH", cdn?.hash_id ?? ""));
  await fetch(`${bench.emulator.url}/workspaces/my-company/integrations/${registry?.hash_id}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${bench.emulator.token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Docker Hub", all_pipelines_allowed: true }),
  });
  await bench.write("integrations.yaml", AFTER);

  let screen = "";
  const terminal = { write: (text: string) => (screen += text), isTTY: true, columns: COLUMNS };
  const args = ["plan", "--prune"];
  const plan = await bench.run(args, { env: { FORCE_COLOR: "1" }, io: { stdout: terminal } });
  assert.equal(plan.exit, 0, plan.stderr);
  const shown = `\u001B[2m$\u001B[22m buddy-integrations ${args.join(" ")}\n${asOnBuddy(screen, bench.emulator.url)}`;
  assertPicture("plan", terminalPicture("A plan in a terminal", shown, COLUMNS));

  const comment = await bench.run([...args, "--format", "markdown"]);
  const markdown = asOnBuddy(comment.stdout, bench.emulator.url);
  assertPicture("comment", commentPicture("The same plan as a comment in a pull request", markdown));
});
