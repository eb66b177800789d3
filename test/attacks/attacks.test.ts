import { after, before, test } from "node:test";
import { assertAttack, attackNames } from "../support/attack.ts";
import { prepareAttacks, type AttackStart } from "../support/attack-start.ts";

let start: AttackStart;
before(async () => {
  start = await prepareAttacks();
});
after(() => start.remove());

for (const name of await attackNames()) {
  test(`${name}: the plan shows it or refuses it, and what was reviewed before it is not applied`, (t) =>
    assertAttack(t, start, name));
}
