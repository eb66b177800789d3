import { fieldInfo } from "../model/catalog.ts";
import type { Key } from "../model/integration.ts";
import { quoteName } from "../model/printable.ts";
import { isSecretName } from "./secret-names.ts";
import type { YamlPath } from "./yaml/node.ts";

/**
 * How messages name a place: `aws_prod`, `aws_prod.permissions.users[0].id`, `the file`. Names below a secret field
 * are left out, since they may be part of an intended value (`token: {abc}`).
 */
export function pathLabel(path: YamlPath): string {
  const field = path[0] === "integrations" ? 2 : 1;
  const secret = path.findIndex((step, index) => index >= field && hidesWhatIsBelow(step, path[field], index > field));
  const shown = secret === -1 ? path : path.slice(0, secret + 1);
  const steps = shown[0] === "integrations" && shown.length > 1 ? shown.slice(1) : shown;
  const words = steps.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`));
  return words.length === 0 ? "the file" : quoteName(words.join(""));
}

/** The same for a place within an integration. */
export function fieldLabel(key: Key, path: YamlPath): string {
  return pathLabel(["integrations", key, ...path]);
}

function hidesWhatIsBelow(step: string | number, field: string | number | undefined, isNested: boolean): boolean {
  return isNested ? field === "extra" && isSecretName(step) : fieldInfo(String(step))?.hidden === true;
}
