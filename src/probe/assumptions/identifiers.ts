import { joinWords } from "../../model/text.ts";
import { oddIdentifiers } from "../odd-identifiers.ts";
import {
  asAssumed,
  finding,
  NO_ANSWER,
  NOT_CREATED,
  NOTHING_TO_DO,
  notSeen,
  type Assumption,
  type ProbeFinding,
} from "../assumption.ts";
import { isRefusal, isSuccess, type ProbeFacts, type ProbeStep } from "../facts.ts";

/** What became of an identifier that was sent. */
function keptBy(facts: ProbeFacts, step: ProbeStep): ProbeFinding {
  const answer = facts.answer(step);
  if (answer === undefined) return notSeen(NO_ANSWER);
  if (isRefusal(answer)) return finding(false, `refused with ${answer.status}`);
  const made = facts.view(step)?.["identifier"];
  if (made === undefined || made === null) return notSeen("the answer has no identifier");
  return finding(made === facts.sent(step)["identifier"], describeIdentifier(made, facts.sent(step)["identifier"]));
}

function describeIdentifier(made: unknown, sent: unknown): string {
  if (made === sent) return "kept as sent";
  if (typeof made !== "string" || typeof sent !== "string") return "replaced by something that isn't text";
  if (made === sent.toLowerCase()) return "put into lower case";
  if (made.startsWith(sent)) return "something was added to its end";
  return "replaced by another";
}

function acceptedTwice(facts: ProbeFacts, step: ProbeStep): ProbeFinding {
  if (!facts.isCreated("create-in-project")) return notSeen(NOT_CREATED);
  const answer = facts.answer(step);
  if (answer === undefined) return notSeen(NO_ANSWER);
  return finding(isSuccess(answer), isSuccess(answer) ? "created" : `refused with ${answer.status}`);
}

/** What becomes of identifiers, and where they are unique. */
export const IDENTIFIERS: readonly Assumption[] = [
  {
    id: "identifier-generated",
    assumed: "Without an identifier, the server makes one",
    source: "SDK",
    sure: "H",
    check: (facts) => {
      const view = facts.view("create-plain");
      if (view === undefined) return notSeen(NOT_CREATED);
      const has = typeof view["identifier"] === "string" && view["identifier"] !== "";
      return finding(has, has ? "it made one" : "it made none");
    },
    means: "Integrations made in the web page may have no identifier, so pipelines can refer to them by hash only.",
    todo: "Give each integration an identifier: this tool sends the key as one.",
  },
  {
    id: "identifier-kept",
    assumed: "An identifier of small letters, digits and underscores is kept as it was sent",
    source: "create page",
    sure: "H",
    check: (facts) => keptBy(facts, "create-in-project"),
    means: "A new integration has another identifier than its key. Pipelines that use the key don't find it.",
    todo: "Use hashes in pipelines (`refs --write`), or write the identifier that the server made into the file.",
  },
  {
    id: "identifier-hyphens",
    assumed: "Hyphens inside an identifier are allowed and kept",
    source: "examples and newer pages; one page says no",
    sure: "M",
    check: (facts) => keptBy(facts, "create-hyphen"),
    means: "A key with a hyphen is refused at creation, or gets another identifier.",
    todo: "Use underscores in keys, or give `identifier` one without hyphens.",
  },
  {
    id: "identifier-capitals",
    assumed: "Capital letters in an identifier are allowed and kept",
    source: "create page",
    sure: "M",
    check: (facts) => keptBy(facts, "create-capitals"),
    means: "A key with capital letters is refused at creation, or gets another identifier.",
    todo: "Use small letters in keys, or give `identifier` one in small letters.",
  },
  {
    id: "identifier-characters",
    assumed: "An identifier that begins with a digit, ends with a hyphen, or holds a dot or a space is refused",
    source: "pages of identifiers",
    sure: "M",
    check: (facts) => {
      const answers = facts.answers("edit-odd-identifier");
      if (answers.length === 0) return notSeen(NO_ANSWER);
      const names = oddIdentifiers("").map(([what]) => what);
      const taken = answers.flatMap((answer, index) => (isSuccess(answer) ? (names[index] ?? []) : []));
      // If an answer is missing, it isn't known which identifier each answer is about.
      if (answers.length < names.length) return notSeen(NO_ANSWER);
      return finding(taken.length === 0, taken.length === 0 ? "all refused" : `accepted: ${joinWords(taken, "and")}`);
    },
    means: "The server accepts, or changes, identifiers that this tool refuses in a file.",
    todo: NOTHING_TO_DO,
  },
  {
    id: "identifier-length",
    assumed: "An identifier of 200 characters, the longest key, is allowed",
    source: "not documented",
    sure: "L",
    check: (facts) => {
      const [longest] = facts.answers("edit-long-identifier");
      if (longest === undefined) return notSeen(NO_ANSWER);
      if (!isEditable(facts)) return notSeen("an identifier can't be changed here");
      const sent = facts.sent("edit-long-identifier")["identifier"];
      const made = facts.view("edit-long-identifier")?.["identifier"];
      if (isSuccess(longest)) return finding(made === sent, made === sent ? "kept" : "cut or replaced");
      const taken = typeof made === "string" && made === sent ? `; ${made.length} characters are accepted` : "";
      return finding(false, `refused with ${longest.status}${taken}`);
    },
    means: "Long keys are refused at creation, or are cut, so that two of them may collide.",
    todo: "Keep keys and identifiers short: 40 characters are enough.",
  },
  {
    id: "identifier-edited",
    assumed: "PATCH changes the identifier",
    source: "2026 pages; the Terraform provider replaces instead",
    sure: "M",
    check: (facts) => {
      const answer = facts.answer("edit-identifier");
      if (answer === undefined) return notSeen(NO_ANSWER);
      if (isRefusal(answer)) return finding(false, `refused with ${answer.status}`);
      return finding(isEditable(facts), isEditable(facts) ? "changed" : "accepted, and not changed");
    },
    means: "An identifier can't be changed, so a replacement can't get the identifier of the old integration.",
    todo: "Don't change identifiers of locked integrations. Replace them under a new key.",
  },
  {
    id: "identifier-shared-across-scopes",
    assumed: "An integration of the workspace and one of a project may have the same identifier",
    source: "CLI, which needs scope and project to address one",
    sure: "M",
    check: (facts) => acceptedTwice(facts, "create-same-in-workspace"),
    means: "Identifiers are unique in the whole workspace. The second creation is refused, and changes nothing.",
    todo: "Choose keys, or `identifier`s, that no other scope or project has.",
  },
  {
    id: "identifier-not-unique",
    assumed: "Two integrations of one project may have the same identifier",
    source: "not documented; this tool prepares for it",
    sure: "L",
    check: (facts) => acceptedTwice(facts, "create-same-in-project"),
    means:
      "Identifiers are unique in a project, so nothing can be created twice under one key. That is safer than assumed.",
    todo: NOTHING_TO_DO,
  },
  {
    id: "names-not-unique",
    assumed: "Two integrations may have the same name",
    source: "manage page",
    sure: "M",
    check: (facts) => {
      const answer = facts.answer("edit-same-name");
      if (answer === undefined) return notSeen(NO_ANSWER);
      return isSuccess(answer) ? asAssumed("accepted") : finding(false, `refused with ${answer.status}`);
    },
    means: "A name that another integration has is refused, so a replacement needs another name.",
    todo: "Give each integration its own name.",
  },
];

function isEditable(facts: ProbeFacts): boolean {
  const wanted = facts.sent("edit-identifier")["identifier"];
  return wanted !== undefined && facts.view("edit-identifier")?.["identifier"] === wanted;
}
