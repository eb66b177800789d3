import { fieldInfo } from "../model/catalog.ts";
import { hasErrors, type Checked, type Diagnostic } from "../model/diagnostic.ts";
import type {
  AccessLevel,
  IntegrationWithSecrets,
  Grant,
  GroupRef,
  Lifecycle,
  Permissions,
  PipelineRef,
  Scope,
  UserRef,
  FieldValue,
} from "../model/integration.ts";
import { Secret } from "../model/secret.ts";
import { plainProse } from "../model/text.ts";
import type { VariableLookup } from "./variable-lookup.ts";
import { childNode, listItems, scalarText, type YamlNode } from "./yaml/node.ts";
import { readReferenceText, referenceTexts } from "./references.ts";
import { surroundingSpace } from "./surrounding-space.ts";
import { fieldLabel } from "./path-label.ts";
import type { ParsedConfig, ParsedIntegration } from "./parsed-config.ts";

/** The desired state with its references looked up. A variable that isn't set gives a secret without a value. */
export interface ConfigWithSecrets {
  readonly file: string;
  readonly target: ParsedConfig["target"];
  /** Sorted by key. */
  readonly integrations: readonly IntegrationWithSecrets[];
  readonly placeOf: ParsedConfig["placeOf"];
}

/**
 * Looks references up. Empty, unreadable and refused values are errors, reported at every place that refers to them.
 * An unset variable isn't an error.
 */
export function resolveConfig(written: ParsedConfig, lookup: VariableLookup): Checked<ConfigWithSecrets> {
  const diagnostics: Diagnostic[] = [];
  const integrations = written.integrations.map((integration) =>
    withSecrets(integration, written, lookup, diagnostics),
  );
  if (hasErrors(diagnostics)) return { ok: false, diagnostics };
  const sorted = integrations.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return {
    ok: true,
    value: { file: written.file, target: written.target, integrations: sorted, placeOf: written.placeOf },
    diagnostics,
  };
}

/** These have their own members in an `IntegrationOf`; everything else is a field. */
const SEPARATE_MEMBERS = new Set([
  "type",
  "scope",
  "project_name",
  "identifier",
  "permissions",
  "allowed_pipelines",
  "extra",
  "lifecycle",
]);

function withSecrets(
  { key, merged }: ParsedIntegration,
  written: ParsedConfig,
  lookup: VariableLookup,
  diagnostics: Diagnostic[],
): IntegrationWithSecrets {
  const texts = new Map<YamlNode, FieldValue>();
  for (const { node, path, text } of referenceTexts(merged)) {
    const reading = readReferenceText(text);
    if (reading.kind === "text") texts.set(node, reading.text);
    if (reading.kind === "reference") {
      const value = lookUpSecret(reading.name, lookup, (remark) => {
        const place = written.placeOf(key, path);
        const message = `${fieldLabel(key, path)}: ${remark.message}`;
        diagnostics.push({ ...remark, message, ...(place === undefined ? {} : { place }) });
      });
      texts.set(node, value);
    }
  }
  const fields = [...merged.entries]
    .filter(([name]) => !SEPARATE_MEMBERS.has(name))
    .map(([name, { value }]) => [name, toField(name, value, texts)] as const);
  const extra = childNode(merged, "extra");
  const projectName = scalarText(childNode(merged, "project_name"));
  const identifier = scalarText(childNode(merged, "identifier"));
  const permissions = childNode(merged, "permissions");
  const pipelines = childNode(merged, "allowed_pipelines");
  return {
    key,
    type: scalarText(childNode(merged, "type")) ?? "",
    scope: toScope(childNode(merged, "scope")),
    ...(projectName !== undefined && { projectName }),
    ...(identifier !== undefined && { identifier }),
    fields: new Map(fields.toSorted(compareFieldNames)),
    extra: new Map(
      extra?.kind === "map"
        ? [...extra.entries]
            .map(([name, { value }]) => [name, toValue(value, texts)] as const)
            .toSorted(compareFieldNames)
        : [],
    ),
    ...(permissions && { permissions: toPermissions(permissions) }),
    ...(pipelines && { allowedPipelines: listItems(pipelines).map(toPipeline) }),
    lifecycle: toLifecycle(childNode(merged, "lifecycle")),
  };
}

function compareFieldNames(a: readonly [string, FieldValue], b: readonly [string, FieldValue]): number {
  return a[0] < b[0] ? -1 : 1;
}

function lookUpSecret(name: string, lookup: VariableLookup, report: (remark: Diagnostic) => void): Secret {
  const found = lookup(name);
  switch (found.kind) {
    case "unset":
      return new Secret(name, undefined);
    case "refused":
      report({ ...found.refusal, severity: "error" });
      return new Secret(name, undefined);
    case "unreadable": {
      const message = `$${name} can't be read from the file that $${name}_FILE names: ${found.problem}`;
      const hint = `make the file readable, or unset ${name}_FILE`;
      report({ code: "unreadable-variable", severity: "error", message, hint });
      return new Secret(name, undefined);
    }
    case "set": {
      const remark = valueRemark(name, found.value);
      if (remark !== undefined) report(remark);
      return new Secret(name, found.value);
    }
    default:
      return found satisfies never;
  }
}

function valueRemark(name: string, value: string): Diagnostic | undefined {
  if (value === "") {
    const hint = "set it to the value, or unset it";
    return { code: "empty-variable", severity: "error", message: `$${name} is set, but empty`, hint };
  }
  const space = surroundingSpace(value);
  if (space === undefined) return undefined;
  const hint = "remove it where the variable is set, unless it belongs to the value";
  return { code: "surrounding-space", severity: "warning", message: `$${name} ${space}`, hint };
}

function toField(name: string, node: YamlNode, texts: ReadonlyMap<YamlNode, FieldValue>): FieldValue {
  if (name === "role_assumptions") return listItems(node).map((role) => toRole(role, texts));
  const value = texts.get(node) ?? toValue(node, texts);
  // A name is sent and compared unchanged.
  const isProse = name !== "name" && fieldInfo(name)?.public === true;
  return typeof value === "string" && isProse ? plainProse(value) : value;
}

function toRole(node: YamlNode, texts: ReadonlyMap<YamlNode, FieldValue>): FieldValue {
  if (node.kind !== "map") return toValue(node, texts);
  return Object.fromEntries(
    [...node.entries]
      .map(([name, { value }]) => [name, texts.get(value) ?? toValue(value, texts)] as const)
      .toSorted(compareFieldNames),
  );
}

/** Only valid nodes get here, so no name can be `__proto__`. */
function toValue(node: YamlNode, texts: ReadonlyMap<YamlNode, FieldValue>): FieldValue {
  switch (node.kind) {
    case "scalar":
      return typeof node.value === "string" ? (texts.get(node) ?? node.value) : node.value;
    case "list":
      return node.items.map((item) => toValue(item, texts));
    case "map":
      return Object.fromEntries(
        [...node.entries]
          .map(([name, { value }]) => [name, toValue(value, texts)] as const)
          .toSorted(compareFieldNames),
      );
    default:
      return node satisfies never;
  }
}

function scalarNumber(node: YamlNode | undefined): number | undefined {
  return node?.kind === "scalar" && typeof node.value === "number" ? node.value : undefined;
}

function toLifecycle(node: YamlNode | undefined): Lifecycle {
  const hash = scalarText(childNode(node, "import"));
  const recreate = scalarText(childNode(node, "recreate"));
  const rotate = scalarNumber(childNode(node, "rotate"));
  const protect = childNode(node, "protect");
  return {
    protect: protect?.kind === "scalar" && protect.value === true,
    movedFrom: listItems(childNode(node, "moved_from")).map((item) => scalarText(item) ?? ""),
    ...(hash !== undefined && { import: hash }),
    ...(recreate !== undefined && { recreate }),
    onRemove: scalarText(childNode(node, "on_remove")) === "retain" ? "retain" : "delete",
    ...(rotate !== undefined && { rotate }),
    credentials: scalarText(childNode(node, "credentials")) === "unmanaged" ? "unmanaged" : "managed",
  };
}

function toPermissions(node: YamlNode): Permissions<UserRef, GroupRef> {
  const users = childNode(node, "users");
  const groups = childNode(node, "groups");
  return {
    admins: toAccessLevel(childNode(node, "admins")),
    others: toAccessLevel(childNode(node, "others")),
    ...(users && {
      users: listItems(users).map((item) => ({
        who: toUser(item),
        level: toAccessLevel(childNode(item, "access_level")),
      })),
    }),
    ...(groups && {
      groups: listItems(groups).map((item): Grant<GroupRef> => ({
        who: toGroup(item),
        level: toAccessLevel(childNode(item, "access_level")),
      })),
    }),
  };
}

function toScope(node: YamlNode | undefined): Scope {
  const text = scalarText(node);
  return text === "PROJECT" || text === "ENVIRONMENT" ? text : "WORKSPACE";
}

function toAccessLevel(node: YamlNode | undefined): AccessLevel {
  const text = scalarText(node);
  return text === "MANAGE" || text === "DENIED" ? text : "USE_ONLY";
}

function toUser(node: YamlNode): UserRef {
  const email = scalarText(childNode(node, "email"));
  return email === undefined ? toGroup(node) : { email };
}

function toGroup(node: YamlNode): GroupRef {
  const id = scalarNumber(childNode(node, "id"));
  return id === undefined ? { name: scalarText(childNode(node, "name")) ?? "" } : { id };
}

function toPipeline(node: YamlNode): PipelineRef {
  const id = scalarNumber(childNode(node, "id"));
  return id === undefined
    ? { project: scalarText(childNode(node, "project")) ?? "", pipeline: scalarText(childNode(node, "pipeline")) ?? "" }
    : { id };
}
