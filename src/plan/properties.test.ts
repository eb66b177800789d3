import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { IntegrationWithIds, HashId, FieldValue } from "../model/integration.ts";
import { isList } from "../model/json.ts";
import { Secret } from "../model/secret.ts";
import { planWithInputs, planInput } from "../../test/support/builders.ts";
import { frozen } from "../../test/support/frozen.ts";
import { effort } from "../../test/support/effort.ts";
import { planCase, type PlanCase } from "../../test/support/plan-arbitrary.ts";
import type { Change, Plan } from "./change.ts";
import { planHash } from "./review/plan-hash.ts";
import { reviewedPart } from "./review/reviewed-part.ts";
import { planIntegrations } from "./plan.ts";

const runs = { numRuns: effort(75) };

function planOfCase({ wanted, world }: PlanCase): Plan {
  return planIntegrations(planInput(wanted, world));
}

test("planning doesn't change its input", () => {
  fc.assert(
    fc.property(planCase, ({ wanted, world }) => {
      const input = planInput(wanted, world);
      planIntegrations(frozen(input));
    }),
    runs,
  );
});

test("the order of the file, of the lockfile, of the list and of the answers doesn't matter: the plan is the same bytes", () => {
  fc.assert(
    fc.property(planCase, (each) => {
      const { lock = new Map(), live = [], gone = [], ...rest } = each.world;
      const turned: PlanCase = {
        wanted: each.wanted.toReversed(),
        world: { ...rest, lock: new Map([...lock].toReversed()), live: live.toReversed(), gone: gone.toReversed() },
      };
      assert.equal(JSON.stringify(planOfCase(turned)), JSON.stringify(planOfCase(each)));
    }),
    runs,
  );
});

test("the hash is the same with and without the values of secrets, and so the plan is the expected one", () => {
  fc.assert(
    fc.property(planCase, fc.constantFrom<FieldValue[]>([], ["1"], ["2"]), (each, known) => {
      const here = planWithInputs(each.wanted, each.world);
      const elsewhere = planOfCase({
        ...each,
        wanted: each.wanted.map((integration) => withOtherValues(integration, known)),
      });
      assert.equal(planHash(elsewhere), planHash(here.plan));
      assert.deepEqual(reviewedPart(here, [elsewhere]), here.plan);
    }),
    runs,
  );
});

test("one integration is adopted, deleted or renamed once only, and never both kept and deleted", () => {
  fc.assert(
    fc.property(planCase, (each) => {
      const changes = planOfCase(each).changes.filter(({ refused }) => refused === undefined);
      const of = (...actions: Change["action"][]): HashId[] =>
        changes.flatMap((change) => (actions.includes(change.action) && "hash_id" in change ? [change.hash_id] : []));
      const deleted = of("delete");
      const kept = new Set(of("adopt", "update", "keep", "rename", "record", "replace"));
      assert.equal(new Set(deleted).size, deleted.length);
      assert.deepEqual(
        deleted.filter((hashId) => kept.has(hashId)),
        [],
      );
      const adopted = of("adopt");
      assert.equal(new Set(adopted).size, adopted.length);
    }),
    runs,
  );
});

test("nothing protected is deleted, replaced or recreated, and without the flags nothing is destroyed", () => {
  fc.assert(
    fc.property(planCase, (each) => {
      const plan = planOfCase(each);
      const { flags } = plan;
      const lock = each.world.lock ?? new Map();
      const isWanted = new Set(each.wanted.map(({ key }) => key));
      for (const change of plan.changes) {
        if (change.refused !== undefined) continue;
        const wanted = each.wanted.find(({ key }) => key === change.key);
        const isProtected = (wanted?.lifecycle.protect || lock.get(change.key)?.lifecycle.protect) ?? false;
        if (change.action === "delete") assert.ok(flags.prune && (change.which === "set-aside" || !isProtected));
        if (change.action === "delete" && change.which === "current") assert.ok(!isWanted.has(change.key));
        if (change.action === "replace") assert.ok(flags.allow_replace && !isProtected);
        if (change.action === "create" && change.recreates !== undefined) assert.ok(!isProtected);
      }
    }),
    runs,
  );
});

test("no value of a secret is in a plan", () => {
  fc.assert(
    fc.property(planCase, (each) => {
      const canary = "canary-5f1e";
      const leaky = each.wanted.map((integration) => withOtherValues(integration, [canary]));
      assert.equal(JSON.stringify(planOfCase({ ...each, wanted: leaky })).includes(canary), false);
    }),
    runs,
  );
});

/** The integration with these values for its references, in order. The last value is used for all that follow; without values, none is set. */
function withOtherValues(integration: IntegrationWithIds, values: readonly FieldValue[]): IntegrationWithIds {
  const left = [...values];
  const swap = (value: FieldValue): FieldValue => {
    if (value instanceof Secret) {
      const next = left.length > 1 ? left.shift() : left[0];
      return new Secret(value.variable, typeof next === "string" ? next : undefined);
    }
    if (isList(value)) return value.map(swap);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, swap(item)]));
  };
  return {
    ...integration,
    fields: new Map([...integration.fields].map(([name, value]) => [name, swap(value)])),
    extra: new Map([...integration.extra].map(([name, value]) => [name, swap(value)])),
  };
}
