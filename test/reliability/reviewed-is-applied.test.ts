import { test } from "node:test";
import { assertNothingUnreviewed, assertOneHashOneApply } from "../support/two-files.ts";

test("two files whose plans have one hash send the same requests, and lock the same, given the same values", () =>
  assertOneHashOneApply(400));

test("what --expect accepts sends nothing that the reviewed plan wouldn't have sent, but new values of the same variables", () =>
  assertNothingUnreviewed(400));
