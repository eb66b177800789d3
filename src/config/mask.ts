import { fieldInfo } from "../model/catalog.ts";
import { isSecretName } from "./secret-names.ts";
import { mayHoldUrlCredentials } from "./url-credentials.ts";
import type { FrameMask } from "./yaml/placer.ts";
import { scalarText, type YamlNode, type YamlSpan } from "./yaml/node.ts";
import type { AsideSpan } from "./yaml/tree.ts";

/** `hide` wins over `show`, and `show` over `neutral` (which isn't shown either): a node behind an alias is seen several times. */
type Visibility = "neutral" | "show" | "hide";
type VisibilityRule = (name: string | number) => readonly [Visibility, VisibilityRule];

const hide: VisibilityRule = () => ["hide", hide];
/** Below a secret or unknown field even names may be part of what was meant to be its value: `token: {abc}`. */
const veil: VisibilityRule = () => ["hide", veil];
const neutral: VisibilityRule = () => ["neutral", neutral];
const known =
  (...names: readonly string[]): VisibilityRule =>
  (name) => [names.includes(String(name)) ? "show" : "hide", hide];
const words: VisibilityRule = (index) => [typeof index === "number" ? "show" : "hide", hide];
const each =
  (judge: VisibilityRule): VisibilityRule =>
  () => ["hide", judge];

/** In `extra` a telling name is all that says that a secret is below it. */
const extra: VisibilityRule = (name) => ["hide", isSecretName(name) ? veil : extra];
const people = each(known("id", "email", "name", "access_level"));
const lifecycle = known("protect", "import", "on_remove", "rotate", "credentials");
const levels = known("admins", "others");
const NESTED: ReadonlyMap<string | number, VisibilityRule> = new Map<string, VisibilityRule>(
  Object.entries({
    lifecycle: (name) => (name === "moved_from" ? ["hide", words] : lifecycle(name)),
    permissions: (name) => (name === "users" || name === "groups" ? ["hide", people] : levels(name)),
    allowed_pipelines: each(known("id", "project", "pipeline")),
    role_assumptions: each(known("arn", "external_id", "duration")),
    extra,
  }),
);

const integration: VisibilityRule = (name) => {
  const nested = NESTED.get(name);
  if (nested !== undefined) return ["hide", nested];
  const info = fieldInfo(String(name));
  return info && !info.hidden ? ["show", hide] : ["hide", veil];
};

const file: VisibilityRule = (name) => {
  switch (name) {
    case "integrations":
      return ["hide", each(integration)];
    case "defaults":
      return ["hide", integration];
    case "version":
    case "workspace":
    case "api":
      return ["show", hide];
    default:
      return [String(name).startsWith("x-") ? "neutral" : "hide", String(name).startsWith("x-") ? neutral : hide];
  }
};

/** Keys are shown, but for those below a secret or unknown field; a value only if it belongs to a known field that isn't secret, or is a plain `$NAME`. */
export function createMask(root: YamlNode, aside: readonly AsideSpan[]): FrameMask {
  const keys = new Map<YamlSpan, boolean>();
  const verdicts = new Map<YamlNode, Visibility>();
  const visit = (node: YamlNode, verdict: Visibility, judge: VisibilityRule): void => {
    if (node.kind === "scalar") {
      const before = verdicts.get(node);
      if (before === undefined || before === "neutral" || verdict === "hide") verdicts.set(node, verdict);
    } else if (node.kind === "list") {
      for (const [index, item] of node.items.entries()) visit(item, ...judge(index));
    } else {
      for (const [name, entry] of node.entries) {
        keys.set(entry.key, judge !== veil && keys.get(entry.key) !== false);
        visit(entry.value, ...judge(name));
      }
    }
  };
  visit(root, "hide", file);
  const spans = [
    ...[...keys].map(([span, shown]) => ({ start: span.start, end: span.end, shown })),
    ...[...verdicts].map(([node, verdict]) => ({ start: node.start, end: node.end, shown: isShown(node, verdict) })),
    ...aside,
  ];
  const ordered = withoutOverlaps(spans.filter((span) => span.end > span.start));
  return { starts: ordered.map((span) => span.start), spans: ordered };
}

function isShown(node: YamlNode, verdict: Visibility): boolean {
  const text = scalarText(node);
  if (text !== undefined && /^\$(?:\{[A-Z_][A-Z0-9_]*\}|[A-Z_][A-Z0-9_]*)$/.test(text)) return true;
  if (text !== undefined && mayHoldUrlCredentials(text)) return false;
  return verdict === "show";
}

function withoutOverlaps<T extends YamlSpan & { readonly shown: boolean }>(spans: readonly T[]): T[] {
  const kept: T[] = [];
  let end = 0;
  // Hidden first: where two overlap, the hidden one stays.
  for (const span of spans.toSorted(
    (a, b) => a.start - b.start || Number(a.shown) - Number(b.shown) || b.end - a.end,
  )) {
    if (span.start < end) continue;
    kept.push(span);
    end = span.end;
  }
  return kept;
}
