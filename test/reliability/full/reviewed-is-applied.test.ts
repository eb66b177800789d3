import { test } from "node:test";
import { assertForgottenIsUnmanaged } from "../../support/handed-over.ts";
import { assertPartialApply } from "../../support/partial-apply.ts";
import { assertOneHashOneApply } from "../../support/two-files.ts";

test("two files whose plans have one hash send the same requests and lock the same, with the same values", () =>
  assertOneHashOneApply(20_000));

test("an apply that --expect accepts sends only what the reviewed plans would have sent, except new values of the same variables", () =>
  assertPartialApply(20_000));

test("a plan decides about everything else as the next plan would after it had only forgotten what it forgets", () =>
  assertForgottenIsUnmanaged(20_000));
