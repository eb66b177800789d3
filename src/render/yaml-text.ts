import { isScalar, Document, visit } from "yaml";

/**
 * YAML with the same meaning for readers of version 1.1 (PyYAML, Ruby, Ansible) and of version 1.2. Keys and texts that one
 * of them would not read as text, such as `no` and `1e5`, are quoted.
 */
export function yamlText(value: unknown): string {
  // Without doubleQuotedAsJSON, texts in double quotes would be broken into lines, and spaces would be lost there.
  return yamlDocument(value).toString({ lineWidth: 0, doubleQuotedAsJSON: true });
}

/** The same YAML as a document, to which comments can be added. */
export function yamlDocument(value: unknown): Document {
  const document = new Document(value, { compat: "yaml-1.1" });
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === "string" && needsQuotes(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document;
}

function needsQuotes(text: string): boolean {
  return AMBIGUOUS.test(text) || LOST_SPACES.test(text);
}

/** Lines of white space only, which a block scalar may lose. */
const LOST_SPACES = /^[ \t]+$/m;

/** Texts that some readers of YAML 1.1 read as a boolean, null, a merge, a default value, or a number with `:` or `_`. */
const AMBIGUOUS = /^(?:[yn]|yes|no|on|off|true|false|null|~|<<|=|[-+.\d][\d_:.,eE+-]*)$/i;
