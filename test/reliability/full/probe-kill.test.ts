import { test } from "node:test";
import { probedWorkspace } from "../../support/kill/probe.ts";

test("a probe killed at each request, before and after it, leaves only what the next one removes", async (t) => {
  const probed = await probedWorkspace();
  t.after(() => probed.close());
  const boundaries = await probed.boundaries();
  for (const [index, boundary] of boundaries.entries()) {
    await probed.probe({ faults: { killAt: index + 1 } });
    await probed.assertNextRemoves(`killed at ${boundary}`);
  }
});
