import { isScalar, Document, visit } from "yaml";

/**
 * YAML that readers of version 1.1 (PyYAML, Ruby, Ansible) and of version 1.2 read alike: keys and texts that either would
 * take for something else, such as `no` and `1e5`, are quoted.
 */
export function yamlText(value: unknown): string {
  // The other way to write texts in double quotes breaks them into lines, and loses spaces there.
  return yamlDocument(value).toString({ lineWidth: 0, doubleQuotedAsJSON: true });
}

/** The same as a document, to which comments can be added. */
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

/** Lines of white space alone, which a block scalar may lose. */
const LOST_SPACES = /^[ \t]+$/m;

/** What some readers of YAML 1.1 take for a boolean, null, a merge, a default value, or a number with `:` or `_`. */
const AMBIGUOUS = /^(?:[yn]|yes|no|on|off|true|false|null|~|<<|=|[-+.\d][\d_:.,eE+-]*)$/i;
