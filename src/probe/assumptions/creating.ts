import { isRecord } from "../../model/json.ts";
import { finding, NO_ANSWER, NOT_CREATED, NOTHING_TO_DO, notSeen, type Assumption } from "../assumption.ts";
import { isRefusal, isSuccess, type ProbeStep } from "../facts.ts";
import { viewFieldNames } from "./reading.ts";

/** Step, type and usual auth_type. An empty type means the plain type that the probe uses. */
const AUTH_TYPES: readonly (readonly [ProbeStep, string, string])[] = [
  ["create-in-project", "GIT_HUB", "TOKEN"],
  ["create-amazon", "AMAZON", "DEFAULT"],
  ["create-plain", "", ""],
];

/** Steps that each create another type. */
const CREDENTIAL_STEPS: readonly ProbeStep[] = ["create-plain", "create-in-project", "create-amazon"];

/** What POST returns, and what the server adds to what was sent. */
export const CREATING: readonly Assumption[] = [
  {
    id: "create-answer",
    assumed: "A creation returns 201 with the fields that GET shows",
    source: "create page, SDK",
    sure: "H",
    check: (facts) => {
      const answer = facts.answer("create-plain");
      if (answer === undefined) return notSeen(NO_ANSWER);
      if (facts.view("get-plain") === undefined) return notSeen("it can't be read by GET");
      const isFull =
        String(viewFieldNames(facts, "create-plain").toSorted()) ===
        String(viewFieldNames(facts, "get-plain").toSorted());
      const seen = `status ${answer.status}, ${isFull ? "the same fields" : "other fields than GET"}`;
      return finding(answer.status === 201 && isFull, seen);
    },
    means: "Any 2xx with a hash_id is understood. Fields that the answer lacks are read by the next plan.",
    todo: NOTHING_TO_DO,
  },
  {
    id: "credentials-unverified",
    assumed: "Credentials aren't tested at creation: made-up ones are accepted",
    source: "SDK, whose tests send random ones for six types",
    sure: "M",
    check: (facts) => {
      const tried = CREDENTIAL_STEPS.map((step) => facts.answers(step)).filter((answers) => answers.length > 0);
      if (tried.length === 0) return notSeen(NO_ANSWER);
      // If another type in the same place is refused too, the credentials aren't the reason.
      const refused = tried.filter(
        ([first, second]) => first !== undefined && isRefusal(first) && (second === undefined || isSuccess(second)),
      );
      const [[answer] = []] = refused;
      if (answer === undefined) return finding(true, "accepted for all types that were tried");
      return finding(false, `refused for ${refused.length} of ${tried.length} types, with ${answer.status}`);
    },
    means: "A wrong or outdated credential makes a creation or an update fail, so it is noticed early.",
    todo: "Make sure that a credential is valid before you apply: a rotation must reach the provider first.",
  },
  {
    id: "unknown-type",
    assumed: "A type that the server doesn't know is refused",
    source: "not documented",
    sure: "L",
    check: (facts) => {
      const answer = facts.answer("create-unknown-type");
      if (answer === undefined) return notSeen(NO_ANSWER);
      return finding(
        isRefusal(answer),
        isRefusal(answer) ? `refused with ${answer.status}` : `status ${answer.status}`,
      );
    },
    means: "A misspelled type creates an integration that nothing can use.",
    todo: "Don't ignore the warning `unknown-type` of a plan.",
  },
  {
    id: "unknown-field",
    assumed: "A field that the server doesn't know is ignored",
    source: "not documented",
    sure: "L",
    check: (facts) => {
      const answer = facts.answer("edit-unknown-field");
      if (answer === undefined) return notSeen(NO_ANSWER);
      return finding(isSuccess(answer), isSuccess(answer) ? "ignored" : `refused with ${answer.status}`);
    },
    means: "A field of `extra` that the type doesn't have makes the request fail. That is safer than ignoring it.",
    todo: "Remove refused fields from `extra`.",
  },
  {
    id: "auth-type-default",
    assumed: "Without auth_type it is TOKEN for GIT_HUB, DEFAULT for AMAZON, and empty for a plain token type",
    source: "create page, Terraform provider",
    sure: "H",
    check: (facts) => {
      const made = AUTH_TYPES.filter(
        ([step, type]) => facts.view(step) !== undefined && (type === "" || facts.sent(step)["type"] === type),
      );
      if (made.length === 0) return notSeen(NOT_CREATED);
      const others = made.filter(([step, , usual]) => (facts.view(step)?.["auth_type"] ?? "") !== usual);
      const seen =
        others.length === 0
          ? "as listed"
          : `another for ${others.map(([, type]) => type || "a plain token type").join(" and ")}`;
      return finding(others.length === 0, seen);
    },
    means: "A plan may show a difference in auth_type that nobody made, or miss one.",
    todo: "Write auth_type into the file for the types that differ.",
  },
  {
    id: "permissions-default",
    assumed: "Parts of permissions that are left out get the default: admins MANAGE, no users, no groups",
    source: "create page, SDK",
    sure: "H",
    check: (facts) => {
      const view = facts.view("get-plain");
      if (view === undefined) return notSeen("it can't be read by GET");
      const { permissions } = view;
      if (!isRecord(permissions)) return finding(false, "no permissions are returned");
      const wrong = [
        ...((permissions["admins"] ?? "MANAGE") === "MANAGE" ? [] : ["admins"]),
        ...(permissions["others"] === "DENIED" ? [] : ["others"]),
        ...["users", "groups"].filter((name) => !isEmptyList(permissions[name])),
      ];
      return finding(wrong.length === 0, wrong.length === 0 ? "as listed" : `another: ${wrong.join(", ")}`);
    },
    means: "An integration may be open to more people than the file says, or to fewer.",
    todo: "Write `permissions` in full: admins, others, users and groups.",
  },
  {
    id: "pipelines-default",
    assumed: "all_pipelines_allowed: false is kept, and without allowed_pipelines there are none",
    source: "create page, SDK",
    sure: "H",
    check: (facts) => {
      const view = facts.view("get-plain");
      if (view === undefined) return notSeen("it can't be read by GET");
      const wrong = [
        ...(view["all_pipelines_allowed"] === false ? [] : ["all_pipelines_allowed"]),
        ...(isEmptyList(view["allowed_pipelines"]) ? [] : ["allowed_pipelines"]),
      ];
      return finding(wrong.length === 0, wrong.length === 0 ? "closed to all" : `not as sent: ${wrong.join(", ")}`);
    },
    means: "An integration may be open to pipelines that the file doesn't name.",
    todo: "Check in Buddy's web page which pipelines may use it, and write both fields into the file.",
  },
];

/** Missing, null and empty mean the same. */
function isEmptyList(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
