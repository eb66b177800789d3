import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { startEmulator, type Emulator } from "../../src/emulator/index.ts";
import { gitRepository, type TestRepository } from "../support/git.ts";
import { programArguments } from "../support/kill/program.ts";
import { callByHand } from "../support/play-script.ts";
import { runShell, type DocFolder } from "./run-shell.ts";

interface Beginning extends DocFolder {
  readonly emulator: Emulator;
  readonly repository: TestRepository;
}

/** The hash that the documents show. */
const SHOWN_HASH = "NLVaDzgp6W2qJljaQlJOoYdmZ3";
const SEED = `
users: [{ id: 1, name: Owner, email: owner@example.com }]
tokens: [{ name: full, token: full, user: 1, scopes: all }]
workspaces:
  my-company:
    id: 1
    members: [{ id: 1, name: Owner, email: owner@example.com, owner: true }]
    projects: { company-website: { pipelines: [{ id: 1, name: deploy }] } }
hashes: [{ hash_id: ${SHOWN_HASH} }]
`;

const desiredFile = (name: string): string => `version: 1
workspace: my-company
integrations:
  aws_prod:
    type: AMAZON
    name: ${name}
    identifier: aws-production
    scope: PROJECT
    project_name: company-website
    access_key: $AWS_ACCESS_KEY_ID
    secret_key: $AWS_SECRET_ACCESS_KEY
`;

const PIPELINE = `- pipeline: deploy
  actions:
    - action: Upload
      type: AMAZON_S3
      integration_hash: aws_prod
`;

/** The situations in which the commands of a document can begin. A mark names one of them. */
const STARTS: Readonly<Record<string, (folder: Beginning) => Promise<void>>> = {
  /** A workspace that was filled in the web page, and a folder without integrations.yaml. */
  existing: async ({ emulator }) => {
    const scope = { scope: "PROJECT", project_name: "company-website" };
    const keys = { access_key: "theirs", secret_key: "theirs" };
    for (const identifier of ["made_by_hand", "aws_backup"]) {
      const fields = { type: "AMAZON", name: identifier, identifier, ...scope, ...keys };
      await callByHand(emulator, "POST", "/integrations", JSON.stringify(fields));
    }
  },
  /** The same after an export, with one more integration, which isn't of AWS. Its values are in a file. */
  "exported, with secrets.env": async (folder) => {
    await STARTS["existing"]?.(folder);
    const fields = { type: "DOCKER_HUB", name: "hub", identifier: "hub", scope: "WORKSPACE" };
    const login = { username: "theirs", password: "theirs" };
    await callByHand(folder.emulator, "POST", "/integrations", JSON.stringify({ ...fields, ...login }));
    await runShell("buddy-integrations export", folder);
    await writeFile(join(folder.dir, "secrets.env"), "HUB_USERNAME=theirs\nHUB_PASSWORD=theirs\n");
  },
  /** The same as `existing`, beside a file with another integration. */
  "existing and a file": async (folder) => {
    await STARTS["existing"]?.(folder);
    await writeFile(join(folder.dir, "integrations.yaml"), desiredFile("AWS production"));
  },
  /** An integration that was applied and whose lockfile is committed; a pipeline still names its key. */
  applied: async ({ dir, env, repository }) => {
    await mkdir(join(dir, ".buddy"));
    await writeFile(join(dir, "integrations.yaml"), desiredFile("AWS production"));
    await writeFile(join(dir, "buddy.yml"), PIPELINE);
    await writeFile(join(dir, ".buddy/tests.yml"), PIPELINE.replace("deploy", "tests"));
    await runShell("buddy-integrations apply --yes", { dir, env });
    await repository.commit();
    await repository.git("push", "-q", "-u", "origin", "main");
  },
  /** The same, and a branch whose file has a change. */
  "pull request": async (folder) => {
    await STARTS["applied"]?.(folder);
    const { dir, repository } = folder;
    await repository.git("checkout", "-q", "-b", "change");
    await writeFile(join(dir, "integrations.yaml"), desiredFile("AWS"));
    await repository.commit();
    await repository.git("push", "-q", "-u", "origin", "change");
  },
};

export const START_NAMES = Object.keys(STARTS);

/** Makes the folder, its repository and the workspace of a start. They are removed when the test ends. */
export async function prepareStart(test: TestContext, start: string): Promise<DocFolder> {
  const outer = await mkdtemp(join(tmpdir(), "buddy-docs-"));
  await writeFile(join(outer, "seed.yaml"), SEED);
  const emulator = await startEmulator({ seed: join(outer, "seed.yaml") });
  test.after(async () => {
    await emulator.close();
    await rm(outer, { recursive: true, force: true });
  });
  for (const folder of ["work", "home", "bin", "origin"]) await mkdir(join(outer, folder));
  const executable = { mode: 0o755 };
  const program = [process.execPath, ...programArguments([])].map((word) => `'${word}'`).join(" ");
  await writeFile(join(outer, "bin/buddy-integrations"), `#!/bin/sh\nexec ${program} "$@"\n`, executable);
  await writeFile(join(outer, "bin/npx"), '#!/bin/sh\nexec "$@"\n', executable);
  const dir = join(outer, "work");
  const repository = await gitRepository(dir);
  await repository.git("init", "-q", "--bare", "-b", "main", "--template=", join(outer, "origin"));
  await repository.git("remote", "add", "origin", join(outer, "origin"));
  const env = {
    PATH: `${join(outer, "bin")}:${process.env["PATH"] ?? ""}`,
    HOME: join(outer, "home"),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "T",
    GIT_AUTHOR_EMAIL: "t@example.com",
    GIT_COMMITTER_NAME: "T",
    GIT_COMMITTER_EMAIL: "t@example.com",
    BUDDY_BASE_URL: emulator.url,
    BUDDY_TOKEN: emulator.token,
    BUDDY_WORKSPACE: emulator.workspace,
    BUDDY_INTEGRATIONS_KEY: "ab".repeat(32),
    AWS_ACCESS_KEY_ID: "key-of-the-test",
    AWS_SECRET_ACCESS_KEY: "secret-of-the-test",
  };
  await STARTS[start]?.({ dir, env, emulator, repository });
  return { dir, env };
}
