import { childNode, scalarText } from "../../config/yaml/node.ts";
import { parseYaml } from "../../config/yaml/parse.ts";
import type { DeclaredInputs } from "./reference-keys.ts";

/** The inputs that definitions of custom actions (`action.yml`) declare as integrations: of a type `…_INTEGRATION`. */
export function declaredInputs(definitions: readonly string[]): DeclaredInputs {
  const declared = new Map<string, ReadonlySet<string>>();
  for (const text of definitions) {
    const parsed = parseYaml(text);
    if (parsed.kind === "none") continue;
    const { root } = parsed;
    const name = scalarText(childNode(root, "name"));
    const inputs = childNode(root, "inputs");
    if (name === undefined || inputs?.kind !== "map") continue;
    const names = [...inputs.entries].flatMap(([input, { value }]) => {
      const type = scalarText(childNode(value, "type")) ?? "";
      return /(?:^|_)INTEGRATION$/.test(type) ? [input] : [];
    });
    if (names.length > 0) declared.set(name, new Set([...(declared.get(name) ?? []), ...names]));
  }
  return declared;
}
