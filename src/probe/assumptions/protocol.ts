import type { ProbeAnswer } from "../../api/probe-client.ts";
import { isRecord } from "../../model/json.ts";
import { joinWords } from "../../model/text.ts";
import { asAssumed, finding, NO_ANSWER, NOTHING_TO_DO, notSeen, type Assumption } from "../assumption.ts";
import { isRefusal, type ProbeFacts } from "../facts.ts";

const REFUSALS = [400, 403, 409, 422];
const NEEDED = ["INTEGRATION_READ", "INTEGRATION_WRITE", "INTEGRATION_MANAGE"];
const OLDER = ["INTEGRATION_INFO", "INTEGRATION_ADD"];

/** Writes that the server refused for their content. */
function refusedWrites(facts: ProbeFacts): readonly ProbeAnswer[] {
  return facts.all().filter((each) => (each.method === "POST" || each.method === "PATCH") && isRefusal(each));
}

/** Errors, limits and the token. */
export const PROTOCOL: readonly Assumption[] = [
  {
    id: "error-status",
    assumed: "A write is refused with 400, 403, 409 or 422",
    source: "not documented",
    sure: "L",
    check: (facts) => {
      const statuses = [...new Set(refusedWrites(facts).map(({ status }) => status))].toSorted((a, b) => a - b);
      if (statuses.length === 0) return notSeen("no write was refused");
      return finding(
        statuses.every((status) => REFUSALS.includes(status)),
        `status ${joinWords(statuses.map(String), "and")}`,
      );
    },
    means: "A refusal may be explained wrongly. Every 4xx counts as a refusal that changed nothing.",
    todo: "Read the server's own words, which are printed with the error.",
  },
  {
    id: "error-shape",
    assumed: 'An error\'s body is {"errors": [{"message": …}]}',
    source: "SDK's parser",
    sure: "M",
    check: (facts) => {
      const answers = refusedWrites(facts);
      if (answers.length === 0) return notSeen("no write was refused");
      const others = answers.filter(({ json }) => !isErrorBody(json)).length;
      return finding(others === 0, others === 0 ? "in every refusal" : `another in ${others} of ${answers.length}`);
    },
    means: "The server's reason may be missing from an error that is printed.",
    todo: "Look at the status, which is printed too.",
  },
  {
    id: "rate-limit-headers",
    assumed: "Limits, where a response has them, are in the three X-Rate-Limit headers, with Reset in epoch seconds",
    source: "SDK's limiter",
    sure: "M",
    check: (facts) => {
      const withLimits = facts.all().filter(({ limits }) => limits.documented > 0);
      if (facts.all().length === 0) return notSeen(NO_ANSWER);
      if (withLimits.length === 0) return asAssumed("no answer named a limit");
      const partly = withLimits.filter(({ limits }) => limits.documented < 3).length;
      const odd = withLimits.filter(({ limits }) => limits.reset === "another-unit").length;
      if (partly === 0 && odd === 0) return asAssumed("all three, in epoch seconds");
      return finding(false, odd > 0 ? "Reset is in another unit" : "only some of the three");
    },
    means: "A run may wait too long for the rate limit, or too short and be refused.",
    todo: "Send less at once, with `--concurrency 2`.",
  },
  {
    id: "token-scopes",
    assumed: `GET /user/token names the scopes as of August 2026: ${joinWords(NEEDED, "and")}`,
    source: "Terraform provider v1.47.0",
    sure: "M",
    check: (facts) => {
      const scopes = facts.view("token")?.["scopes"];
      if (facts.answer("token") === undefined) return notSeen(NO_ANSWER);
      if (!Array.isArray(scopes)) return finding(false, "the answer has no list of scopes");
      const missing = NEEDED.filter((name) => !scopes.includes(name));
      const older = OLDER.filter((name) => scopes.includes(name));
      if (missing.length === 0 && older.length === 0) return asAssumed("these names");
      const parts = [
        ...(missing.length > 0 ? [`without ${joinWords(missing, "and")}`] : []),
        ...(older.length > 0 ? [`with the older ${joinWords(older, "and")}`] : []),
      ];
      return finding(false, parts.join(", "));
    },
    means: "`doctor` may be wrong about what the token may do. Nothing else uses the names of scopes.",
    todo: NOTHING_TO_DO,
  },
];

function isErrorBody(json: unknown): boolean {
  const errors = isRecord(json) ? json["errors"] : undefined;
  return (
    Array.isArray(errors) &&
    errors.length > 0 &&
    errors.every((each) => isRecord(each) && typeof each["message"] === "string" && each["message"] !== "")
  );
}
