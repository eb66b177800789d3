import { isRecord } from "../../model/json.ts";
import {
  asAssumed,
  differs,
  finding,
  NO_ANSWER,
  NOTHING_TO_DO,
  notSeen,
  type Assumption,
  type ProbeFinding,
} from "../assumption.ts";
import { isRefusal, isSuccess, type ProbeFacts, type ProbeStep } from "../facts.ts";

/** For a PATCH of a field that is assumed to be fixed: whether the server refuses it, ignores it, or changes the field. */
function checkFixedField(facts: ProbeFacts, step: ProbeStep, field: string): ProbeFinding {
  const answer = facts.answer(step);
  if (answer === undefined) return notSeen(NO_ANSWER);
  if (isRefusal(answer)) return asAssumed(`refused with ${answer.status}`);
  const isChanged = facts.view(step)?.[field] === facts.sent(step)[field];
  return isChanged
    ? differs("changed")
    : differs("accepted, and not changed", {
        means: "The server takes the request and changes nothing. A plan asks for a replacement in any case.",
        todo: NOTHING_TO_DO,
      });
}

/** What PATCH accepts, and what it leaves unchanged. */
export const EDITING: readonly Assumption[] = [
  {
    id: "edit-is-partial",
    assumed: "PATCH changes only what is sent",
    source: "SDK",
    sure: "H",
    check: (facts) => {
      const before = facts.view("get-in-project");
      const after = facts.view("edit-name-alone");
      if (before === undefined || after === undefined) return notSeen(NO_ANSWER);
      const names = ["type", "scope", "auth_type", "note", "permissions", "all_pipelines_allowed"];
      const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
      return finding(
        changed.length === 0,
        changed.length === 0 ? "all else is as before" : `also changed: ${changed.join(", ")}`,
      );
    },
    means: "An update resets fields that the file doesn't name, and people may have set by hand.",
    todo: "Write these fields into the file, so that every update sends them.",
  },
  {
    id: "edit-without-name",
    assumed: "A PATCH without name is refused",
    source: "create page: required",
    sure: "M",
    check: (facts) => {
      const answer = facts.answer("edit-without-name");
      if (answer === undefined) return notSeen(NO_ANSWER);
      return finding(isRefusal(answer), isRefusal(answer) ? `refused with ${answer.status}` : "accepted");
    },
    means: "The server needs less than is documented. This tool sends the name each time.",
    todo: NOTHING_TO_DO,
  },
  {
    id: "edit-of-scope",
    assumed: "A PATCH of scope is refused",
    source: "SDK and provider replace instead; what the server says is not documented",
    sure: "L",
    check: (facts) => checkFixedField(facts, "edit-scope", "scope"),
    means: "The scope of an integration can be changed in place, and keep its hash.",
    todo: "Before you replace an integration to change its scope, report this in an issue: the hash could be kept.",
  },
  {
    id: "edit-of-type",
    assumed: "A PATCH of type is refused",
    source: "SDK and provider replace instead; what the server says is not documented",
    sure: "L",
    check: (facts) => checkFixedField(facts, "edit-type", "type"),
    means: "The type of an integration can be changed in place, and keep its hash.",
    todo: "Before you replace an integration to change its type, report this in an issue: the hash could be kept.",
  },
  {
    id: "edit-keeps-secrets",
    assumed: "A PATCH without credentials is accepted and leaves them as they were, as far as that can be seen",
    source: "SDK, whose tests edit without them",
    sure: "L",
    check: (facts) => {
      const [first, second] = [facts.answer("edit-amazon"), facts.answer("edit-amazon-again")];
      if (first === undefined || second === undefined) return notSeen(NO_ANSWER);
      const refused = [first, second].find((answer) => !isSuccess(answer));
      if (refused !== undefined) {
        const which = refused === first ? "the first" : "the second";
        return finding(false, `${which} one is refused with ${refused.status}`);
      }
      const isDisabled = facts.view("edit-amazon-again")?.["disabled"] === true;
      return finding(!isDisabled, isDisabled ? "it was disabled" : "accepted twice");
    },
    means: "An update that doesn't send the credentials is refused, or loses them.",
    todo: "Apply with `--resend KEY` whenever another field of that integration changes, so that its credentials are sent along.",
  },
  {
    id: "permissions-replaced",
    assumed: "permissions are replaced as a whole: a list that is left out is emptied",
    source: "SDK, create page",
    sure: "H",
    check: (facts) => {
      const owner = facts.answer("edit-owner");
      if (owner === undefined) return notSeen("no user could be added: the token may not read who its owner is");
      const before = usersOf(facts, "edit-owner");
      if (before === undefined || before === 0) return notSeen(`no user could be added: status ${owner.status}`);
      const after = usersOf(facts, "edit-permissions");
      if (after === undefined) return notSeen(NO_ANSWER);
      return finding(after === 0, after === 0 ? "emptied" : "the list stays");
    },
    means: "A user or group that the file no longer names keeps its right.",
    todo: "To take a right away, list the user or group with DENIED.",
  },
];

function usersOf(facts: ProbeFacts, step: ProbeStep): number | undefined {
  const view = facts.view(step);
  if (view === undefined) return undefined;
  const users = isRecord(view["permissions"]) ? view["permissions"]["users"] : undefined;
  return Array.isArray(users) ? users.length : 0;
}
