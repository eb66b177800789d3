import type { DiagnosticCode } from "../model/diagnostic-catalog.ts";
import { fieldInfo } from "../model/catalog.ts";
import { toPlainData } from "./plain-data.ts";
import { FIELD_MISTAKES, isRemovedScope, typeMeant } from "./mistakes.ts";
import {
  isNullNode,
  nodeAtPath,
  spanAtPath,
  scalarText,
  type YamlNode,
  type YamlPath,
  type YamlProblem,
} from "./yaml/node.ts";
import { knownProperties, validate, type SchemaError } from "./schema.generated.js";
import { pathLabel } from "./path-label.ts";
import { readReferenceText } from "./references.ts";
import { quoteName } from "../model/printable.ts";
import { joinWords, nearestWord } from "../model/text.ts";

/**
 * The errors that the schema finds in a file. The fields that a type needs are checked in `rules/`, after `defaults`
 * is merged.
 */
export function checkSchema(root: YamlNode): YamlProblem[] {
  if (validate(toPlainData(root))) return [];
  const suggestions = new Map<string, string | undefined>();
  return (validate.errors ?? []).flatMap((error) => {
    const path = pathOfPointer(error.instancePath, root);
    // `null` has its own rule, which knows whether it drops a default.
    if (path.length > 0 && isNullNode(nodeAtPath(root, path)))
      return path.length === 1 && path[0] === "integrations" ? [noIntegrationsProblem(root)] : [];
    const problem = schemaProblem(error, path, root, suggestions);
    return problem ? [problem] : [];
  });
}

function pathOfPointer(pointer: string, root: YamlNode): YamlPath {
  let node: YamlNode | undefined = root;
  return pointer
    .split("/")
    .slice(1)
    .map((escaped) => {
      const name = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
      const step: string | number = node?.kind === "list" ? Number(name) : name;
      node = node && nodeAtPath(node, [step]);
      return step;
    });
}

function schemaProblem(
  error: SchemaError,
  path: YamlPath,
  root: YamlNode,
  suggestions: Map<string, string | undefined>,
): YamlProblem | undefined {
  const refuse = (code: DiagnosticCode, message: string, hint?: string, at: YamlPath = path): YamlProblem => ({
    code,
    severity: "error",
    message,
    ...(hint !== undefined && { hint }),
    span: spanAtPath(root, at),
  });
  const subject = pathLabel(path);
  const field = path.length === 3 && path[0] === "integrations" ? fieldInfo(String(path[2])) : undefined;
  if (field?.secret) {
    const hint = `put the value into an environment variable and write \`${field.name}: $NAME\``;
    return refuse("literal-secret", `${subject} is secret: it must be a reference to the environment`, hint);
  }
  const node = nodeAtPath(root, path);
  switch (error.keyword) {
    case "additionalProperties": {
      const name = String(error.params["additionalProperty"]);
      const inside = path.length === 0 ? "the file" : subject;
      const key = keySpan(node, name);
      const hint = unknownFieldHint(name, path, suggestions);
      return {
        code: "unknown-field",
        severity: "error",
        message: `${inside} can't hold ${quoteName(name)}`,
        ...(hint !== undefined && { hint }),
        span: key ?? spanAtPath(root, path),
      };
    }
    case "required": {
      const name = String(error.params["missingProperty"]);
      const hint =
        name === "version"
          ? "write `version: 1`"
          : name === "integrations"
            ? "write `integrations: {}` for none"
            : undefined;
      const whole = path.length === 0 ? { span: { start: root.start, end: root.start } } : {};
      return {
        ...refuse("missing-field", `${path.length === 0 ? "the file" : subject} needs ${quoteName(name)}`, hint),
        ...whole,
      };
    }
    case "propertyNames": {
      const name = String(error.params["propertyName"]);
      const span = keySpan(node, name) ?? spanAtPath(root, path);
      return {
        code: "bad-key",
        severity: "error",
        message: `${quoteName(name)} can't be a key`,
        hint: "a key is at most 200 letters, digits, `_` and `-`, starting with a letter",
        span,
      };
    }
    case "pattern":
      // An error about a key: `propertyNames` reports it.
      if (node?.kind !== "scalar") return undefined;
      if (lastWord(path) === "type") return wrongType(node, subject, refuse);
      if (fieldInfo(lastWord(path))?.public && scalarText(node)?.startsWith("$"))
        return publicText(node, subject, refuse);
      return refuse(
        "wrong-value",
        `${subject} ${SHAPE_MESSAGES.get(lastWord(path)) ?? "can't be empty"}`,
        notAReferenceHint(node, path),
      );
    case "type":
      return refuse(
        "wrong-type",
        `${subject} must be ${describeTypes(error.params["type"])}`,
        typeHint(node, error.params["type"], path),
      );
    case "enum":
      // The value isn't a single one: `type` reports it.
      if (node?.kind !== "scalar") return undefined;
      return wrongWordProblem(node, subject, error.params["allowedValues"], refuse, notAReferenceHint(node, path));
    case "const":
      return refuse(
        "wrong-value",
        `${subject} must be ${String(error.params["allowedValue"])}`,
        "write it without quotes; this program knows no other version",
      );
    case "minimum":
    case "maximum":
      return refuse(
        "wrong-value",
        `${subject} must be a whole number from ${error.keyword === "minimum" ? String(error.params["limit"]) : "1"} up`,
      );
    default:
      return refuse("wrong-value", `${subject} isn't what the schema asks for (${error.keyword})`);
  }
}

const SHAPE_MESSAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    identifier: "must be letters, digits, `_` and `-`, starting with a letter",
    moved_from: "must be letters, digits, `_` and `-`, starting with a letter",
    removed: "must be a key: letters, digits, `_` and `-`, starting with a letter",
    workspace: "must be the workspace's handle, as in its address: 4 to 100 small letters, digits, `-` and `_`",
    api: "must be an https:// address without user, `?` or `#`",
    import: "must be a hash_id: letters and digits",
    recreate: "must be a hash_id: letters and digits",
    type: "must be a type, such as AMAZON",
    project_name: "must be the project's slug, as in its address",
  }),
);

function lastWord(path: YamlPath): string {
  const last = path.findLast((step) => typeof step === "string");
  return last ?? "";
}

function keySpan(node: YamlNode | undefined, name: string) {
  return node?.kind === "map" ? node.entries.get(name)?.key : undefined;
}

function noIntegrationsProblem(root: YamlNode): YamlProblem {
  return {
    code: "no-integrations",
    severity: "error",
    message: "`integrations` has nothing after it",
    hint: "write `integrations: {}` for none",
    span: keySpan(root, "integrations") ?? root,
  };
}

function unknownFieldHint(
  name: string,
  path: YamlPath,
  suggestions: Map<string, string | undefined>,
): string | undefined {
  const shape = definitionOf(path);
  const mistake = shape === "integration" ? FIELD_MISTAKES.get(name) : undefined;
  if (mistake !== undefined) return mistake;
  if (shape === "defaults" && fieldInfo(name)) {
    return "`defaults` holds fields that all types have: write it under the integrations";
  }
  const known = Object.hasOwn(knownProperties, shape) ? (knownProperties[shape] ?? []) : [];
  const id = `${shape} ${name}`;
  if (!suggestions.has(id)) suggestions.set(id, nearestWord(name, known));
  const near = suggestions.get(id);
  if (near !== undefined) return `did you mean ${quoteName(near)}?`;
  if (shape === "integration") return "put a field that the API has and this tool doesn't know under `extra`";
  if (shape === "file") return "your own names begin with `x-`";
  return `it can hold ${joinWords(known, "and")}`;
}

/** The schema's definition of the map at a path. */
function definitionOf(path: YamlPath): string {
  if (path.length === 0) return "file";
  if (path.length === 2 && path[0] === "integrations") return "integration";
  const field = lastWord(path);
  return ITEM_DEFINITIONS.get(field) ?? field;
}

const ITEM_DEFINITIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    users: "user",
    groups: "group",
    allowed_pipelines: "pipeline",
    role_assumptions: "role_assumption",
  }),
);

function describeTypes(type: unknown): string {
  const names: Readonly<Record<string, string>> = {
    string: "text",
    integer: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a map",
  };
  const types = [type].flat().filter((name) => name !== "null");
  return joinWords(types.map((name) => names[String(name)] ?? String(name)));
}

function typeHint(node: YamlNode | undefined, type: unknown, path: YamlPath): string | undefined {
  const wanted = [type].flat();
  if (path.length === 1 && path[0] === "integrations" && node?.kind === "list")
    return "each integration begins with its key: `aws_prod:`";
  if (node?.kind !== "scalar") return undefined;
  if (wanted.includes("array")) return "write a list, even for one value: `[…]`";
  if (wanted.includes("string")) return "put it in quotes";
  if (wanted.includes("integer") && /^\d+$/.test(node.text)) return "without quotes";
  if (wanted.includes("boolean") && /^(?:true|false|yes|no|on|off)$/i.test(node.text))
    return "write true or false, without quotes";
  return undefined;
}

/** The problem with a text that can't be the name of a type. */
function wrongType(
  node: YamlNode,
  subject: string,
  refuse: (code: DiagnosticCode, message: string, hint?: string) => YamlProblem,
): YamlProblem {
  const given = scalarText(node) ?? "";
  if (given.startsWith("$"))
    return refuse("wrong-value", `${subject} ${SHAPE_MESSAGES.get("type")}`, notAReferenceHint(node, ["type"]));
  const { isSlip, hint } = typeMeant(given);
  if (isSlip) return refuse("unknown-type", `${quoteName(given)} isn't a type`, hint);
  return refuse("wrong-value", `${subject} ${SHAPE_MESSAGES.get("type")}`, hint);
}

/** The problem with a public text that begins with a single `$`. */
function publicText(
  node: YamlNode,
  subject: string,
  refuse: (code: DiagnosticCode, message: string, hint?: string) => YamlProblem,
): YamlProblem {
  if (readReferenceText(scalarText(node) ?? "").kind === "malformed") {
    return refuse("bad-reference", `${subject} begins with \`$\``, "write `$$` for a `$` that is text");
  }
  return refuse(
    "public-reference",
    `${subject} can't hold a reference: everybody who sees the integration can read it`,
    "write the text itself, without secrets; `$$` at the beginning stands for a `$`",
  );
}

function notAReferenceHint(node: YamlNode | undefined, path: YamlPath): string | undefined {
  const field = fieldInfo(lastWord(path));
  return field && !field.reference && scalarText(node)?.startsWith("$") ? "`$NAME` isn't a reference here" : undefined;
}

function wrongWordProblem(
  node: YamlNode | undefined,
  subject: string,
  allowed: unknown,
  refuse: (code: DiagnosticCode, message: string, hint?: string) => YamlProblem,
  fallback: string | undefined,
): YamlProblem {
  const words = (Array.isArray(allowed) ? allowed : []).filter((word) => typeof word === "string");
  const given = scalarText(node) ?? "";
  const message = `${subject} must be ${joinWords(words)}`;
  if (words.includes("WORKSPACE") && isRemovedScope(given)) {
    return refuse(
      "removed-scope",
      `scope ${quoteName(given)} was removed from Buddy in July 2024`,
      "use WORKSPACE or PROJECT, and say under `permissions` who may use it",
    );
  }
  const near = nearestWord(given, words);
  return refuse("wrong-value", message, near === undefined ? fallback : `did you mean ${near}?`);
}
