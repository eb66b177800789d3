import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, lockSectionOf, planInput } from "../../test/support/builders.ts";
import type { IntegrationWithIds } from "../model/integration.ts";
import type { PlanInput } from "./input.ts";
import { planIntegrations } from "./plan.ts";

/** Half of the wanted integrations are locked and half are new, beside as many that nobody manages. */
function mixedInput(count: number): PlanInput {
  const make = (prefix: string): IntegrationWithIds[] =>
    Array.from({ length: count }, (_, index) => desired(`${prefix}${index}`));
  const [locked, created, unmanaged] = [make("locked"), make("new"), make("other")];
  const lock = lockSectionOf(Object.fromEntries(locked.map((each) => [each.key, entry(each)])));
  return planInput([...locked, ...created], { lock, live: [...locked, ...unmanaged].map((each) => live(each)) });
}

/** How often a plan reads an item of the file, the lockfile and the workspace. */
function itemsRead(input: PlanInput): number {
  let reads = 0;
  const count = (): void => {
    reads += 1;
  };
  assert.ok(input.observed !== "offline");
  const counted: PlanInput = {
    ...input,
    desired: countedList(input.desired, count),
    lock: countedMap(input.lock, count),
    observed: { ...input.observed, live: countedMap(input.observed.live, count) },
  };
  assert.ok(planIntegrations(counted).changes.length > 0);
  return reads;
}

function countedList<T>(items: readonly T[], count: () => void): readonly T[] {
  return new Proxy(items, {
    get: (target, name, receiver): unknown => {
      if (typeof name === "string" && /^\d+$/.test(name)) count();
      return Reflect.get(target, name, receiver);
    },
  });
}

function countedMap<K, V>(items: ReadonlyMap<K, V>, count: () => void): ReadonlyMap<K, V> {
  class CountedMap extends Map<K, V> {
    override *entries(): MapIterator<[K, V]> {
      for (const item of super.entries()) {
        count();
        yield item;
      }
    }
    override *values(): MapIterator<V> {
      for (const [, value] of this.entries()) yield value;
    }
    override *keys(): MapIterator<K> {
      for (const [key] of this.entries()) yield key;
    }
    override [Symbol.iterator](): MapIterator<[K, V]> {
      return this.entries();
    }
  }
  return new CountedMap(items);
}

test("a plan of ten times as many integrations reads ten times as many items: none are searched for each change", () => {
  const [few, many] = [itemsRead(mixedInput(20)), itemsRead(mixedInput(200))];
  assert.ok(few > 0);
  assert.ok(many <= few * 11, `${few} items, then ${many}`);
});
