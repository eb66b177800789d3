import { child, itemsOf, spanOf, textOf, type Node, type Path } from "../yaml/node.ts";
import { label } from "../label.ts";
import { either, quote } from "../../model/text.ts";
import type { WrittenIntegration } from "../written.ts";
import type { Report } from "./report.ts";

/** Permissions and pipelines. */
export function checkAccess({ key, merged }: WrittenIntegration, report: Report): void {
  const permissions = child(merged, "permissions");
  if (permissions?.kind === "map") {
    const missing = ["admins", "others"].filter((name) => !permissions.entries.has(name));
    if (missing.length > 0) {
      const message = `${quote(key)} needs ${missing.map((name) => `\`permissions.${name}\``).join(" and ")}`;
      report.error(
        "missing-field",
        spanOf(merged, ["permissions"]),
        message,
        "the API replaces permissions as a whole: the server's defaults are `admins: MANAGE`, `others: USE_ONLY`",
      );
    }
    checkList(merged, [key], ["permissions", "users"], ["id", "email", "name"], report);
    checkList(merged, [key], ["permissions", "groups"], ["id", "name"], report);
  }
  checkList(merged, [key], ["allowed_pipelines"], ["id", "project", "pipeline"], report);
}

/** Every item is named in one way, and no two are the same. */
function checkList(merged: Node, key: Path, path: readonly string[], names: readonly string[], report: Report): void {
  let list: Node | undefined = merged;
  for (const step of path) list = child(list, step);
  const seen = new Map<string, number>();
  for (const [index, item] of itemsOf(list).entries()) {
    if (item.kind !== "map") continue;
    const at = [...path, index];
    const given = names.filter((name) => item.entries.has(name));
    const pipeline = names.includes("pipeline");
    const whole = pipeline ? ["id", "project,pipeline"] : names;
    if (!whole.includes(given.join())) {
      const ways = pipeline ? "`id`, or `project` and `pipeline`" : either(names.map(quote));
      const what = given.length > 1 && !pipeline ? "can have only one of" : "needs";
      report.error("which-one", spanOf(merged, at), `${label([...key, ...at])} ${what} ${ways}`);
      continue;
    }
    const identity = given.map((name) => `${name}=${normalized(name, textOf(child(item, name)))}`).join();
    const before = seen.get(identity);
    if (before === undefined) seen.set(identity, index);
    else
      report.error(
        "duplicate-item",
        spanOf(merged, at),
        `${label([...key, ...at])} is the same as ${label([...key, ...path, before])}`,
        "keep one of the two",
      );
  }
}

function normalized(name: string, text = ""): string {
  if (name === "id") return String(Number(text));
  return JSON.stringify(name === "email" ? text.toLowerCase() : text);
}
