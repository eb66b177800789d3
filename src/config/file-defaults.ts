import { isRecord } from "../model/json.ts";
import { toPlainData } from "./plain-data.ts";
import { decodeText } from "./yaml/decode-text.ts";
import { parseYaml } from "./yaml/parse.ts";

/** The fields of `defaults` of a file, by name. Empty if the file can't be read. */
export function fileDefaults(bytes: Uint8Array): ReadonlyMap<string, unknown> {
  const text = decodeText(bytes);
  const yaml = text.ok ? parseYaml(text.value) : undefined;
  const data = yaml?.kind === "tree" ? toPlainData(yaml.root) : undefined;
  const defaults = isRecord(data) ? data["defaults"] : undefined;
  return new Map(isRecord(defaults) ? Object.entries(defaults) : []);
}
