import { quoteName } from "../../model/printable.ts";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import type { HashId, Key } from "../../model/integration.ts";
import type { LockedIntegration } from "./name-index.ts";
import type { Reference } from "../reference.ts";
import type { SharingIntegration } from "./ambiguous-identifiers.ts";
import type { ReferenceMeaning } from "./reference-meaning.ts";

/** A finding without its place. The codes are described in docs/pipeline-references.md. */
export type ReferenceFinding = Omit<Diagnostic, "place">;

/** What the commands in hints need. */
interface HintSources {
  /** Keys for what might be imported. */
  readonly proposals: ReadonlyMap<HashId, Key>;
  /** Options, each behind a space. */
  readonly flags: string;
}

/** What is wrong with a reference, if anything. */
export function findingOf(
  reference: Reference,
  meaning: ReferenceMeaning,
  { proposals, flags }: HintSources,
): ReferenceFinding | undefined {
  const value = quoteName(reference.value);
  const write = `run \`buddy-integrations refs --write${flags}\``;
  switch (meaning.kind) {
    case "dynamic":
    case "current":
    case "pending":
      return undefined;
    case "superseded":
      return errorDiagnostic(
        "superseded-hash",
        `the hash ${value} is a former one of ${quoteName(meaning.managed.key)}, which was replaced; its hash is ${quoteName(meaning.managed.entry.hashId)} now`,
        write,
      );
    case "renamed":
      return errorDiagnostic(
        "former-identifier",
        `${value} is a former identifier of ${quoteName(meaning.managed.key)}${identifierNow(meaning.managed)}`,
        write,
      );
    case "unfilled":
      return errorDiagnostic(
        "unfilled-key",
        `${value} is ${reference.value === meaning.managed.key ? "a key of the desired state" : `a name of ${quoteName(meaning.managed.key)}`}; ${underKey(reference)} Buddy needs its ${neededName(reference, meaning)}`,
        write,
      );
    case "gone":
      return errorDiagnostic(
        "gone-hash",
        `the workspace has no integration with the hash ${value}`,
        `point it at an integration of the lockfile (\`buddy-integrations refs${flags}\` lists them), or remove the action; if it exists, this token may not see it`,
      );
    case "numbered":
      return warningDiagnostic(
        "numbered-integration",
        `${value} names an integration by number, as old files do, which can't be checked`,
        "write `integration` and its identifier instead: the integration's page in Buddy shows it",
      );
    case "shared":
      return warningDiagnostic(
        "shared-identifier",
        `${value} is the identifier of ${meaning.by.map(sharingName).join(" and of ")}: which one a pipeline gets isn't documented`,
        "give one of them another identifier, or name the hash: `integration_hash`",
      );
    case "unknown": {
      const message = `${value} is neither a key of the desired state nor in the lockfile${meaning.asked ? " nor an identifier in what was read of the workspace" : ""}`;
      const hint = unknownHint(reference, meaning);
      return meaning.certain
        ? errorDiagnostic("unknown-name", message, hint)
        : warningDiagnostic("unknown-name", message, hint);
    }
    case "unverified":
      return warningDiagnostic(
        "unverified-hash",
        `the hash ${value} isn't in the lockfile, and the workspace ${meaning.asked ? "couldn't be read" : "can't be read without a token"}`,
        meaning.asked ? "run the check again" : "set BUDDY_TOKEN, so that it can be looked up",
      );
    case "unmanaged":
      return warningDiagnostic(
        meaning.by === "hash" ? "unmanaged-hash" : "unmanaged-identifier",
        `${value} is the ${meaning.live.type} integration ${quoteName(meaning.live.name)}, which isn't managed here`,
        `to manage it: \`buddy-integrations import ${proposals.get(meaning.live.hashId) ?? "KEY"} ${meaning.live.hashId}${flags}\``,
      );
    default:
      return meaning satisfies never;
  }
}

function identifierNow({ entry }: LockedIntegration): string {
  return entry.identifier === undefined ? "" : `; its identifier is ${quoteName(entry.identifier)} now`;
}

function neededName(reference: Reference, { managed }: Extract<ReferenceMeaning, { kind: "unfilled" }>): string {
  return reference.slot === "identifier" && managed.entry.identifier !== undefined ? "identifier" : "hash";
}

function underKey({ key }: Reference): string {
  return key === undefined ? "there" : `under ${quoteName(key)}`;
}

function sharingName({ hashId, key, project }: SharingIntegration): string {
  const name = key === undefined ? hashId : quoteName(key);
  return project === undefined ? `${name} (of the workspace)` : `${name} (of the project ${quoteName(project)})`;
}

/** What it may be besides a typing error. */
function unknownHint(
  { slot }: Reference,
  { suggestion, asked, certain }: Extract<ReferenceMeaning, { kind: "unknown" }>,
): string {
  const guess = suggestion === undefined ? "" : `did you mean ${quoteName(suggestion)}? `;
  if (slot === "hash")
    return `${guess}write its hash here, or a key of the desired state that \`refs --write\` fills in`;
  const unseen = `${guess}its scope may be ENVIRONMENT, which no list shows, or it may not be visible to this token`;
  if (certain) return `${unseen}; otherwise add it to the desired state, or correct the name`;
  if (!asked)
    return `${guess}if it is an identifier that isn't managed here, set BUDDY_TOKEN, so that it can be looked up`;
  return `${unseen}. With --project (or BUDDY_PROJECT_NAME_ID) the integrations of the pipelines' own project are read too`;
}
