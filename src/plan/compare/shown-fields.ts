import { createHash } from "node:crypto";
import { fieldInfo } from "../../model/catalog.ts";
import type { FieldValue, Json } from "../../model/integration.ts";
import { DEFAULT_AUTH_TYPE, DEFAULT_AUTH_TYPE_NAME } from "../../model/server-defaults.ts";
import { referenceStates, type StoredValue } from "../../model/stored-value.ts";
import { apiField } from "./comparable.ts";
import { canonicalJson, hiddenMarker, secretsIn, shownStoredValue, shownValue } from "./compare-values.ts";

/** The desired value, safe to show: references by name, values of hidden fields by a digest. */
export function shownDesired(path: string, value: FieldValue): Json {
  // The API's default is compared as an empty value, but the file may name it.
  if (path === "auth_type" && value === DEFAULT_AUTH_TYPE) return DEFAULT_AUTH_TYPE_NAME;
  // Maps in the list of pipelines are markers for pipelines that don't exist yet.
  const shown = path === "allowed_pipelines" ? shownValue(value, (markers) => markers) : shownValue(value);
  return isHiddenField(path) && secretsIn(value).length === 0 ? hiddenInFile(path, shown) : shown;
}

/** What was last sent, safe to show in the same way. */
export function shownSent(path: string, stored: StoredValue): Json {
  const isHidden = isHiddenField(path) && referenceStates(stored).length === 0;
  return isHidden ? hiddenMarker("last sent") : shownStoredValue(stored);
}

/** Whether values of this field are hidden, though the file holds them in plain text. */
export function isHiddenField(path: string): boolean {
  return !path.startsWith("extra.") && fieldInfo(apiField(path))?.hidden === true;
}

/** Identifies the value without revealing it, so that a plan with another value has another hash. */
function hiddenInFile(path: string, value: Json): Json {
  const digest = createHash("sha256")
    .update(`buddy-integrations ${path} ${canonicalJson(value)}`)
    .digest("hex");
  return { $hidden: "in the file", digest: `sha256:${digest.slice(0, 32)}` };
}
