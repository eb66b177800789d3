import { after, before, test } from "node:test";
import { assertAttack, attackNames } from "../support/attack.ts";
import { prepareAttacks, type AttackStart } from "../support/attack-start.ts";

let start: AttackStart;
before(async () => {
  start = await prepareAttacks();
});
after(() => start.remove());

for (const name of await attackNames()) {
  test(`${name}: the plan shows or refuses the attack, and the plan that was reviewed before doesn't allow it`, (t) =>
    assertAttack(t, start, name));
}
