import { test } from "node:test";
import { assertPartialApply } from "../support/partial-apply.ts";
import { assertOneHashOneApply } from "../support/two-files.ts";

test("two files whose plans have the same hash send the same requests and lock the same, if the values are the same", () =>
  assertOneHashOneApply(400));

test("with two reviewed plans, an apply sends only what they show, except new values of the same variables; the next apply does the rest", () =>
  assertPartialApply(400));
