import type { DiagnosticCode } from "../../model/diagnostic-catalog.ts";
import { quoteName } from "../../model/printable.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { HashId, Key } from "../../model/integration.ts";
import type { LockedIntegration } from "./known-integrations.ts";
import type { Reference } from "../reference.ts";
import type { ReferenceMeaning } from "./reference-meaning.ts";

/** A finding without its place. The codes are described in docs/pipeline-references.md. */
export type Finding = Omit<Diagnostic, "place">;

const WRITE_HINT = "run `buddy-integrations refs --write`";

/** What is wrong with a reference, if anything; `proposals` are keys for what might be imported. */
export function findingOf(
  reference: Reference,
  meaning: ReferenceMeaning,
  proposals: ReadonlyMap<HashId, Key>,
): Finding | undefined {
  const value = quoteName(reference.value);
  switch (meaning.kind) {
    case "dynamic":
    case "current":
    case "pending":
      return undefined;
    case "superseded":
      return errorFinding(
        "superseded-hash",
        `the hash ${value} is a former one of ${quoteName(meaning.managed.key)}, which was replaced; its hash is ${quoteName(meaning.managed.entry.hashId)} now`,
        WRITE_HINT,
      );
    case "renamed":
      return errorFinding(
        "former-identifier",
        `${value} is a former identifier of ${quoteName(meaning.managed.key)}${identifierNow(meaning.managed)}`,
        WRITE_HINT,
      );
    case "unfilled":
      return errorFinding(
        "unfilled-key",
        `${value} is ${reference.value === meaning.managed.key ? "a key of ours" : `a name of ${quoteName(meaning.managed.key)}`}; under \`${reference.key}\` Buddy needs its ${neededName(reference, meaning)}`,
        WRITE_HINT,
      );
    case "gone":
      return errorFinding(
        "gone-hash",
        `the workspace has no integration with the hash ${value}`,
        "point it at an integration of the lockfile (`buddy-integrations refs` lists them), or remove the action",
      );
    case "unknown":
      return errorFinding(
        "unknown-name",
        `${value} is neither a key of integrations.yaml nor in the lockfile${meaning.asked ? " nor an identifier in what was read of the workspace" : ""}`,
        unknownHint(meaning.suggestion, meaning.asked),
      );
    case "unverified":
      return warningFinding(
        "unverified-hash",
        `the hash ${value} isn't in the lockfile, and the workspace ${meaning.asked ? "didn't answer" : "can't be asked without a token"}`,
        meaning.asked ? "run the check again" : "set BUDDY_TOKEN, so that it can be looked up",
      );
    case "unmanaged":
      return warningFinding(
        meaning.by === "hash" ? "unmanaged-hash" : "unmanaged-identifier",
        `${value} is the ${meaning.live.type} integration ${quoteName(meaning.live.name)}, which isn't managed here`,
        `to manage it: \`buddy-integrations import ${proposals.get(meaning.live.hashId) ?? "KEY"} ${meaning.live.hashId}\``,
      );
    default:
      return meaning satisfies never;
  }
}

function identifierNow({ entry }: LockedIntegration): string {
  return entry.identifier === undefined ? "" : `; its identifier is ${quoteName(entry.identifier)} now`;
}

function neededName(reference: Reference, { managed }: Extract<ReferenceMeaning, { kind: "unfilled" }>): string {
  return reference.key === "integration" && managed.entry.identifier !== undefined ? "identifier" : "hash";
}

function unknownHint(suggestion: string | undefined, asked: boolean): string {
  if (suggestion !== undefined) return `did you mean ${quoteName(suggestion)}?`;
  return asked
    ? "add it to integrations.yaml, or correct the name; of projects, only those that integrations.yaml or the lockfile names are read"
    : "add it to integrations.yaml, correct the name, or set BUDDY_TOKEN if it is one of the workspace that isn't managed here";
}

function errorFinding(code: DiagnosticCode, message: string, hint: string): Finding {
  return { code, severity: "error", message, hint };
}

function warningFinding(code: DiagnosticCode, message: string, hint: string): Finding {
  return { code, severity: "warning", message, hint };
}
