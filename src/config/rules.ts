import { reportNulls, mergeDefaults } from "./merge.ts";
import { child, isNull, type MapNode, type Node, type Problem } from "./yaml/node.ts";
import { checkAccess } from "./rules/access.ts";
import { checkIdentity } from "./rules/identity.ts";
import { createReport } from "./rules/report.ts";
import { checkScope } from "./rules/scope.ts";
import { checkTarget } from "./rules/target.ts";
import { checkType } from "./rules/type.ts";
import { checkValues } from "./rules/values.ts";
import { knownProperties } from "./schema.generated.js";
import type { WrittenIntegration } from "./written.ts";

export interface Judged {
  /** In the file's order; those that aren't even maps are left out. */
  readonly integrations: readonly WrittenIntegration[];
  readonly problems: readonly Problem[];
}

/** Merges `defaults` and checks what a schema can't say. Works on files that the schema refused, too. */
export function applyRules(root: MapNode): Judged {
  const problems: Problem[] = [];
  const report = createReport(problems);
  const found = (problem: Problem) => problems.push(problem);
  checkTarget(root, report);
  reportNulls(withoutOwn(root), [], found);

  const defaults = knownDefaults(child(root, "defaults"));
  const integrations: WrittenIntegration[] = [];
  const written = child(root, "integrations");
  for (const [key, { key: span, value }] of written?.kind === "map" ? written.entries : []) {
    if (value.kind !== "map") continue;
    const merged = mergeDefaults(defaults, value, key, found);
    const integration = { key, span, own: value, merged };
    integrations.push(integration);
    checkScope(integration, report);
    checkType(integration, report);
    checkAccess(integration, report);
    checkValues(integration, report);
  }
  checkIdentity(integrations, report);
  return { integrations, problems };
}

/** Without what the schema refuses in them, so that it isn't taken for a field of every integration. */
function knownDefaults(node: Node | undefined): MapNode | undefined {
  if (node?.kind !== "map") return undefined;
  const known = knownProperties["defaults"] ?? [];
  return {
    ...node,
    entries: new Map([...node.entries].filter(([name, { value }]) => known.includes(name) && !isNull(value))),
  };
}

/** All but `x-…` and the integrations that are maps: those are looked through when `defaults` is merged. */
function withoutOwn(root: MapNode): MapNode {
  const entries = new Map(root.entries);
  for (const [name, entry] of root.entries) {
    if (name.startsWith("x-")) entries.delete(name);
    if (name !== "integrations") continue;
    entries.delete(name);
    if (entry.value.kind !== "map") continue;
    const empty = [...entry.value.entries].filter(([, each]) => isNull(each.value));
    entries.set(name, { ...entry, value: { ...entry.value, entries: new Map(empty) } });
  }
  return { ...root, entries };
}
