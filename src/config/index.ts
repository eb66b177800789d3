import type { Diagnostic, Place } from "../model/diagnostic.ts";
import { hasErrors, sortDiagnostics } from "../model/diagnostic.ts";
import { decode, type UnreadableText } from "./yaml/decode.ts";
import { createPlacer, toDiagnostic, type Mask } from "./yaml/frame.ts";
import { createMask } from "./mask.ts";
import { child, spanOf, textOf, type MapNode, type Problem, type Span } from "./yaml/node.ts";
import { parseYaml } from "./yaml/parse.ts";
import { readText, referenceTexts } from "./references.ts";
import { applyRules } from "./rules.ts";
import { normalizeApi } from "./rules/target.ts";
import { checkSchema } from "./schema.ts";
import { createSource } from "./yaml/source.ts";
import type { Written, WrittenIntegration } from "./written.ts";

export type { Written } from "./written.ts";
export { resolveConfig } from "./resolve.ts";
export { makeLookup, type Lookup } from "./lookup.ts";

export interface Loaded {
  /** Absent when there are errors. */
  readonly written?: Written;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the desired state: text, YAML, schema, rules. Needs no value of any variable. All problems at once, in order. */
export function loadConfig(file: string, bytes: Uint8Array): Loaded {
  const text = decode(bytes);
  if (!text.ok) return { diagnostics: [unreadable(file, text.error)] };
  const source = createSource(file, text.value);
  const { root, problems: found, aside } = parseYaml(text.value);
  const mask = root && once(() => createMask(root, aside));
  const place = createPlacer(source, mask);
  let problems = found;
  let integrations: readonly WrittenIntegration[] = [];
  if (root?.kind === "map") {
    const judged = applyRules(root);
    problems = [...found, ...checkSchema(root), ...judged.problems];
    integrations = judged.integrations;
  } else if (root) {
    problems = [...found, notAMap(root)];
  }
  const diagnostics = sortDiagnostics(distinct(problems).map((problem) => toDiagnostic(problem, place)));
  if (root?.kind !== "map" || hasErrors(diagnostics)) return { diagnostics };
  return { written: toWritten(file, root, integrations, place), diagnostics };
}

function toWritten(
  file: string,
  root: MapNode,
  integrations: readonly WrittenIntegration[],
  place: (span: Span) => Place,
): Written {
  const byKey = new Map(integrations.map((integration) => [integration.key, integration]));
  const api = textOf(child(root, "api"));
  const base = api === undefined ? undefined : normalizeApi(api);
  const workspace = textOf(child(root, "workspace"));
  return {
    file,
    target: { ...(base !== undefined && { api: base }), ...(workspace !== undefined && { workspace }) },
    keys: [...byKey.keys()].toSorted(),
    references: referencesOf(integrations),
    integrations,
    locate: (key, path = []) => {
      if (key === undefined) return place(spanOf(root, path, { start: root.start, end: root.start }));
      const integration = byKey.get(key);
      return integration && place(spanOf(integration.merged, path, integration.span));
    },
  };
}

function referencesOf(integrations: readonly WrittenIntegration[]): readonly string[] {
  const names = new Set<string>();
  for (const { merged } of integrations) {
    for (const { text } of referenceTexts(merged)) {
      const reading = readText(text);
      if (reading.kind === "reference") names.add(reading.name);
    }
  }
  return [...names].toSorted();
}

/** What stands behind an alias is judged wherever it is used; an alias that leads nowhere is no empty value as well. */
function distinct(problems: readonly Problem[]): Problem[] {
  const astray = new Set(problems.filter(({ code }) => code.startsWith("alias")).map(({ span }) => span.start));
  const kept = problems.filter(({ code, span }) => code !== "null-value" || !astray.has(span.start));
  return [
    ...new Map(kept.map((problem) => [`${problem.code} ${problem.span.start} ${problem.message}`, problem])).values(),
  ];
}

function notAMap(root: Span): Problem {
  const hint = "begin with `version: 1` and `integrations:`";
  return {
    code: "not-a-map",
    severity: "error",
    message: "the file must be a map",
    hint,
    span: { start: root.start, end: root.start },
  };
}

function unreadable(file: string, { code, message, hint, line, column, offset }: UnreadableText): Diagnostic {
  const position = { line, column, offset };
  return {
    code,
    severity: "error",
    message,
    ...(hint !== undefined && { hint }),
    place: { file, range: { start: position, end: position } },
  };
}

function once(make: () => Mask): () => Mask {
  let made: Mask | undefined;
  return () => (made ??= make());
}
