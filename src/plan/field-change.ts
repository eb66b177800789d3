import type { Json, Key } from "../model/integration.ts";

// What a change says about one field. Like change.ts, names are as in the JSON of a plan (schemas/plan.schema.json).

/** Why a field is sent. */
export type SendReason =
  /** The file changed. */
  | "edited"
  /** The workspace changed. */
  | "drift"
  /** The value of a reference changed. */
  | "rotated"
  /** This tool never sent it: the integration was adopted, or the API never returns the field. Now its value is available. */
  | "never-sent"
  /** `lifecycle.rotate` changed, or `--resend` asks for it. */
  | "resend";

/**
 * One field that will be sent. Values are JSON in which `{ "$secret": NAME }` stands for a reference,
 * `{ "$hidden": … }` for a value that isn't shown and `{ "$pending": NAME }` for a pipeline that doesn't exist yet.
 */
export interface FieldChange {
  /** `name`, `permissions.users`, `extra.x`… */
  readonly path: string;
  /** Absent where nothing was there before. */
  readonly before?: Json;
  readonly after: Json;
  readonly reason: SendReason;
  /** Where `before` comes from: the API's response, or the last sent value if the API doesn't return the field. */
  readonly compared_with: "live" | "last sent" | "nothing";
  /** `secret`: only the value of a reference shows this change. A plan that is made without that value doesn't have it. */
  readonly basis: "file" | "secret";
}

/** A field that can't be compared. It isn't a change, but it is counted. */
export interface UncomparedField {
  readonly path: string;
  readonly why: WhyUncompared;
}

export type WhyUncompared =
  /** Its variable isn't set. */
  | "no-value"
  /** It was last sent without a fingerprint. */
  | "no-fingerprint"
  /** It has a fingerprint, but this run has no key to compare it with. */
  | "no-key"
  /** Its fingerprint was made with another key. */
  | "other-key"
  /** The API's response doesn't show everything that would have to be sent with it. */
  | "not-shown"
  /** Neither the file nor the lockfile has it, and an offline plan doesn't read the workspace. */
  | "offline";

/**
 * A part of a lock entry that changes: `lifecycle.protect`, `identifier`, `last_sent.name`… A value is absent if there is
 * none, if it must not be shown, or if only its record changes, such as its fingerprint.
 */
export interface RecordedDetail {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** An API field that is sent only because the API wants it together with a changed field. */
export interface CarriedField {
  readonly name: string;
  /** `unknown`: it can't be compared, so sending it may change it. */
  readonly compared: "unchanged" | "unknown";
  /** `live`: it is sent with the workspace's value, since no reviewed plan has the file's value. */
  readonly value?: "live";
}

/** A value that the next apply sends if its variable is set, since this tool never sent it: its integration was adopted. */
export interface UnsentValue {
  readonly key: Key;
  /** `token`, `role_assumptions.0.external_id`… */
  readonly path: string;
  readonly variable: string;
  /** `here`: its variable is set in this run, so this plan sends it. */
  readonly value: "here" | "not here";
  /** It can be sent only once the file names the roles, which the API never shows. */
  readonly needs?: "role_assumptions";
}
