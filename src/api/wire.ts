import { failure, isHashId, success } from "../model/integration.ts";
import type {
  Grant,
  HashId,
  Json,
  ListedIntegration,
  LiveIntegration,
  IdWithLabel,
  SeenPermissions,
  Result,
  FieldValue,
} from "../model/integration.ts";
import { seenAccessLevel, type SeenAccessLevel } from "../model/access-level.ts";
import { isList } from "../model/json.ts";
import { DEFAULT_ACCESS } from "../model/server-defaults.ts";
import { Secret, unwrapSecret } from "../model/secret.ts";
import { valueUse, type KnownValue, type UsedSecret, type ValueUse } from "./words/known-value.ts";
import type {
  FullProject,
  Group,
  Member,
  Payload,
  Pipeline,
  PipelineAction,
  Project,
  TokenFacts,
  TokenOwner,
} from "./client.ts";
import { JsonReader } from "./json-reader.ts";
import type { DecodeProblems } from "./json-reader.ts";

/** The body of a request, and the values of its references: the server's words are searched for these. */
export interface EncodedPayload {
  readonly body: string;
  readonly sent: readonly KnownValue[];
}

/** Why a response can't be read, in names and numbers, never in text of the response. */
export type DecodeProblem = string;

export function encodePayload(payload: Payload): EncodedPayload {
  const sent: KnownValue[] = [];
  const fields = Array.from(payload, ([name, value]): [string, Json] => [
    name,
    unwrappedJson(value, valueUse(name), sent),
  ]);
  return { body: JSON.stringify(Object.fromEntries(fields)), sent };
}

/** The `Authorization` header. Spaces and line ends around the token are not part of it. */
export function authorization(token: Secret): string {
  return `Bearer ${unwrapSecret(token).trim()}`;
}

/** The values that are available, for `KnownTexts`. */
export function knownValues(used: readonly UsedSecret[]): readonly KnownValue[] {
  return used.flatMap(({ secret, use }) =>
    secret.known ? [{ variable: secret.variable, value: unwrapSecret(secret), use }] : [],
  );
}

/** Why this token can't be sent. It is checked here, since the message of fetch would contain the token. */
export function tokenProblem(token: Secret): string | undefined {
  if (!token.known) return `$${token.variable} is not set`;
  const value = unwrapSecret(token).trim();
  if (value === "") return `$${token.variable} is empty`;
  return /^[\x21-\x7e]+$/.test(value)
    ? undefined
    : `$${token.variable} holds a space, a line end or a character that no token has`;
}

/** The full view, as GET, POST and PATCH return it. */
export function decodeLive(json: unknown): Result<LiveIntegration, DecodeProblem> {
  return decodeWith(json, (answer) => {
    const identifier = nonEmpty(answer.text("identifier"));
    const scope = nonEmpty(answer.text("scope"));
    const projectName = nonEmpty(answer.text("project_name"));
    const permissions = answer.object("permissions");
    const allPipelinesAllowed = answer.flag("all_pipelines_allowed");
    const allowedPipelines = answer.objects("allowed_pipelines")?.map((item) => readIdWithLabel(item, "name"));
    const fields = answer.rest(MODELLED_MEMBERS);
    // Empty stands for "the type has only one".
    if (fields.get("auth_type") === "") fields.delete("auth_type");
    return {
      hashId: readHashId(answer),
      // If the type were missing, a plan would see another type and replace the integration.
      type: answer.required("type", nonEmpty(answer.text("type")), ""),
      name: answer.text("name") ?? "",
      ...(identifier !== undefined && { identifier }),
      ...(scope !== undefined && { scope }),
      ...(projectName !== undefined && { projectName }),
      disabled: answer.flag("disabled") ?? false,
      ...(permissions !== undefined && { permissions: readPermissions(permissions) }),
      ...(allPipelinesAllowed !== undefined && { allPipelinesAllowed }),
      ...(allowedPipelines !== undefined && { allowedPipelines }),
      fields,
    };
  });
}

/** The short views of the list. A list without its array can't be read: it must never count as an empty one. */
export function decodeList(json: unknown): Result<readonly ListedIntegration[], DecodeProblem> {
  return decodeItems(json, "integrations", (item) => {
    const identifier = nonEmpty(item.text("identifier"));
    const scope = nonEmpty(item.text("scope"));
    const projectName = nonEmpty(item.text("project_name"));
    return {
      hashId: readHashId(item),
      name: item.text("name") ?? "",
      type: item.text("type") ?? "",
      ...(identifier !== undefined && { identifier }),
      ...(scope !== undefined && { scope }),
      ...(projectName !== undefined && { projectName }),
    };
  });
}

export function decodeMembers(json: unknown): Result<readonly Member[], DecodeProblem> {
  return decodeItems(json, "members", (item) => ({
    id: readId(item),
    name: item.text("name") ?? "",
    email: item.text("email") ?? "",
    admin: item.flag("admin") ?? false,
  }));
}

export function decodeGroups(json: unknown): Result<readonly Group[], DecodeProblem> {
  return decodeItems(json, "groups", (item) => ({ id: readId(item), name: item.text("name") ?? "" }));
}

export function decodeProjects(json: unknown): Result<readonly Project[], DecodeProblem> {
  return decodeItems(json, "projects", project);
}

/** Without an `integration`, or with one that has no hash, no link to a Git provider is known. */
export function decodeProject(json: unknown): Result<FullProject, DecodeProblem> {
  return decodeWith(json, (answer) => {
    const linked = answer.object("integration");
    const hasHash = linked !== undefined && nonEmpty(linked.text("hash_id")) !== undefined;
    return { ...project(answer), ...(hasHash && { integration: readHashId(linked) }) };
  });
}

function project(reader: JsonReader): Project {
  const name = reader.required("name", reader.text("name"), "");
  return { name, displayName: reader.text("display_name") ?? name };
}

export function decodePipelines(json: unknown): Result<readonly Pipeline[], DecodeProblem> {
  return decodeItems(json, "pipelines", (item) => {
    const identifier = nonEmpty(item.text("identifier"));
    return {
      id: readId(item),
      name: item.text("name") ?? "",
      ...(identifier !== undefined && { identifier }),
      inFile: item.text("definition_source") === "REMOTE" || !WITHOUT_FILE.has(item.text("git_config_ref")),
    };
  });
}

/** What the API says of a pipeline that isn't read from a branch; a view without this member says nothing about files. */
const WITHOUT_FILE: ReadonlySet<string | undefined> = new Set([undefined, "", "NONE"]);

export function decodeActions(json: unknown): Result<readonly PipelineAction[], DecodeProblem> {
  return decodeItems(json, "actions", (item) => ({
    name: item.text("name") ?? "",
    fields: item.rest(new Set(["name", "url", "html_url"])),
  }));
}

export function decodeOwner(json: unknown): Result<TokenOwner, DecodeProblem> {
  return decodeWith(json, (answer) => {
    const email = nonEmpty(answer.text("email"));
    return { id: readId(answer), ...(email !== undefined && { email }) };
  });
}

export function decodeTokenFacts(json: unknown): Result<TokenFacts, DecodeProblem> {
  return decodeWith(json, (answer) => {
    const expiresAt = nonEmpty(answer.text("expires_at"));
    return {
      scopes: answer.texts("scopes") ?? [],
      workspaces: answer.texts("workspace_restrictions") ?? [],
      ...(expiresAt !== undefined && { expiresAt }),
    };
  });
}

/** The server's words in an error's body: `{errors: [{message}]}`, `{error}` or `{message}`; not searched yet. */
export function decodeErrors(json: unknown): readonly string[] {
  const ignored: DecodeProblems = [];
  const answer = new JsonReader(json, ignored);
  const listed = answer.each("errors", (error) => error.text("message")) ?? [];
  const nested = answer.object("error")?.text("message");
  const words = [...listed, answer.text("error"), nested, answer.text("message")];
  return words.flatMap((text) => (text === undefined || text.trim() === "" ? [] : [text]));
}

/** Members of the full view that {@link LiveIntegration} has a place for, and those that nothing uses. */
const MODELLED_MEMBERS: ReadonlySet<string> = new Set([
  "hash_id",
  "type",
  "name",
  "identifier",
  "scope",
  "project_name",
  "disabled",
  "permissions",
  "all_pipelines_allowed",
  "allowed_pipelines",
  // Addresses of the object itself: not the `url` of a request, and the documented sample is wrong.
  "url",
  "html_url",
]);

function readHashId(reader: JsonReader): HashId {
  const text = reader.required("hash_id", reader.text("hash_id"), "none");
  if (!isHashId(text)) reader.problem("hash_id", "is not made of letters and digits");
  return text;
}

function readId(reader: JsonReader): number {
  return reader.required("id", reader.number("id"), 0);
}

function readIdWithLabel(reader: JsonReader, label: string): IdWithLabel {
  const text = nonEmpty(reader.text(label));
  return { id: readId(reader), ...(text !== undefined && { label: text }) };
}

/** For a missing level, the level is read that the server uses if none was sent. */
function readPermissions(reader: JsonReader): SeenPermissions {
  const users = reader.objects("users")?.map(readGrant);
  const groups = reader.objects("groups")?.map(readGrant);
  return {
    admins: readAccessLevel(reader, "admins") ?? DEFAULT_ACCESS.admins,
    others: readAccessLevel(reader, "others") ?? DEFAULT_ACCESS.others,
    ...(users !== undefined && { users }),
    ...(groups !== undefined && { groups }),
  };
}

function readGrant(reader: JsonReader): Grant<IdWithLabel, SeenAccessLevel> {
  return {
    who: readIdWithLabel(reader, "name"),
    level: reader.required("access_level", readAccessLevel(reader, "access_level"), "DENIED"),
  };
}

function readAccessLevel(reader: JsonReader, name: string): SeenAccessLevel | undefined {
  const text = reader.text(name);
  return text === undefined ? undefined : seenAccessLevel(text);
}

/** A text that has only line ends counts as missing: a lockfile couldn't hold it as a name. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || !/./.test(text) ? undefined : text;
}

function decodeItems<T>(
  json: unknown,
  name: string,
  item: (reader: JsonReader) => T,
): Result<readonly T[], DecodeProblem> {
  return decodeWith(json, (answer) => answer.required(name, answer.each(name, item), []));
}

function decodeWith<T>(json: unknown, read: (answer: JsonReader) => T): Result<T, DecodeProblem> {
  const problems: DecodeProblems = [];
  const value = read(new JsonReader(json, problems));
  return problems[0] === undefined ? success(value) : failure(problems[0]);
}

function unwrappedJson(value: FieldValue, use: ValueUse, sent: KnownValue[]): Json {
  if (value instanceof Secret) {
    sent.push(...knownValues([{ secret: value, use }]));
    return unwrapSecret(value);
  }
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((item) => unwrappedJson(item, use, sent));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unwrappedJson(inner, use, sent)]));
}
