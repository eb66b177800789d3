import { test } from "node:test";
import { assertPartialApply } from "../../support/partial-apply.ts";
import { assertOneHashOneApply } from "../../support/two-files.ts";

test("two files whose plans have one hash send the same requests, and lock the same, given the same values", () =>
  assertOneHashOneApply(20_000));

test("what --expect accepts sends nothing that the reviewed plan wouldn't have sent, but new values of the same variables", () =>
  assertPartialApply(20_000));
