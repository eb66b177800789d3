import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { changeOf, syncWorkbench } from "../support/sync-workbench.ts";
import { assertLives } from "../support/lives/moving-life.ts";
import { movingLife } from "../support/lives/arbitrary.ts";
import { TRAITS } from "../support/lives/traits.ts";
import { testSeed } from "../support/random.ts";

const seed = testSeed();

test(`after any moves and losses there is one live integration for each key, in its place and locked (seed ${seed})`, async (t) => {
  await assertLives(t, { runs: 20, seed });
});

test(`each kind of move and loss is in at least a tenth of these lives (seed ${seed})`, (t) => {
  const lives = fc.sample(movingLife, { numRuns: 1_000, seed });
  const shares = Object.entries(TRAITS).map(
    ([trait, has]) => [trait, lives.filter(has).length / lives.length] as const,
  );
  t.diagnostic(shares.map(([trait, share]) => `${trait}: ${Math.round(share * 100)} %`).join("; "));
  assert.deepEqual(
    shares.filter(([, share]) => share < 0.1),
    [],
  );
});

test("moving a key back to where a lost lockfile left an integration is a conflict until that one is gone", async (t) => {
  for (const list of ["new", "old"] as const) {
    const s = await syncWorkbench(t, { list });
    const web = (scope: string): string => `web: { type: VULTR, name: Web, scope: ${scope}, token: $TOKEN }`;
    const project = web("PROJECT, project_name: company-website");
    const rest = "rest: { type: VULTR, name: Rest, scope: WORKSPACE, token: $TOKEN }";
    await s.writeIntegrations(project, rest);
    await s.apply();
    const left = s.stored("web").hash_id;
    await rm(join(s.dir, "integrations.lock.yaml"));
    await s.writeIntegrations(web("WORKSPACE"), rest);
    assert.equal((await s.apply()).exit, 0);
    await s.writeIntegrations(project, rest);
    const refused = await s.apply(["--allow-replace"]);
    assert.deepEqual([refused.exit, refused.outcomes], [7, ["refused conflict web"]]);
    assert.match(
      changeOf(refused, "conflict", "web").refused.message,
      new RegExp(`already has an integration with the identifier web \\(${left}\\)`),
    );
    assert.equal(s.emulator.stored().length, 3);
    await s.byHand("DELETE", `/integrations/${left}`);
    const replaced = await s.apply(["--allow-replace"]);
    assert.deepEqual([replaced.exit, replaced.outcomes], [0, ["done replace web"]]);
    assert.deepEqual((await s.plan()).changes, ["orphan web"]);
  }
});
