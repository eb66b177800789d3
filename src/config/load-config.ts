import { parseApi } from "../model/address.ts";
import { conflictMarker } from "../model/conflict-markers.ts";
import type { Diagnostic, Place } from "../model/diagnostic.ts";
import { hasErrors, sortDiagnostics, type Checked } from "../model/diagnostic.ts";
import { decodeText, type UnreadableText } from "./yaml/decode-text.ts";
import { createPlacer, toDiagnostic, type FrameMask } from "./yaml/placer.ts";
import { createMask } from "./mask.ts";
import { childNode, spanAtPath, scalarText, type MapNode, type YamlProblem, type YamlSpan } from "./yaml/node.ts";
import { parseYaml } from "./yaml/parse.ts";
import { placedReferences } from "./references.ts";
import { applyRules } from "./rules.ts";
import { removedKeys } from "./rules/removed.ts";
import { checkSchema } from "./schema.ts";
import { createSource } from "./yaml/source-text.ts";
import type { ParsedConfig, ParsedIntegration } from "./parsed-config.ts";

export type { ParsedConfig } from "./parsed-config.ts";
export { resolveConfig } from "./resolve.ts";
export { refusedVariableWarnings } from "./refused-variables.ts";
export { createVariableLookup, type VariableLookup } from "./variable-lookup.ts";

/** Reads the desired state: text, YAML, schema, rules. Needs no value of any variable. Reports all problems at once, in order. */
export function loadConfig(file: string, bytes: Uint8Array): Checked<ParsedConfig> {
  const text = decodeText(bytes);
  if (!text.ok) return { ok: false, diagnostics: [unreadableDiagnostic(file, text.error)] };
  const source = createSource(file, text.value);
  const conflict = conflictMarker(text.value);
  if (conflict !== undefined) {
    return { ok: false, diagnostics: [toDiagnostic(conflictProblem(conflict), createPlacer(source, undefined))] };
  }
  const yaml = parseYaml(text.value);
  const root = yaml.kind === "tree" ? yaml.root : undefined;
  const mask = yaml.kind === "tree" ? once(() => createMask(yaml.root, yaml.aside)) : undefined;
  const place = createPlacer(source, mask);
  let { problems } = yaml;
  let integrations: readonly ParsedIntegration[] = [];
  if (root?.kind === "map") {
    const judged = applyRules(root);
    problems = [...problems, ...checkSchema(root), ...judged.problems];
    integrations = judged.integrations;
  } else if (root) {
    problems = [...problems, notAMapProblem(root)];
  }
  const diagnostics = sortDiagnostics(distinctProblems(problems).map((problem) => toDiagnostic(problem, place)));
  if (root?.kind !== "map" || hasErrors(diagnostics)) return { ok: false, diagnostics };
  return { ok: true, value: toParsedConfig(file, root, integrations, place), diagnostics };
}

function toParsedConfig(
  file: string,
  root: MapNode,
  integrations: readonly ParsedIntegration[],
  place: (span: YamlSpan) => Place,
): ParsedConfig {
  const byKey = new Map(integrations.map((integration) => [integration.key, integration]));
  const api = scalarText(childNode(root, "api"));
  const base = api === undefined ? undefined : parseApi(api);
  const workspace = scalarText(childNode(root, "workspace"));
  return {
    file,
    target: { ...(base?.ok && { api: base.value }), ...(workspace !== undefined && { workspace }) },
    keys: [...byKey.keys()].toSorted(),
    removed: removedKeys(root)
      .map(({ key }) => key)
      .toSorted(),
    references: referencedVariables(integrations),
    integrations,
    placeOf: (key, path = []) => {
      if (key === undefined) return place(spanAtPath(root, path, { start: root.start, end: root.start }));
      const integration = byKey.get(key);
      return integration && place(spanAtPath(integration.merged, path, integration.span));
    },
  };
}

function referencedVariables(integrations: readonly ParsedIntegration[]): readonly string[] {
  const names = new Set<string>();
  for (const { merged } of integrations) {
    for (const { name } of placedReferences(merged)) names.add(name);
  }
  return [...names].toSorted();
}

/**
 * Removes duplicates: the value of an alias is checked in every place that uses it, and a broken alias also looks
 * like an empty value.
 */
function distinctProblems(problems: readonly YamlProblem[]): YamlProblem[] {
  const astray = new Set(problems.filter(({ code }) => code.startsWith("alias")).map(({ span }) => span.start));
  const kept = problems.filter(({ code, span }) => code !== "null-value" || !astray.has(span.start));
  return [
    ...new Map(kept.map((problem) => [`${problem.code} ${problem.span.start} ${problem.message}`, problem])).values(),
  ];
}

/**
 * The only problem that is reported then, since the conflict causes all others. No line of a valid file begins with a
 * marker: lines below a key are indented.
 */
function conflictProblem(span: YamlSpan): YamlProblem {
  const hint = "choose one of the two sides, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`";
  return { code: "merge-conflict", severity: "error", message: "the file holds a merge conflict", hint, span };
}

function notAMapProblem(root: YamlSpan): YamlProblem {
  const hint = "begin with `version: 1` and `integrations:`";
  return {
    code: "not-a-map",
    severity: "error",
    message: "the file must be a map",
    hint,
    span: { start: root.start, end: root.start },
  };
}

function unreadableDiagnostic(file: string, { code, message, hint, line, column, offset }: UnreadableText): Diagnostic {
  const position = { line, column, offset };
  return {
    code,
    severity: "error",
    message,
    ...(hint !== undefined && { hint }),
    place: { file, range: { start: position, end: position } },
  };
}

function once(make: () => FrameMask): () => FrameMask {
  let made: FrameMask | undefined;
  return () => (made ??= make());
}
