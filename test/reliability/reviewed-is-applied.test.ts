import { test } from "node:test";
import { effort } from "../support/effort.ts";
import { assertForgottenIsUnmanaged } from "../support/handed-over.ts";
import { assertPartialApply } from "../support/partial-apply.ts";
import { assertOneHashOneApply } from "../support/two-files.ts";

test("two files whose plans have the same hash send the same requests and lock the same, if the values are the same", () =>
  assertOneHashOneApply(effort(100)));

test("with two reviewed plans, an apply sends only what they show, except new values of the same variables; the next apply does the rest", () =>
  assertPartialApply(effort(100)));

test("a plan decides about everything else as the next plan would after it had only forgotten what it forgets", () =>
  assertForgottenIsUnmanaged(effort(100)));
