import { isJsonObject } from "./integration-body.ts";
import type { JsonValue, JsonObject } from "./types.ts";

/** The defaults of a pipeline that is defined in Buddy itself. The vendor's tests check them. */
const LOCAL_DEFAULTS: JsonObject = {
  cpu: "X64",
  fail_on_prepare_env_warning: true,
  git_changeset_base: "LATEST_RUN",
  filesystem_changeset_base: "DATE_MODIFIED",
};

/** The fields of a new pipeline besides its name and identifier. */
export function newPipelineFields(body: JsonObject): JsonObject {
  const sent = sentFields(body);
  return withRemoteRef(sent, {
    definition_source: "LOCAL",
    git_config_ref: "NONE",
    ...(sent["definition_source"] === "REMOTE" ? {} : LOCAL_DEFAULTS),
    ...(isScheduled(sent) ? { pause_on_repeated_failures: 100 } : {}),
    ...sent,
  });
}

/** The fields of a pipeline after an edit. */
export function editedPipelineFields(before: JsonObject, body: JsonObject): JsonObject {
  const sent = sentFields(body);
  const { git_config: gitConfig, ...kept } = before;
  const hasNewRef = sent["git_config_ref"] !== undefined;
  return withRemoteRef(sent, {
    ...kept,
    ...(hasNewRef || gitConfig === undefined ? {} : { git_config: gitConfig }),
    // An edit that does not name the base resets it; the other defaults stay as they were.
    ...(kept["git_changeset_base"] === undefined ? {} : { git_changeset_base: "LATEST_RUN" }),
    ...sent,
  });
}

/** The fields that were sent, without those that the view adds itself. A null field counts as missing. */
function sentFields(body: JsonObject): JsonObject {
  const own = new Set(["name", "identifier", "project", "creator"]);
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => !own.has(name) && value !== null));
}

/** `remote_branch` and `remote_ref` are two names of one field. */
function withRemoteRef(sent: JsonObject, fields: JsonObject): JsonObject {
  const ref = sent["remote_branch"] ?? sent["remote_ref"];
  return ref === undefined ? fields : { ...fields, remote_branch: ref, remote_ref: ref };
}

function isScheduled({ events }: JsonObject): boolean {
  const list: readonly JsonValue[] = Array.isArray(events) ? events : [];
  return list.some((event) => isJsonObject(event) && event["type"] === "SCHEDULE");
}
