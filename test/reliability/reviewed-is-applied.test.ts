import { test } from "node:test";
import { assertPartialApply } from "../support/partial-apply.ts";
import { assertOneHashOneApply } from "../support/two-files.ts";

test("two files whose plans have one hash send the same requests, and lock the same, given the same values", () =>
  assertOneHashOneApply(400));

test("of two reviewed plans only what they show is sent, but new values of the same variables, and the next apply does the rest", () =>
  assertPartialApply(400));
