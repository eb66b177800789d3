import { test } from "node:test";
import { effort } from "../support/effort.ts";
import { assertPartialApply } from "../support/partial-apply.ts";
import { assertOneHashOneApply } from "../support/two-files.ts";

test("two files whose plans have one hash send the same requests and lock the same, with the same values", () =>
  assertOneHashOneApply(effort(100)));

test("with two reviewed plans, an apply sends only what they show, except new values of the same variables; the next apply does the rest", () =>
  assertPartialApply(effort(100)));
