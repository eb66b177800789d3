import { fieldInfo } from "../model/catalog.ts";
import type { Key } from "../model/integration.ts";
import { quoteName } from "../model/printable.ts";
import { isSecretName } from "./secret-names.ts";
import type { YamlPath } from "./yaml/node.ts";

/**
 * How messages call a place: `aws_prod`, `aws_prod.permissions.users[0].id`, `the file`. Names below a secret field are
 * left out: they may be part of what was meant to be its value (`token: {abc}`).
 */
export function pathLabel(path: YamlPath): string {
  const field = path[0] === "integrations" ? 2 : 1;
  const secret = path.findIndex((step, index) => index >= field && hidesWhatIsBelow(step, path[field], index > field));
  const spoken = secret === -1 ? path : path.slice(0, secret + 1);
  const steps = spoken[0] === "integrations" && spoken.length > 1 ? spoken.slice(1) : spoken;
  const words = steps.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`));
  return words.length === 0 ? "the file" : quoteName(words.join(""));
}

/** The same of a place within an integration. */
export function fieldLabel(key: Key, path: YamlPath): string {
  return pathLabel(["integrations", key, ...path]);
}

function hidesWhatIsBelow(step: string | number, field: string | number | undefined, isNested: boolean): boolean {
  return isNested ? field === "extra" && isSecretName(step) : fieldInfo(String(step))?.hidden === true;
}
