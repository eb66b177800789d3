import { fieldInfo } from "../model/catalog.ts";
import { toData } from "./data.ts";
import { FIELD_MISTAKES, isRemovedScope, typeMeant } from "./mistakes.ts";
import { isNull, nodeAt, spanOf, textOf, type Node, type Path, type Problem } from "./yaml/node.ts";
import { knownProperties, validate, type SchemaError } from "./schema.generated.js";
import { label } from "./label.ts";
import { readText } from "./references.ts";
import { either, nearest, quote } from "../model/text.ts";

/** What the schema has against a file. What a type needs is judged in `rules/`, after the merge of `defaults`. */
export function checkSchema(root: Node): Problem[] {
  if (validate(toData(root))) return [];
  const suggestions = new Map<string, string | undefined>();
  return (validate.errors ?? []).flatMap((error) => {
    const path = pathOf(error.instancePath, root);
    // `null` has a rule of its own, which knows whether it drops a default.
    if (path.length > 0 && isNull(nodeAt(root, path)))
      return path.length === 1 && path[0] === "integrations" ? [nothingIn(root)] : [];
    const problem = toProblem(error, path, root, suggestions);
    return problem ? [problem] : [];
  });
}

function pathOf(pointer: string, root: Node): Path {
  let node: Node | undefined = root;
  return pointer
    .split("/")
    .slice(1)
    .map((escaped) => {
      const name = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
      const step: string | number = node?.kind === "list" ? Number(name) : name;
      node = node && nodeAt(node, [step]);
      return step;
    });
}

function toProblem(
  error: SchemaError,
  path: Path,
  root: Node,
  suggestions: Map<string, string | undefined>,
): Problem | undefined {
  const refuse = (code: string, message: string, hint?: string, at: Path = path): Problem => ({
    code,
    severity: "error",
    message,
    ...(hint !== undefined && { hint }),
    span: spanOf(root, at),
  });
  const subject = label(path);
  const field = path.length === 3 && path[0] === "integrations" ? fieldInfo(String(path[2])) : undefined;
  if (field?.secret) {
    const hint = `put the value into an environment variable and write \`${field.name}: $NAME\``;
    return refuse("literal-secret", `${subject} is secret: it must be a reference to the environment`, hint);
  }
  const node = nodeAt(root, path);
  switch (error.keyword) {
    case "additionalProperties": {
      const name = String(error.params["additionalProperty"]);
      const inside = path.length === 0 ? "the file" : subject;
      const key = keySpan(node, name);
      const hint = unknownField(name, path, suggestions);
      return {
        code: "unknown-field",
        severity: "error",
        message: `${inside} can't hold ${quote(name)}`,
        ...(hint !== undefined && { hint }),
        span: key ?? spanOf(root, path),
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
        ...refuse("missing-field", `${path.length === 0 ? "the file" : subject} needs ${quote(name)}`, hint),
        ...whole,
      };
    }
    case "propertyNames": {
      const name = String(error.params["propertyName"]);
      const span = keySpan(node, name) ?? spanOf(root, path);
      return {
        code: "bad-key",
        severity: "error",
        message: `${quote(name)} can't be a key`,
        hint: "a key is letters, digits, `_` and `-`, starting with a letter",
        span,
      };
    }
    case "pattern":
      // Of a key: `propertyNames` says it.
      if (node?.kind !== "scalar") return undefined;
      if (lastWord(path) === "type") return wrongType(node, subject, refuse);
      if (fieldInfo(lastWord(path))?.public) return publicText(node, subject, refuse);
      return refuse("wrong-value", `${subject} ${SHAPES[lastWord(path)] ?? "can't be empty"}`, noReference(node, path));
    case "type":
      return refuse(
        "wrong-type",
        `${subject} must be ${kinds(error.params["type"])}`,
        typeHint(node, error.params["type"], path),
      );
    case "enum":
      // Of anything but a value: `type` says it.
      if (node?.kind !== "scalar") return undefined;
      return wrongWord(node, subject, error.params["allowedValues"], refuse, noReference(node, path));
    case "const":
      return refuse(
        "wrong-value",
        `${subject} must be ${String(error.params["allowedValue"])}`,
        "without quotes; other versions aren't known here",
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

const SHAPES: Readonly<Record<string, string>> = {
  identifier: "must be letters, digits, `_` and `-`, starting with a letter",
  moved_from: "must be letters, digits, `_` and `-`, starting with a letter",
  workspace: "must be the workspace's handle, as in its address: 4 to 100 small letters, digits, `-` and `_`",
  api: "must be an https:// address without user, `?` or `#`",
  import: "must be a hash_id: letters and digits",
  type: "must be a type, such as AMAZON",
  project_name: "must be the project's slug, as in its address",
};

function lastWord(path: Path): string {
  const last = path.findLast((step) => typeof step === "string");
  return last ?? "";
}

function keySpan(node: Node | undefined, name: string) {
  return node?.kind === "map" ? node.entries.get(name)?.key : undefined;
}

function nothingIn(root: Node): Problem {
  return {
    code: "no-integrations",
    severity: "error",
    message: "`integrations` has nothing after it",
    hint: "write `integrations: {}` for none",
    span: keySpan(root, "integrations") ?? root,
  };
}

function unknownField(name: string, path: Path, suggestions: Map<string, string | undefined>): string | undefined {
  const shape = shapeOf(path);
  const mistake = shape === "integration" ? FIELD_MISTAKES.get(name) : undefined;
  if (mistake !== undefined) return mistake;
  if (shape === "defaults" && fieldInfo(name)) {
    return "`defaults` holds fields that all types have: write it under the integrations";
  }
  const known = knownProperties[shape] ?? [];
  const id = `${shape} ${name}`;
  if (!suggestions.has(id)) suggestions.set(id, nearest(name, known));
  const near = suggestions.get(id);
  if (near !== undefined) return `did you mean ${quote(near)}?`;
  if (shape === "integration") return "what the API has and this tool doesn't know goes under `extra`";
  if (shape === "file") return "names of your own begin with `x-`";
  return `it can hold ${either(known, "and")}`;
}

/** The schema's definition of the map at a path. */
function shapeOf(path: Path): string {
  if (path.length === 0) return "file";
  if (path.length === 2 && path[0] === "integrations") return "integration";
  const field = lastWord(path);
  return ITEMS[field] ?? field;
}

const ITEMS: Readonly<Record<string, string>> = {
  users: "user",
  groups: "group",
  allowed_pipelines: "pipeline",
  role_assumptions: "role_assumption",
};

function kinds(type: unknown): string {
  const names: Readonly<Record<string, string>> = {
    string: "text",
    integer: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a map",
  };
  const types = [type].flat().filter((name) => name !== "null");
  return either(types.map((name) => names[String(name)] ?? String(name)));
}

function typeHint(node: Node | undefined, type: unknown, path: Path): string | undefined {
  const wanted = [type].flat();
  if (path.length === 1 && path[0] === "integrations" && node?.kind === "list")
    return "each integration begins with its key: `aws_prod:`";
  if (node?.kind !== "scalar") return undefined;
  if (wanted.includes("string")) return "put it in quotes";
  if (wanted.includes("integer") && /^\d+$/.test(node.text)) return "without quotes";
  if (wanted.includes("boolean") && /^(?:true|false|yes|no|on|off)$/i.test(node.text))
    return "write true or false, without quotes";
  return undefined;
}

/** A type is written in capitals. */
function wrongType(
  node: Node,
  subject: string,
  refuse: (code: string, message: string, hint?: string) => Problem,
): Problem {
  const given = textOf(node) ?? "";
  if (given.startsWith("$")) return refuse("wrong-value", `${subject} ${SHAPES["type"]}`, noReference(node, ["type"]));
  const { isSlip, hint } = typeMeant(given);
  if (isSlip) return refuse("unknown-type", `${quote(given)} isn't a type`, hint);
  return refuse("wrong-value", `${subject} ${SHAPES["type"]}`, hint);
}

/** A text that everybody can read, and that begins with a single `$`. */
function publicText(
  node: Node,
  subject: string,
  refuse: (code: string, message: string, hint?: string) => Problem,
): Problem {
  if (readText(textOf(node) ?? "").kind === "malformed") {
    return refuse("bad-reference", `${subject} begins with \`$\``, "write `$$` for a `$` that is text");
  }
  return refuse(
    "public-reference",
    `${subject} can't hold a reference: everybody who sees the integration can read it`,
    "write the text itself, without secrets; `$$` at the beginning stands for a `$`",
  );
}

function noReference(node: Node | undefined, path: Path): string | undefined {
  const field = fieldInfo(lastWord(path));
  return field && !field.reference && textOf(node)?.startsWith("$") ? "`$NAME` isn't a reference here" : undefined;
}

function wrongWord(
  node: Node | undefined,
  subject: string,
  allowed: unknown,
  refuse: (code: string, message: string, hint?: string) => Problem,
  fallback: string | undefined,
): Problem {
  const words = (Array.isArray(allowed) ? allowed : []).filter((word) => typeof word === "string");
  const given = textOf(node) ?? "";
  const message = `${subject} must be ${either(words)}`;
  if (words.includes("WORKSPACE") && isRemovedScope(given)) {
    return refuse(
      "removed-scope",
      `scope ${quote(given)} was removed from Buddy in July 2024`,
      "use WORKSPACE or PROJECT, and say under `permissions` who may use it",
    );
  }
  const near = nearest(given, words);
  return refuse("wrong-value", message, near === undefined ? fallback : `did you mean ${near}?`);
}
