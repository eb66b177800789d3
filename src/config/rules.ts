import { reportNulls, mergeDefaults } from "./merge.ts";
import { childNode, isNullNode, type MapNode, type YamlNode, type YamlProblem } from "./yaml/node.ts";
import { checkAccess } from "./rules/access.ts";
import { checkIdentity } from "./rules/identity.ts";
import { checkLiterals } from "./rules/literals.ts";
import { checkRemoved } from "./rules/removed.ts";
import { createRuleReporter } from "./rules/rule-reporter.ts";
import { checkScope } from "./rules/scope.ts";
import { checkTarget } from "./rules/target.ts";
import { checkType } from "./rules/type.ts";
import { checkValues } from "./rules/values.ts";
import { knownProperties } from "./schema.generated.js";
import type { ParsedIntegration } from "./parsed-config.ts";

export interface RuleResult {
  /** In the order of the file. Integrations that aren't maps are left out. */
  readonly integrations: readonly ParsedIntegration[];
  readonly problems: readonly YamlProblem[];
}

/** Merges `defaults` and checks what a schema can't say. Also works on files that the schema refused. */
export function applyRules(root: MapNode): RuleResult {
  const problems: YamlProblem[] = [];
  const report = createRuleReporter(problems);
  const found = (problem: YamlProblem) => problems.push(problem);
  checkTarget(root, report);
  reportNulls(withoutIntegrations(root), [], found);

  const defaults = onlyKnownDefaults(childNode(root, "defaults"));
  const integrations: ParsedIntegration[] = [];
  const written = childNode(root, "integrations");
  for (const [key, { key: span, value }] of written?.kind === "map" ? written.entries : []) {
    if (value.kind !== "map") continue;
    const merged = mergeDefaults(defaults, value, key, found);
    const integration = { key, span, own: value, merged };
    integrations.push(integration);
    checkScope(integration, report);
    checkType(integration, report);
    checkAccess(integration, report);
    checkValues(integration, report);
    checkLiterals(integration, report);
  }
  checkIdentity(integrations, report);
  checkRemoved(root, integrations, report);
  return { integrations, problems };
}

/** `defaults` without what the schema refuses, so that it isn't reported as a field of every integration. */
function onlyKnownDefaults(node: YamlNode | undefined): MapNode | undefined {
  if (node?.kind !== "map") return undefined;
  const known = knownProperties["defaults"] ?? [];
  return {
    ...node,
    entries: new Map([...node.entries].filter(([name, { value }]) => known.includes(name) && !isNullNode(value))),
  };
}

/** The file without `x-…` and without the integrations that are maps, which are checked when `defaults` is merged. */
function withoutIntegrations(root: MapNode): MapNode {
  const entries = new Map(root.entries);
  for (const [name, entry] of root.entries) {
    if (name.startsWith("x-")) entries.delete(name);
    if (name !== "integrations") continue;
    entries.delete(name);
    if (entry.value.kind !== "map") continue;
    const empty = [...entry.value.entries].filter(([, each]) => isNullNode(each.value));
    entries.set(name, { ...entry, value: { ...entry.value, entries: new Map(empty) } });
  }
  return { ...root, entries };
}
