import { fieldInfo, fieldNames } from "../model/catalog.ts";
import { isSecretName } from "./secret-names.ts";
import { mayHoldUrlCredentials } from "../model/url-credentials.ts";
import type { FrameMask } from "./yaml/placer.ts";
import { scalarText, type YamlNode, type YamlSpan } from "./yaml/node.ts";
import type { AsideSpan } from "./yaml/tree.ts";

/**
 * What may be shown of a part of the file. A word applies to the part and everything below it:
 * - `shown`: the value; if a map or list is in its place, only its names
 * - `names`: only names
 * - `nothing`: not even names, which may be part of an intended value: `token: {abc}`
 * - `extra`: only names, and nothing below a name that hints at a secret
 * - `elsewhere`: only names, and values that an alias uses in a place where they may be shown
 */
type Visibility =
  | "shown"
  | "names"
  | "nothing"
  | "extra"
  | "elsewhere"
  | { readonly each: Visibility }
  | { readonly items: Visibility }
  | { readonly named: ReadonlyMap<string, Visibility>; readonly others: Visibility };

function onlyNamed(...names: readonly string[]): Visibility {
  return { named: new Map(names.map((name) => [name, "shown"])), others: "names" };
}

const PEOPLE: Visibility = { each: onlyNamed("id", "email", "name", "access_level") };

const INTEGRATION: Visibility = {
  named: new Map<string, Visibility>([
    ...fieldNames.filter((name) => fieldInfo(name)?.hidden === false).map((name) => [name, "shown"] as const),
    [
      "lifecycle",
      {
        named: new Map<string, Visibility>([
          ...["protect", "import", "recreate", "on_remove", "rotate", "credentials"].map(
            (name) => [name, "shown"] as const,
          ),
          ["moved_from", { items: "shown" }],
        ]),
        others: "names",
      },
    ],
    [
      "permissions",
      {
        named: new Map<string, Visibility>([
          ["admins", "shown"],
          ["others", "shown"],
          ["users", PEOPLE],
          ["groups", PEOPLE],
        ]),
        others: "names",
      },
    ],
    ["allowed_pipelines", { each: onlyNamed("id", "project", "pipeline") }],
    ["role_assumptions", { each: onlyNamed("arn", "external_id", "duration") }],
    ["extra", "extra"],
  ]),
  others: "nothing",
};

const FILE: ReadonlyMap<string, Visibility> = new Map<string, Visibility>([
  ["integrations", { each: INTEGRATION }],
  ["defaults", INTEGRATION],
  ["version", "shown"],
  ["workspace", "shown"],
  ["api", "shown"],
  ["removed", { items: "shown" }],
]);

/** The visibility of the file's top level. Texts under `x-…` are for use by aliases. */
function fileVisibility(root: YamlNode): Visibility {
  const own = root.kind === "map" ? [...root.entries.keys()].filter((name) => name.startsWith("x-")) : [];
  return { named: new Map([...FILE, ...own.map((name) => [name, "elsewhere"] as const)]), others: "names" };
}

/** The visibility of what a part holds under this name, or at this index. */
function visibilityWithin(visibility: Visibility, step: string | number): Visibility {
  if (visibility === "extra") return isSecretName(step) ? "nothing" : "extra";
  if (typeof visibility === "string") return visibility === "shown" ? "names" : visibility;
  if ("each" in visibility) return visibility.each;
  if ("items" in visibility) return typeof step === "number" ? visibility.items : "names";
  return visibility.named.get(String(step)) ?? visibility.others;
}

/**
 * Decides what a frame may show. Keys are shown, except below a secret or unknown field. A value is shown only if it
 * belongs to a known field that isn't secret, or is a plain `$NAME`.
 */
export function createMask(root: YamlNode, aside: readonly AsideSpan[]): FrameMask {
  const keys = new Map<YamlSpan, boolean>();
  // The value of an alias is in several places. It is shown only if it may be shown in all of them.
  const values = new Map<YamlNode, "shown" | "hidden" | "elsewhere">();
  const visit = (node: YamlNode, visibility: Visibility): void => {
    if (node.kind === "scalar") {
      const here = visibility === "shown" || visibility === "elsewhere" ? visibility : "hidden";
      const before = values.get(node) ?? "elsewhere";
      if (before === "elsewhere" || here === "hidden") values.set(node, here);
    } else if (node.kind === "list") {
      for (const [index, item] of node.items.entries()) visit(item, visibilityWithin(visibility, index));
    } else {
      for (const [name, { key, value }] of node.entries) {
        keys.set(key, visibility !== "nothing" && keys.get(key) !== false);
        visit(value, visibilityWithin(visibility, name));
      }
    }
  };
  visit(root, fileVisibility(root));
  const spans = [
    ...[...keys].map(([span, shown]) => ({ start: span.start, end: span.end, shown })),
    ...[...values].map(([node, found]) => ({
      start: node.start,
      end: node.end,
      shown: mayShowValue(node, found === "shown"),
    })),
    ...aside,
  ];
  const ordered = withoutOverlaps(spans.filter((span) => span.end > span.start));
  return { starts: ordered.map((span) => span.start), spans: ordered };
}

/**
 * Two rules take precedence over the field's own rule: a reference is not a secret, and the part of an address after
 * `@`, `?` or `#` may be one.
 */
function mayShowValue(node: YamlNode, isShownField: boolean): boolean {
  const text = scalarText(node);
  if (text !== undefined && /^\$(?:\{[A-Z_][A-Z0-9_]*\}|[A-Z_][A-Z0-9_]*)$/.test(text)) return true;
  if (text !== undefined && mayHoldUrlCredentials(text)) return false;
  return isShownField;
}

function withoutOverlaps<T extends YamlSpan & { readonly shown: boolean }>(spans: readonly T[]): T[] {
  const kept: T[] = [];
  let end = 0;
  // Put hidden spans first: if two overlap, the hidden one is kept.
  for (const span of spans.toSorted(
    (a, b) => a.start - b.start || Number(a.shown) - Number(b.shown) || b.end - a.end,
  )) {
    if (span.start < end) continue;
    kept.push(span);
    end = span.end;
  }
  return kept;
}
