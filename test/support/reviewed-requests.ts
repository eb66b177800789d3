import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isList, isMap, isRecord } from "../../src/model/json.ts";
import type { Json } from "../../src/model/integration.ts";
import { canonicalJson } from "../../src/plan/compare/compare-values.ts";
import type { Change, Plan } from "../../src/plan/change.ts";
import type { SeenRequest } from "./attack-network.ts";

/** The data for checking a request: the reviewed plans, the values of variables, and the workspace before the apply. */
export interface ReviewBasis {
  readonly plans: readonly Plan[];
  readonly values: Readonly<Record<string, string>>;
  readonly before: readonly Readonly<Record<string, unknown>>[];
}

/** The plans in the reports that `--expect` names. A hash has none. */
export async function reviewedPlans(args: readonly string[], dir: string): Promise<Plan[]> {
  const names = args.flatMap((arg, index) => (args[index - 1] === "--expect" ? [arg] : []));
  const texts = await Promise.all(names.map((name) => readFile(resolve(dir, name), "utf8").catch(() => undefined)));
  return texts.flatMap((text): Plan[] => {
    const report: { runs?: readonly { plan?: Plan }[] } = text === undefined ? {} : JSON.parse(text);
    return (report.runs ?? []).flatMap(({ plan }) => plan ?? []);
  });
}

/**
 * Whether a reviewed plan shows every field of this request, or the field has the value that the workspace already
 * had.
 */
export function isReviewedRequest(
  { method, path, body }: Pick<SeenRequest, "method" | "path" | "body">,
  basis: ReviewBasis,
): boolean {
  const hash = /\/integrations\/([^/?]+)/.exec(path)?.[1];
  const changes = basis.plans.flatMap((plan) => plan.changes).filter(({ refused }) => refused === undefined);
  if (method === "DELETE") return changes.some((change) => change.action === "delete" && change.hash_id === hash);
  const sent: unknown = JSON.parse(body);
  if (!isRecord(sent)) return false;
  if (method === "POST") {
    return changes.some((change) => {
      if (change.action !== "create" && change.action !== "replace") return false;
      const place = {
        type: change.type,
        scope: change.scope,
        project_name: change.project_name,
        identifier: change.identifier,
      };
      return bodyParts(sent).every(([part, value]) => isShown(change, part, value, basis) || isAt(place, part, value));
    });
  }
  const own = changes.filter((change) => "hash_id" in change && change.hash_id === hash);
  const before = basis.before.find((each) => each["hash_id"] === hash) ?? {};
  return bodyParts(sent).every(
    ([part, value]) =>
      own.some((change) => isShown(change, part, value, basis)) ||
      isAt(Object.fromEntries(bodyParts(before)), part, value),
  );
}

/** The API fields of a request; each part of the permissions is a field. */
function bodyParts(body: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(body).flatMap(([name, value]): [string, unknown][] =>
    name === "permissions" && isRecord(value)
      ? Object.entries(value).map(([part, item]) => [`permissions.${part}`, item])
      : [[name, value]],
  );
}

function isAt(parts: Readonly<Record<string, unknown>>, part: string, value: unknown): boolean {
  return JSON.stringify(parts[part]) === JSON.stringify(value);
}

function isShown(change: Change, part: string, value: unknown, { values }: ReviewBasis): boolean {
  if (change.action !== "update" && change.action !== "create" && change.action !== "replace") return false;
  return change.fields.some(({ path, after }) => {
    if (path !== part && path !== `extra.${part}`) return false;
    const json: Json = JSON.parse(JSON.stringify(value));
    if (isMap(after) && typeof after["digest"] === "string") return after["digest"] === digestOf(path, json);
    return canonicalJson(withRunValues(after, values)) === canonicalJson(json);
  });
}

function withRunValues(shown: Json, values: Readonly<Record<string, string>>): Json {
  if (isList(shown)) return shown.map((item) => withRunValues(item, values));
  if (!isMap(shown)) return shown;
  const { $secret: variable, $literal: literal } = shown;
  if (typeof variable === "string") return values[variable] ?? shown;
  if (literal !== undefined) return withRunValues(literal, values);
  return Object.fromEntries(Object.entries(shown).map(([name, item]) => [name, withRunValues(item, values)]));
}

function digestOf(path: string, value: Json): string {
  const digest = createHash("sha256")
    .update(`buddy-integrations ${path} ${canonicalJson(value)}`)
    .digest("hex");
  return `sha256:${digest.slice(0, 32)}`;
}
