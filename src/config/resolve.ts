import { fieldInfo } from "../model/catalog.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type {
  AccessLevel,
  DeclaredIntegration,
  Grant,
  GroupRef,
  Lifecycle,
  Permissions,
  PipelineRef,
  Scope,
  UserRef,
  Value,
} from "../model/integration.ts";
import { Secret } from "../model/secret.ts";
import { plainProse } from "../model/text.ts";
import type { Lookup } from "./lookup.ts";
import { child, itemsOf, textOf, type Node } from "./yaml/node.ts";
import { readText, referenceTexts } from "./references.ts";
import { label } from "./label.ts";
import type { Written, WrittenIntegration } from "./written.ts";

/** The desired state with its references looked up: a variable that isn't set gives a secret that isn't known. */
export interface Declared {
  readonly file: string;
  readonly target: Written["target"];
  /** Sorted by key. */
  readonly integrations: readonly DeclaredIntegration[];
  readonly locate: Written["locate"];
}

export interface Resolved {
  /** Absent when there are errors. */
  readonly declared?: Declared;
  readonly diagnostics: readonly Diagnostic[];
}

/** Looks references up. Empty and unreadable values are errors, each at every place that names it; unset is none. */
export function resolveConfig(written: Written, lookup: Lookup): Resolved {
  const diagnostics: Diagnostic[] = [];
  const integrations = written.integrations.map((integration) => declare(integration, written, lookup, diagnostics));
  if (diagnostics.length > 0) return { diagnostics };
  const sorted = integrations.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return {
    declared: { file: written.file, target: written.target, integrations: sorted, locate: written.locate },
    diagnostics,
  };
}

/** These are places of their own in a DeclaredIntegration; everything else is a field. */
const APART = new Set([
  "type",
  "scope",
  "project_name",
  "identifier",
  "permissions",
  "allowed_pipelines",
  "extra",
  "lifecycle",
]);

function declare(
  { key, merged }: WrittenIntegration,
  written: Written,
  lookup: Lookup,
  diagnostics: Diagnostic[],
): DeclaredIntegration {
  const texts = new Map<Node, Value>();
  for (const { node, path, text } of referenceTexts(merged)) {
    const reading = readText(text);
    if (reading.kind === "text") texts.set(node, reading.text);
    if (reading.kind === "reference") {
      const value = secret(reading.name, lookup, (code, message, hint) => {
        const place = written.locate(key, path);
        diagnostics.push({
          code,
          severity: "error",
          message: `${label([key, ...path])}: ${message}`,
          ...(hint !== undefined && { hint }),
          ...(place && { place }),
        });
      });
      texts.set(node, value);
    }
  }
  const fields = [...merged.entries]
    .filter(([name]) => !APART.has(name))
    .map(([name, { value }]) => [name, toField(name, value, texts)] as const);
  const extra = child(merged, "extra");
  const projectName = textOf(child(merged, "project_name"));
  const identifier = textOf(child(merged, "identifier"));
  const permissions = child(merged, "permissions");
  const pipelines = child(merged, "allowed_pipelines");
  return {
    key,
    type: textOf(child(merged, "type")) ?? "",
    scope: toScope(child(merged, "scope")),
    ...(projectName !== undefined && { projectName }),
    ...(identifier !== undefined && { identifier }),
    fields: new Map(fields.toSorted(byName)),
    extra: new Map(
      extra?.kind === "map"
        ? [...extra.entries].map(([name, { value }]) => [name, toValue(value, texts)] as const).toSorted(byName)
        : [],
    ),
    ...(permissions && { permissions: toPermissions(permissions) }),
    ...(pipelines && { allowedPipelines: itemsOf(pipelines).map(toPipeline) }),
    lifecycle: toLifecycle(child(merged, "lifecycle")),
  };
}

function byName(a: readonly [string, Value], b: readonly [string, Value]): number {
  return a[0] < b[0] ? -1 : 1;
}

function secret(name: string, lookup: Lookup, refuse: (code: string, message: string, hint?: string) => void): Secret {
  const found = lookup(name);
  switch (found.kind) {
    case "unset":
      return new Secret(name, undefined);
    case "unreadable":
      refuse("unreadable-variable", `$${name} can't be read from the file that $${name}_FILE names: ${found.problem}`);
      return new Secret(name, undefined);
    case "set":
      if (found.value === "")
        refuse("empty-variable", `$${name} is set, but empty`, "set it to the value, or unset it");
      return new Secret(name, found.value);
    default:
      return found satisfies never;
  }
}

function toField(name: string, node: Node, texts: ReadonlyMap<Node, Value>): Value {
  if (name === "role_assumptions") return itemsOf(node).map((role) => toRole(role, texts));
  const value = texts.get(node) ?? toValue(node, texts);
  return typeof value === "string" && fieldInfo(name)?.public ? plainProse(value) : value;
}

function toRole(node: Node, texts: ReadonlyMap<Node, Value>): Value {
  if (node.kind !== "map") return toValue(node, texts);
  return Object.fromEntries(
    [...node.entries]
      .map(([name, { value }]) => [name, texts.get(value) ?? toValue(value, texts)] as const)
      .toSorted(byName),
  );
}

/** Of valid nodes only, so no name here can be `__proto__`. */
function toValue(node: Node, texts: ReadonlyMap<Node, Value>): Value {
  switch (node.kind) {
    case "scalar":
      return typeof node.value === "string" ? (texts.get(node) ?? node.value) : node.value;
    case "list":
      return node.items.map((item) => toValue(item, texts));
    case "map":
      return Object.fromEntries(
        [...node.entries].map(([name, { value }]) => [name, toValue(value, texts)] as const).toSorted(byName),
      );
    default:
      return node satisfies never;
  }
}

function numberOf(node: Node | undefined): number | undefined {
  return node?.kind === "scalar" && typeof node.value === "number" ? node.value : undefined;
}

function toLifecycle(node: Node | undefined): Lifecycle {
  const hash = textOf(child(node, "import"));
  const rotate = numberOf(child(node, "rotate"));
  const protect = child(node, "protect");
  return {
    protect: protect?.kind === "scalar" && protect.value === true,
    movedFrom: itemsOf(child(node, "moved_from")).map((item) => textOf(item) ?? ""),
    ...(hash !== undefined && { import: hash }),
    onRemove: textOf(child(node, "on_remove")) === "retain" ? "retain" : "delete",
    ...(rotate !== undefined && { rotate }),
    credentials: textOf(child(node, "credentials")) === "unmanaged" ? "unmanaged" : "managed",
  };
}

function toPermissions(node: Node): Permissions<UserRef, GroupRef> {
  const users = child(node, "users");
  const groups = child(node, "groups");
  return {
    admins: level(child(node, "admins")),
    others: level(child(node, "others")),
    ...(users && {
      users: itemsOf(users).map((item) => ({ who: toUser(item), level: level(child(item, "access_level")) })),
    }),
    ...(groups && {
      groups: itemsOf(groups).map((item): Grant<GroupRef> => ({
        who: toGroup(item),
        level: level(child(item, "access_level")),
      })),
    }),
  };
}

function toScope(node: Node | undefined): Scope {
  const text = textOf(node);
  return text === "PROJECT" || text === "ENVIRONMENT" ? text : "WORKSPACE";
}

function level(node: Node | undefined): AccessLevel {
  const text = textOf(node);
  return text === "MANAGE" || text === "DENIED" ? text : "USE_ONLY";
}

function toUser(node: Node): UserRef {
  const email = textOf(child(node, "email"));
  return email === undefined ? toGroup(node) : { email };
}

function toGroup(node: Node): GroupRef {
  const id = numberOf(child(node, "id"));
  return id === undefined ? { name: textOf(child(node, "name")) ?? "" } : { id };
}

function toPipeline(node: Node): PipelineRef {
  const id = numberOf(child(node, "id"));
  return id === undefined
    ? { project: textOf(child(node, "project")) ?? "", pipeline: textOf(child(node, "pipeline")) ?? "" }
    : { id };
}
