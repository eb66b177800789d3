import { fieldInfo } from "../model/catalog.ts";
import { quoteName } from "../model/printable.ts";
import type { YamlPath } from "./yaml/node.ts";

/**
 * How messages call a place: `aws_prod`, `aws_prod.permissions.users[0].id`, `the file`. Names below a secret field are
 * left out: they may be part of what was meant to be its value (`token: {abc}`).
 */
export function pathLabel(path: YamlPath): string {
  const field = path[0] === "integrations" ? 2 : 1;
  const spoken = fieldInfo(String(path[field] ?? ""))?.hidden ? path.slice(0, field + 1) : path;
  const steps = spoken[0] === "integrations" && spoken.length > 1 ? spoken.slice(1) : spoken;
  const words = steps.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`));
  return words.length === 0 ? "the file" : quoteName(words.join(""));
}
