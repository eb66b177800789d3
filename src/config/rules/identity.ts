import type { Key } from "../../model/integration.ts";
import { child, itemsOf, spanOf, textOf } from "../yaml/node.ts";
import { quote } from "../../model/text.ts";
import { keysOf, type WrittenIntegration } from "../written.ts";
import type { Report } from "./report.ts";

/** What must be unlike between integrations: identifiers, former keys, hashes to adopt. */
export function checkIdentity(integrations: readonly WrittenIntegration[], report: Report): void {
  const keys = new Set(integrations.map((each) => each.key));
  const identifiers = new Map<string, Key>();
  const former = new Map<Key, Key>();
  const imports = new Map<string, Key>();
  for (const integration of integrations) {
    checkIdentifier(integration, identifiers, report);
    const lifecycle = child(integration.merged, "lifecycle");
    checkMovedFrom(integration, keys, former, report);
    const hash = textOf(child(lifecycle, "import"));
    const before = hash === undefined ? undefined : imports.get(hash);
    if (before !== undefined) {
      report.error(
        "duplicate-import",
        spanOf(integration.merged, ["lifecycle", "import"]),
        `${quote(integration.key)} and ${quote(before)} import the same integration`,
        "one integration of the workspace has one key",
      );
    } else if (hash !== undefined) imports.set(hash, integration.key);
  }
}

function checkIdentifier(integration: WrittenIntegration, seen: Map<string, Key>, report: Report): void {
  const { key, span, merged } = integration;
  const given = textOf(child(merged, "identifier"));
  const identifier = given ?? key;
  const at = given === undefined ? span : spanOf(merged, ["identifier"]);
  // Inside, Buddy's own examples have hyphens. One at the beginning isn't a key or an identifier at all.
  if (identifier.endsWith("-")) {
    const what =
      given === undefined ? `the key ${quote(key)} becomes the identifier, and` : `the identifier of ${quote(key)}`;
    report.once(
      { keys: keysOf(integration) },
      "hyphen",
      at,
      `${what} ends with a hyphen: Buddy may refuse it`,
      "take the hyphen away, unless the integration exists with this identifier",
    );
  }
  // Probably unique per scope and owner, whatever the type: `integration: NAME` in a pipeline means one of its project first.
  const scope = textOf(child(merged, "scope")) ?? "";
  const place = [scope, textOf(child(merged, "project_name")) ?? "", identifier].join(" ");
  const before = seen.get(place);
  if (before === undefined) seen.set(place, key);
  else
    report.error(
      "duplicate-identifier",
      at,
      `${quote(key)} and ${quote(before)} have the same identifier in the same ${scope === "PROJECT" ? "project" : "scope"}`,
      "without `identifier`, the key is the identifier",
    );
}

function checkMovedFrom(
  { key, merged }: WrittenIntegration,
  keys: ReadonlySet<Key>,
  former: Map<Key, Key>,
  report: Report,
): void {
  for (const [index, item] of itemsOf(child(child(merged, "lifecycle"), "moved_from")).entries()) {
    const name = textOf(item);
    if (name === undefined) continue;
    const at = spanOf(merged, ["lifecycle", "moved_from", index]);
    const before = former.get(name);
    if (keys.has(name)) {
      const own = name === key ? "its own key" : `${quote(name)}, which is still in the file`;
      report.error(
        "moved-from-existing",
        at,
        `${quote(key)} can't be moved from ${own}`,
        "`moved_from` holds keys that are gone",
      );
    } else if (before === undefined) former.set(name, key);
    else
      report.error(
        "duplicate-moved-from",
        at,
        before === key
          ? `${quote(name)} stands twice in \`moved_from\``
          : `${quote(key)} and ${quote(before)} were both moved from ${quote(name)}`,
        "keep one of the two",
      );
  }
}
