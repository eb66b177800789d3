import type { Change, Plan } from "../../src/plan/change.ts";
import { editedField, SAMPLE_HASH, planOfChanges } from "./every-change.ts";

const ESCAPE = "\u001B[2J\u001B]0;owned\u0007";

/** Texts in a server's response or a file that could harm a terminal, a comment or a workflow's log. */
export const HOSTILE_TEXTS = [
  `${ESCAPE}\r\n::error::injected`,
  "```\n</details>\n# injected\n@everyone ![](https://evil.example/x.png)",
  "``````````",
  "\u202Ereversed\u2066",
  "%0A::set-output name=a::b",
  "##[error]injected",
  "<!-- <script>alert(1)</script> | x |",
] as const;

/** A plan in which every text from a server or a file is hostile. */
export function hostilePlan(): Plan {
  return planOfChanges(
    HOSTILE_TEXTS.flatMap((name, index): Change[] => [
      {
        action: "update",
        key: `key_${index}`,
        type: "SENTRY",
        name,
        hash_id: SAMPLE_HASH,
        fields: [
          editedField("name", name, `${name}!`),
          editedField("extra.list", [name], [name, name]),
          editedField(`extra.${name}`, 1, 2),
        ],
        unknown: [{ path: `extra.${name}`, why: "no-value" }],
        carried: [],
        lifecycle: [],
        pending: [name],
      },
      {
        action: "delete",
        key: `gone_${index}`,
        type: name,
        name,
        hash_id: SAMPLE_HASH,
        which: "current",
        refused: { code: "lock-mismatch", message: `the workspace has ${name}`, hint: name },
      },
      {
        action: "conflict",
        key: `twin_${index}`,
        type: "SENTRY",
        name,
        candidates: [{ hash_id: SAMPLE_HASH, type: name, name, identifier: name, scope: name, owner: name }],
        refused: { code: "conflict", message: name },
      },
    ]),
    { warnings: HOSTILE_TEXTS.map((message) => ({ code: "pending-pipeline", key: "key_0", message, hint: message })) },
  );
}
