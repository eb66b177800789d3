import type { Key } from "../../model/integration.ts";
import { childNode, listItems, spanAtPath, scalarText } from "../yaml/node.ts";
import { quoteName } from "../../model/printable.ts";
import { keysOf, type ParsedIntegration } from "../parsed-config.ts";
import type { RuleReporter } from "./rule-reporter.ts";

/** Checks what must be unique among integrations: identifiers, former keys, hashes to adopt. */
export function checkIdentity(integrations: readonly ParsedIntegration[], report: RuleReporter): void {
  const keys = new Set(integrations.map((each) => each.key));
  const identifiers = new Map<string, Key>();
  const former = new Map<Key, Key>();
  const imports = new Map<string, Key>();
  for (const integration of integrations) {
    checkIdentifier(integration, identifiers, report);
    const lifecycle = childNode(integration.merged, "lifecycle");
    checkMovedFrom(integration, keys, former, report);
    const hash = scalarText(childNode(lifecycle, "import"));
    const before = hash === undefined ? undefined : imports.get(hash);
    if (before !== undefined) {
      report.error(
        "duplicate-import",
        spanAtPath(integration.merged, ["lifecycle", "import"]),
        `${quoteName(integration.key)} and ${quoteName(before)} import the same integration`,
        "one integration of the workspace has one key",
      );
    } else if (hash !== undefined) imports.set(hash, integration.key);
  }
}

function checkIdentifier(integration: ParsedIntegration, seen: Map<string, Key>, report: RuleReporter): void {
  const { key, span, merged } = integration;
  const given = scalarText(childNode(merged, "identifier"));
  const identifier = given ?? key;
  const at = given === undefined ? span : spanAtPath(merged, ["identifier"]);
  // Only the end is checked here. Buddy's own examples have hyphens inside, and the schema refuses one at the
  // beginning.
  if (identifier.endsWith("-")) {
    const what =
      given === undefined
        ? `the key ${quoteName(key)} becomes the identifier, and`
        : `the identifier of ${quoteName(key)}`;
    report.untilLocked(
      { keys: keysOf(integration) },
      "hyphen",
      at,
      `${what} ends with a hyphen: Buddy may refuse it`,
      "remove the hyphen, unless the integration already exists with this identifier",
    );
  }
  // Identifiers are probably unique within a scope and project, across all types: Buddy looks up `integration: NAME`
  // first in the pipeline's project.
  const scope = scalarText(childNode(merged, "scope")) ?? "";
  const place = [scope, scalarText(childNode(merged, "project_name")) ?? "", identifier].join(" ");
  const before = seen.get(place);
  if (before === undefined) seen.set(place, key);
  else
    report.error(
      "duplicate-identifier",
      at,
      `${quoteName(key)} and ${quoteName(before)} have the same identifier in the same ${scope === "PROJECT" ? "project" : "scope"}`,
      "without `identifier`, the key is the identifier",
    );
}

function checkMovedFrom(
  { key, merged }: ParsedIntegration,
  keys: ReadonlySet<Key>,
  former: Map<Key, Key>,
  report: RuleReporter,
): void {
  for (const [index, item] of listItems(childNode(childNode(merged, "lifecycle"), "moved_from")).entries()) {
    const name = scalarText(item);
    if (name === undefined) continue;
    const at = spanAtPath(merged, ["lifecycle", "moved_from", index]);
    const before = former.get(name);
    if (keys.has(name)) {
      const own = name === key ? "its own key" : `${quoteName(name)}, which is still in the file`;
      report.error(
        "moved-from-existing",
        at,
        `${quoteName(key)} can't be moved from ${own}`,
        "`moved_from` holds former keys",
      );
    } else if (before === undefined) former.set(name, key);
    else
      report.error(
        "duplicate-moved-from",
        at,
        before === key
          ? `${quoteName(name)} is twice in \`moved_from\``
          : `${quoteName(key)} and ${quoteName(before)} were both moved from ${quoteName(name)}`,
        "keep one of the two",
      );
  }
}
