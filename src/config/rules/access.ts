import { childNode, listItems, spanAtPath, scalarText, type YamlNode } from "../yaml/node.ts";
import { fieldLabel } from "../path-label.ts";
import type { Key } from "../../model/integration.ts";
import { quoteName } from "../../model/printable.ts";
import { joinWords } from "../../model/text.ts";
import type { ParsedIntegration } from "../parsed-config.ts";
import type { RuleReporter } from "./rule-reporter.ts";

/** Checks permissions and allowed pipelines. */
export function checkAccess({ key, merged }: ParsedIntegration, report: RuleReporter): void {
  const permissions = childNode(merged, "permissions");
  if (permissions?.kind === "map") {
    const missing = ["admins", "others"].filter((name) => !permissions.entries.has(name));
    if (missing.length > 0) {
      const message = `${quoteName(key)} needs ${missing.map((name) => `\`permissions.${name}\``).join(" and ")}`;
      report.error(
        "missing-field",
        spanAtPath(merged, ["permissions"]),
        message,
        "the API replaces permissions as a whole: the server's defaults are `admins: MANAGE`, `others: USE_ONLY`",
      );
    }
    checkAccessList(merged, key, ["permissions", "users"], ["id", "email", "name"], report);
    checkAccessList(merged, key, ["permissions", "groups"], ["id", "name"], report);
  }
  checkAccessList(merged, key, ["allowed_pipelines"], ["id", "project", "pipeline"], report);
}

/** Checks that every item is named in exactly one way, and that no two items are the same. */
function checkAccessList(
  merged: YamlNode,
  key: Key,
  path: readonly string[],
  names: readonly string[],
  report: RuleReporter,
): void {
  let list: YamlNode | undefined = merged;
  for (const step of path) list = childNode(list, step);
  const seen = new Map<string, number>();
  for (const [index, item] of listItems(list).entries()) {
    if (item.kind !== "map") continue;
    const at = [...path, index];
    const given = names.filter((name) => item.entries.has(name));
    const pipeline = names.includes("pipeline");
    const whole = pipeline ? ["id", "project,pipeline"] : names;
    if (!whole.includes(given.join())) {
      const ways = pipeline ? "`id`, or `project` and `pipeline`" : joinWords(names.map(quoteName));
      const what = given.length > 1 && !pipeline ? "can have only one of" : "needs";
      report.error("which-one", spanAtPath(merged, at), `${fieldLabel(key, at)} ${what} ${ways}`);
      continue;
    }
    const identity = given.map((name) => `${name}=${normalizedText(name, scalarText(childNode(item, name)))}`).join();
    const before = seen.get(identity);
    if (before === undefined) seen.set(identity, index);
    else
      report.error(
        "duplicate-item",
        spanAtPath(merged, at),
        `${fieldLabel(key, at)} is the same as ${fieldLabel(key, [...path, before])}`,
        "keep one of the two",
      );
  }
}

function normalizedText(name: string, text = ""): string {
  if (name === "id") return String(Number(text));
  return JSON.stringify(name === "email" ? text.toLowerCase() : text);
}
