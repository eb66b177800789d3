import { finding, NO_ANSWER, NOTHING_TO_DO, notSeen, type Assumption } from "../assumption.ts";

/** What DELETE returns, and what can be read afterwards. */
export const DELETING: readonly Assumption[] = [
  {
    id: "delete-answer",
    assumed: "A deletion returns 204",
    source: "SDK, which treats any other 2xx as an error",
    sure: "H",
    check: (facts) => {
      const answer = facts.answer("delete");
      return answer === undefined ? notSeen(NO_ANSWER) : finding(answer.status === 204, `status ${answer.status}`);
    },
    means: "Any 2xx counts as deleted. Other clients may report an error.",
    todo: NOTHING_TO_DO,
  },
  {
    id: "get-after-deletion",
    assumed: "GET of a deleted integration returns 404",
    source: "get page, Terraform provider",
    sure: "H",
    check: (facts) => {
      const answer = facts.answer("get-deleted");
      return answer === undefined ? notSeen(NO_ANSWER) : finding(answer.status === 404, `status ${answer.status}`);
    },
    means: "An integration that was deleted by hand makes a plan fail, or still looks present.",
    todo: "Remove the key of an integration that was deleted by hand from the file, and apply the other keys with --only.",
  },
  {
    id: "delete-twice",
    assumed: "Deleting a deleted integration returns 404",
    source: "Terraform provider",
    sure: "M",
    check: (facts) => {
      const answer = facts.answer("delete-again");
      return answer === undefined ? notSeen(NO_ANSWER) : finding(answer.status === 404, `status ${answer.status}`);
    },
    means: "A deletion whose answer was lost may be reported as failed when it is sent again.",
    todo: "Apply again: the plan sees that it is gone.",
  },
];
