/** Mistakes that Buddy's own texts, older versions and other tools cause, with the hint for each. */

import { typeNames } from "../model/catalog.ts";
import { joinWords, nearestWord, slipsOf } from "../model/text.ts";

/** Fields of an integration that don't exist, or belong elsewhere. */
export const FIELD_MISTAKES: ReadonlyMap<string, string> = new Map([
  ["access_key_id", "did you mean `access_key`? (one of Buddy's AWS examples has it wrong)"],
  ["secret_access_key", "did you mean `secret_key`? (one of Buddy's AWS examples has it wrong)"],
  [
    "subscription_id",
    "leave it out: the API has no such field (AZURE_CLOUD takes `app_id`, `tenant_id` and `password`)",
  ],
  ["hash_id", "to adopt an existing integration, write `lifecycle: { import: HASH }`"],
  ["id", "to adopt an existing integration, write `lifecycle: { import: HASH }`"],
  ["disabled", "an integration can be disabled in the web page only"],
  ["html_url", "leave it out: the server makes it"],
  ["description", "did you mean `note`?"],
  ["comment", "did you mean `note`?"],
  ["project", "did you mean `project_name`?"],
  ["key", "the key is the name before the integration; for another identifier write `identifier`"],
  ["role_arn", "write `role_assumptions: [{ arn: … }]`"],
  ["protect", "write it under `lifecycle`"],
  ["moved_from", "write it under `lifecycle`"],
  ["import", "write it under `lifecycle`"],
  ["on_remove", "write it under `lifecycle`"],
  ["rotate", "write it under `lifecycle`"],
  ["credentials", "write it under `lifecycle`"],
  ["admins", "write it under `permissions`"],
  ["others", "write it under `permissions`"],
  ["users", "write it under `permissions`"],
  ["groups", "write it under `permissions`"],
]);

/** Names that people give to types. */
const TYPE_MISTAKES: ReadonlyMap<string, string> = new Map([
  ["AWS", "AMAZON"],
  ["AMAZON_WEB_SERVICES", "AMAZON"],
  ["AMAZON_S3", "AMAZON"],
  ["S3", "AMAZON"],
  ["ECR", "AMAZON"],
  ["GCP", "GOOGLE_SERVICE_ACCOUNT"],
  ["GOOGLE_CLOUD", "GOOGLE_SERVICE_ACCOUNT"],
  ["NPM", "NPM_REGISTRY"],
  ["TEAMS", "MICROSOFT_TEAMS"],
  ["MS_TEAMS", "MICROSOFT_TEAMS"],
  ["DO", "DIGITAL_OCEAN"],
  ["SPACES", "DO_SPACES"],
  ["CLAUDE", "ANTHROPIC"],
  ["MICROSOFT_AZURE", "AZURE_CLOUD"],
]);

/** What the author of an unknown type may have meant. */
export interface TypeMeant {
  /** It differs from a known type only in case, underscores or one letter. */
  readonly isSlip: boolean;
  /** Names the type that was meant; absent if none is similar. */
  readonly hint?: string;
}

export function typeMeant(type: string): TypeMeant {
  const slips = slipsOf(type, typeNames);
  const near = TYPE_MISTAKES.get(type.toUpperCase()) ?? nearestWord(type, typeNames);
  const meant = slips.length > 0 ? joinWords(slips) : near;
  return { isSlip: slips.length > 0, ...(meant !== undefined && { hint: `did you mean ${meant}?` }) };
}

/** Fields that show that AZURE_CLOUD is meant where the type is AZURE, as in Buddy's Azure example. */
export const AZURE_CLOUD_FIELDS: readonly string[] = ["app_id", "tenant_id", "password", "subscription_id"];

/** Whether Buddy removed this scope in July 2024: PRIVATE, ADMIN, GROUP, and each of them in a project. */
export function isRemovedScope(scope: string): boolean {
  return /^(?:PRIVATE|ADMIN|GROUP|EVERYONE|WORKSPACE)_IN_PROJECT$|^(?:PRIVATE|ADMIN|GROUP)$/i.test(scope);
}
