import type { IntegrationWithIds, LiveIntegration } from "../../model/integration.ts";
import type { Refusal, Update } from "../change.ts";
import type { CarriedField, FieldChange, RecordedDetail } from "../field-change.ts";
import { apiField, comparableDesired } from "../compare/comparable.ts";
import { carriedApiFields, liveCarriedValue } from "../decide/payload.ts";
import { leftOut } from "./left-out.ts";

/** What is known of an update when it is split. */
export interface UpdateReview {
  readonly desired: IntegrationWithIds;
  readonly live: LiveIntegration;
  readonly isFieldReviewed: (field: FieldChange) => boolean;
  readonly isLifecycleReviewed: (detail: RecordedDetail) => boolean;
  /** Places of values that were never sent, and that no reviewed plan lists. */
  readonly unreviewedValues: readonly string[];
}

/**
 * Splits an update into the part that may be sent and the part that is left out. API fields that are sent with a changed
 * field must be unchanged or reviewed too. `name` and `auth_type` can be sent with their live value. Any other unreviewed
 * field holds back the fields that need it.
 */
export function splitUpdate(update: Update, review: UpdateReview): Update[] {
  const held = new Set(update.fields.filter((field) => !review.isFieldReviewed(field)).map(({ path }) => path));
  const unreviewed = unreviewedApiFields(review);
  const needs = new Map<string, string>();
  for (;;) {
    for (const path of held) unreviewed.add(apiField(path));
    const blocked = update.fields.flatMap(({ path }) => {
      const needed = held.has(path) ? undefined : neededWith(path, unreviewed, review);
      return needed === undefined ? [] : [{ path, needed }];
    });
    if (blocked.length === 0) break;
    for (const { path, needed } of blocked) {
      held.add(path);
      needs.set(path, needed);
    }
  }
  const lifecycle = update.lifecycle.filter(
    (detail) =>
      review.isLifecycleReviewed(detail) &&
      // `lifecycle.rotate` says that all values were sent again.
      !update.fields.some(({ path, reason }) => reason === "resend" && held.has(path)),
  );
  if (held.size === 0 && lifecycle.length === update.lifecycle.length) return [update];
  const sent = update.fields.filter(({ path }) => !held.has(path));
  const left: Update = {
    ...withFields(
      update,
      update.fields.filter(({ path }) => held.has(path)),
    ),
    carried: [],
    unknown: sent.length === 0 ? update.unknown : [],
    lifecycle: update.lifecycle.filter((detail) => !lifecycle.includes(detail)),
    refused: refusalFor(needs),
  };
  if (sent.length === 0) return [{ ...left, lifecycle: update.lifecycle }];
  const carried = carriedByPart(
    update,
    sent.map(({ path }) => path),
    unreviewed,
    review,
  );
  return [{ ...withFields(update, sent), carried, lifecycle }, left];
}

/** The update with only these fields. A pipeline that doesn't exist yet blocks only the field that names it. */
function withFields(update: Update, fields: readonly FieldChange[]): Update {
  const namesPipelines = fields.some(({ path }) => path === "allowed_pipelines");
  return { ...update, fields, pending: namesPipelines ? update.pending : [] };
}

/** API fields with a value that was never sent and that no reviewed plan lists. */
function unreviewedApiFields({ desired, unreviewedValues }: UpdateReview): Set<string> {
  const paths = [...comparableDesired(desired).keys()].filter((path) =>
    unreviewedValues.some((place) => place === path || place.startsWith(`${path}.`)),
  );
  return new Set(paths.map(apiField));
}

/** The unreviewed API field without which this path can't be sent. */
function neededWith(
  path: string,
  unreviewed: ReadonlySet<string>,
  { desired, live }: UpdateReview,
): string | undefined {
  const own = apiField(path);
  if (unreviewed.has(own)) return own;
  return carriedApiFields(desired, live, [path]).find((name) => unreviewed.has(name) && !CAN_GO_AS_LIVE.has(name));
}

/** API fields that the API returns, so that they can be sent back with their live value. */
const CAN_GO_AS_LIVE: ReadonlySet<string> = new Set(["name", "auth_type"]);

function carriedByPart(
  { carried, unknown }: Update,
  paths: readonly string[],
  unreviewed: ReadonlySet<string>,
  { desired, live }: UpdateReview,
): CarriedField[] {
  const before = new Map(carried.map((field) => [field.name, field]));
  const uncompared = new Set(unknown.map(({ path }) => apiField(path)));
  return carriedApiFields(desired, live, paths).flatMap((name): CarriedField[] => {
    if (!unreviewed.has(name)) {
      return [before.get(name) ?? { name, compared: uncompared.has(name) ? "unknown" : "unchanged" }];
    }
    return liveCarriedValue(live, name) === undefined ? [] : [{ name, compared: "unchanged", value: "live" }];
  });
}

function refusalFor(needs: ReadonlyMap<string, string>): Refusal {
  const others = [...needs].filter(([path, needed]) => apiField(path) !== needed);
  const along = others.map(([path, needed]) => `${path} can't be sent without ${needed}`).join(", ");
  return leftOut(`no reviewed plan sends ${along === "" ? "this" : `all of this, and ${along}`}`);
}
