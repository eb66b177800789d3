import assert from "node:assert/strict";
import { test } from "node:test";
import { isOutcomeUnknown } from "./unknown-outcome.ts";

test("a write that gets a redirect, of any status, may have been carried out", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const answer = { path: "/workspaces/w/integrations", status, messages: [], to: "" } as const;
    assert.equal(isOutcomeUnknown({ ...answer, kind: "redirected", method: "POST" }), true, `${status}`);
  }
});
