import { test } from "node:test";
import { assertBehaviour, behaviourNames } from "../support/behaviour.ts";

for (const name of await behaviourNames()) {
  test(`${name}: every command of the script prints, writes and exits as in output.txt`, (t) =>
    assertBehaviour(t, name));
}
