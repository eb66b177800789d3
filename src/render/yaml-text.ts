import { isScalar, Document, visit, type ToStringOptions } from "yaml";

/**
 * YAML that readers of version 1.1 (PyYAML, Ruby, Ansible) and of version 1.2 read alike: keys and texts that either would
 * take for something else, such as `no` and `1e5`, are quoted.
 */
export function yamlText(value: unknown, options: Pick<ToStringOptions, "doubleQuotedAsJSON"> = {}): string {
  return yamlDocument(value).toString({ lineWidth: 0, ...options });
}

/** The same as a document, to which comments can be added. */
export function yamlDocument(value: unknown): Document {
  const document = new Document(value, { compat: "yaml-1.1" });
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === "string" && AMBIGUOUS.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document;
}

/** What some readers of YAML 1.1 take for a boolean, null, a merge, a default value, or a number with `:` or `_`. */
const AMBIGUOUS = /^(?:[yn]|yes|no|on|off|true|false|null|~|<<|=|[-+.\d][\d_:.,eE+-]*)$/i;
