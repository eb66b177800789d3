import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, PlanFlags } from "../../plan/change.ts";
import type { WhyUncompared } from "../../plan/field-change.ts";
import { nextAfterPlan } from "./next-step.ts";

const change: Change = {
  action: "delete",
  key: "web",
  type: "VULTR",
  name: "Web",
  hash_id: "5e391f5aae784b7208de0d0a",
  which: "current",
};
const FLAGS: PlanFlags = { adopt: false, allow_replace: false, prune: false, resend: [], only: [] };
const PLAIN = {
  file: "integrations.yaml",
  files: ["integrations.yaml"],
  lockfile: undefined,
  workspace: undefined,
  api: undefined,
  secretsFiles: [],
  asIs: [],
  flags: FLAGS,
  out: undefined,
  expect: [],
  offline: false,
};

test("the proposed apply repeats every option that the plan depends on, quoted for a shell", () => {
  const flags: Required<Omit<PlanFlags, "drift">> = {
    adopt: true,
    allow_replace: true,
    prune: true,
    max_deletions: 3,
    recreate: ["a"],
    resend: ["*"],
    only: ["web", "db_*"],
    exclude: ["db_old"],
    assume_sent: "*",
  };
  assert.equal(
    nextAfterPlan(
      { plan: { changes: [change] }, missing: [] },
      {
        ...PLAIN,
        file: "my file.yaml",
        files: ["my file.yaml"],
        workspace: "ws",
        secretsFiles: ["s.env"],
        asIs: ["TOKEN"],
        flags,
        out: "p.json",
      },
    ),
    "`buddy-integrations apply --file 'my file.yaml' --workspace ws --secrets-file s.env --as-is TOKEN --adopt --allow-replace --prune --max-deletions 3 --recreate a --resend '*' --assume-sent '*' --only web 'db_*' --exclude db_old --expect p.json` makes these changes.",
  );
});

test("no apply is proposed after a plan without changes, with refusals only, or made offline", () => {
  const refused = { ...change, refused: { code: "protected", message: "it is protected" } } as const;
  assert.match(
    nextAfterPlan({ plan: { changes: [] }, missing: [] }, PLAIN),
    /^nothing to apply; change integrations\.yaml/,
  );
  assert.match(
    nextAfterPlan({ plan: { changes: [refused] }, missing: [] }, PLAIN),
    /^do what the refusals above say, then plan again/,
  );
  assert.match(
    nextAfterPlan({ plan: { changes: [change, refused] }, missing: [] }, PLAIN),
    /what is refused stays as it is\.$/,
  );
  assert.match(
    nextAfterPlan({ plan: { changes: [change] }, missing: [] }, { ...PLAIN, offline: true }),
    /^`buddy-integrations plan` reads/,
  );
});

test("if an apply would stop for missing values, the next step names their variables", () => {
  const plan = { changes: [change] };
  assert.match(
    nextAfterPlan({ plan, missing: ["A"] }, PLAIN),
    /^set \$A, which isn't here; then `buddy-integrations apply`/,
  );
  assert.match(nextAfterPlan({ plan, missing: ["A", "B"] }, PLAIN), /^set \$A and \$B, which aren't here; then `/);
});

test("if nothing is due but values were not compared, the next step says what to set", () => {
  const unchanged = (why: WhyUncompared): Change => ({
    action: "keep",
    key: "web",
    type: "VULTR",
    name: "Web",
    hash_id: "5e391f5aae784b7208de0d0a",
    unknown: [{ path: "token", why }],
  });
  const next = (...whys: readonly WhyUncompared[]): string =>
    nextAfterPlan({ plan: { changes: whys.map(unchanged) }, missing: [] }, PLAIN);
  const beginning = "nothing to apply; to see whether a secret was rotated, set";
  assert.equal(next("no-value"), `${beginning} its variable, then plan again.`);
  assert.equal(next("no-key"), `${beginning} BUDDY_INTEGRATIONS_KEY, then plan again.`);
  assert.equal(next("no-key", "no-value"), `${beginning} its variable and BUDDY_INTEGRATIONS_KEY, then plan again.`);
  const record =
    "`buddy-integrations apply --assume-sent '*'` records the values that are here, if they are the live ones";
  assert.equal(
    next("other-key"),
    `nothing to apply; to see whether a secret was rotated, set the BUDDY_INTEGRATIONS_KEY of the last apply; or ${record}.`,
  );
  assert.equal(next("no-fingerprint"), `nothing to apply; to see from now on whether a secret was rotated: ${record}.`);
  assert.equal(next("not-shown"), "nothing to apply; change integrations.yaml and plan again.");
});
