import { joinWords } from "../../model/text.ts";
import {
  asAssumed,
  differs,
  finding,
  NO_ANSWER,
  NOT_CREATED,
  NOTHING_TO_DO,
  notSeen,
  type Assumption,
} from "../assumption.ts";
import type { ProbeFacts } from "../facts.ts";

/** The fields that the documentation names for GET, with `note` and `agent_note` of July 2026. */
const DOCUMENTED_FIELDS: ReadonlySet<string> = new Set([
  "type",
  "url",
  "html_url",
  "identifier",
  "hash_id",
  "name",
  "auth_type",
  "scope",
  "project_name",
  "app_id",
  "google_project",
  "host_url",
  "webhook_address",
  "audience",
  "atop_url",
  "permissions",
  "all_pipelines_allowed",
  "allowed_pipelines",
  "disabled",
  "note",
  "agent_note",
]);

const SHORT_FIELDS = ["url", "html_url", "hash_id", "name", "identifier", "type"];

/** The list, GET, and what they show. */
export const READING: readonly Assumption[] = [
  {
    id: "list-without-project",
    assumed: "Without project_name the list has the workspace's integrations and none of a project",
    source: "Terraform provider v1.46.0",
    sure: "M",
    check: (facts) => {
      const items = facts.items("list-workspace");
      if (items === undefined) return notSeen(NO_ANSWER);
      if (!facts.isCreated("create-in-project")) return notSeen(NOT_CREATED);
      const has = facts.item("list-workspace", "create-in-project") !== undefined;
      return finding(!has, has ? "a project's integration is in it" : "no project's integration is in it");
    },
    means: "The server lists as Buddy did before August 2026. Each part of the list holds more than is needed.",
    todo: NOTHING_TO_DO,
  },
  {
    id: "list-of-project",
    assumed: "With project_name the list has the integrations of that project",
    source: "Terraform provider v1.46.0, CLI",
    sure: "M",
    check: (facts) => {
      if (facts.items("list-project") === undefined) return notSeen(NO_ANSWER);
      if (!facts.isCreated("create-in-project")) return notSeen(NOT_CREATED);
      const has = facts.item("list-project", "create-in-project") !== undefined;
      return finding(has, has ? "the project's integration is in it" : "the project's integration isn't in it");
    },
    means: "Integrations of projects can't be found. A key that isn't locked may be created a second time.",
    todo: "Don't apply integrations of projects that exist already before they are locked: adopt each with `import KEY HASH`.",
  },
  {
    id: "list-of-project-only",
    assumed: "With project_name the list has no integration of the workspace",
    source: "not documented",
    sure: "L",
    check: (facts) => {
      if (facts.items("list-project") === undefined) return notSeen(NO_ANSWER);
      if (!facts.isCreated("create-amazon")) return notSeen(NOT_CREATED);
      const has = facts.item("list-project", "create-amazon") !== undefined;
      return finding(!has, has ? "the workspace's are in it, too" : "the workspace's aren't in it");
    },
    means: "The list of a project holds the workspace's integrations as well.",
    todo: NOTHING_TO_DO,
  },
  {
    id: "list-of-unknown-project",
    assumed: "With the name of a project that doesn't exist, the list returns 404",
    source: "not documented",
    sure: "L",
    check: (facts) => {
      const answer = facts.answer("list-unknown-project");
      return answer === undefined ? notSeen(NO_ANSWER) : finding(answer.status === 404, `status ${answer.status}`);
    },
    means:
      "A wrong project_name isn't noticed while planning: its part of the list looks empty, or is refused otherwise.",
    todo: "Check project_name in the file. A creation in a project that doesn't exist is refused.",
  },
  {
    id: "list-fields",
    assumed: `An item of the list has ${joinWords(SHORT_FIELDS, "and")}, and note where one is set`,
    source: "SDK, Terraform provider",
    sure: "H",
    check: (facts) => {
      const item = facts.item("list-workspace", "create-amazon");
      if (item === undefined) return notSeen("the list doesn't show what was created");
      const names = Object.keys(item).filter((name) => item[name] !== null);
      const more = names.filter((name) => !SHORT_FIELDS.includes(name));
      const missing = SHORT_FIELDS.filter((name) => !names.includes(name));
      if (more.length === 0 && missing.length === 0) return asAssumed("only these");
      const parts = [
        ...(missing.length > 0 ? [`without ${joinWords(missing, "and")}`] : []),
        ...(more.length > 0 ? [`also ${joinWords(facts.showableNames(more), "and")}`] : []),
      ];
      return differs(parts.join("; "));
    },
    means:
      "More fields change nothing: each integration is read by GET. Without identifier or type an existing one isn't recognised.",
    todo: "If fields are missing, adopt existing integrations with `import KEY HASH` before you apply.",
  },
  {
    id: "list-unpaged",
    assumed: "The list has no pages: page and per_page are ignored",
    source: "SDK, Terraform provider",
    sure: "M",
    check: (facts) => {
      const items = facts.items("list-paged");
      const before = facts.items("list-workspace");
      if (items === undefined || before === undefined) return notSeen(NO_ANSWER);
      if (before.length < 2) return notSeen("the list has fewer than two items");
      return finding(items.length > 1, items.length > 1 ? "per_page=1 gives more than one" : "per_page=1 is obeyed");
    },
    means: "The list may be cut. What isn't on the first page looks absent, and could be created twice.",
    todo: "Don't apply in a workspace with many integrations until this is known: report it first.",
  },
  {
    id: "get-fields",
    assumed: "GET returns the documented fields and no others",
    source: "get page",
    sure: "M",
    check: (facts) => {
      const view = facts.view("get-in-project") ?? facts.view("get-plain");
      if (view === undefined) return notSeen(NO_ANSWER);
      const more = Object.keys(view).filter((name) => !DOCUMENTED_FIELDS.has(name) && view[name] !== null);
      if (more.length === 0) return asAssumed("no others");
      return differs(`also ${joinWords(facts.showableNames(more), "and")}`);
    },
    means:
      "The server shows more than is documented. A managed value that this version can't compare could then be compared.",
    todo: NOTHING_TO_DO,
  },
  {
    id: "get-without-secrets",
    assumed: "No answer holds a credential that was sent",
    source: "SDK's and provider's views, create page",
    sure: "H",
    check: (facts) => {
      if (!facts.isCreated("create-plain")) return notSeen(NOT_CREATED);
      const has = facts.all().some((answer) => facts.hasSecretIn(answer));
      return finding(!has, has ? "a made-up credential came back" : "none came back");
    },
    means: "Whoever can read integrations can read credentials. This tool still shows none of them.",
    todo: "Give the scope INTEGRATION_READ only to those who may know the credentials.",
  },
  {
    id: "notes-returned",
    assumed: "note and agent_note are accepted by POST and returned by GET",
    source: "newer pages, Terraform provider",
    sure: "L",
    check: (facts) => {
      const view = facts.view("get-in-project");
      if (view === undefined) return notSeen(NO_ANSWER);
      const sent = facts.sent("create-in-project");
      if (sent["note"] === undefined) return notSeen("the creation with notes was refused");
      const lost = ["note", "agent_note"].filter((name) => view[name] !== sent[name]);
      return finding(lost.length === 0, lost.length === 0 ? "both" : `not returned as sent: ${lost.join(" and ")}`);
    },
    means: "A change of this field by hand isn't seen, or every plan wants to set it again.",
    todo: "Leave the field out of the file.",
  },
];

/** The names of the fields of a view that are set. */
export function viewFieldNames(facts: ProbeFacts, step: Parameters<ProbeFacts["view"]>[0]): readonly string[] {
  const view = facts.view(step) ?? {};
  return Object.keys(view).filter((name) => view[name] !== null);
}
