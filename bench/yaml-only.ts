import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";

/**
 * `yaml-only FILE`: parses the file with the YAML package, and does nothing with it. No program that uses the package to
 * read the file can do with less.
 */
const document = parseDocument(readFileSync(process.argv[2] ?? "", "utf8"), {
  schema: "core",
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
});
if (document.errors.length > 0) throw new Error("the file is not YAML");
