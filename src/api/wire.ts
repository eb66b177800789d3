import { failure, success } from "../model/integration.ts";
import type {
  AccessLevel,
  Grant,
  HashId,
  Json,
  Listed,
  Live,
  Numbered,
  Permissions,
  Result,
  Value,
} from "../model/integration.ts";
import { Secret, unwrapSecret } from "../model/secret.ts";
import type { FullProject, Group, Member, Payload, Pipeline, Project, TokenOwner } from "./client.ts";
import { Reader } from "./reader.ts";
import type { Problems } from "./reader.ts";

/** What goes over the wire, and the value of every secret in it, for scrubbing the answer. */
export interface Encoded {
  readonly body: string;
  readonly sent: readonly string[];
}

/** Why an answer can't be read: names and numbers, never the answer's text. */
export type Problem = string;

export function encode(payload: Payload): Encoded {
  const sent: string[] = [];
  const fields = Array.from(payload, ([name, value]): [string, Json] => [name, plain(value, sent)]);
  return { body: JSON.stringify(Object.fromEntries(fields)), sent };
}

/** The `Authorization` header. Spaces and line ends around the token are not part of it. */
export function authorization(token: Secret): { readonly header: string; readonly sent: readonly string[] } {
  const value = unwrapSecret(token).trim();
  return { header: `Bearer ${value}`, sent: [value] };
}

/** Why this token can't be sent; fetch would say so with the token in its message. */
export function tokenProblem(token: Secret): string | undefined {
  if (!token.known) return `$${token.variable} is not set`;
  const value = unwrapSecret(token).trim();
  if (value === "") return `$${token.variable} is empty`;
  return /^[\x21-\x7e]+$/.test(value)
    ? undefined
    : `$${token.variable} holds a space, a line end or a character that no token has`;
}

/** The full view, as GET, POST and PATCH answer it. */
export function decodeLive(json: unknown): Result<Live, Problem> {
  return decode(json, (answer) => {
    const identifier = filled(answer.text("identifier"));
    const scope = filled(answer.text("scope"));
    const projectName = filled(answer.text("project_name"));
    const permissions = answer.object("permissions");
    const allPipelinesAllowed = answer.flag("all_pipelines_allowed");
    const allowedPipelines = answer.objects("allowed_pipelines")?.map((item) => numbered(item, "name"));
    const fields = answer.rest(MODELLED);
    // Empty stands for "the type has only one".
    if (fields.get("auth_type") === "") fields.delete("auth_type");
    return {
      hashId: hashId(answer),
      // Without it a plan would see another type, and replace.
      type: answer.required("type", filled(answer.text("type")), ""),
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

/** The short views of the list. A list without its array is unreadable: it must never pass for an empty one. */
export function decodeList(json: unknown): Result<readonly Listed[], Problem> {
  return decodeItems(json, "integrations", (item) => {
    const identifier = filled(item.text("identifier"));
    const scope = filled(item.text("scope"));
    const projectName = filled(item.text("project_name"));
    return {
      hashId: hashId(item),
      name: item.text("name") ?? "",
      type: item.text("type") ?? "",
      ...(identifier !== undefined && { identifier }),
      ...(scope !== undefined && { scope }),
      ...(projectName !== undefined && { projectName }),
    };
  });
}

export function decodeMembers(json: unknown): Result<readonly Member[], Problem> {
  return decodeItems(json, "members", (item) => ({
    id: id(item),
    name: item.text("name") ?? "",
    email: item.text("email") ?? "",
    admin: item.flag("admin") ?? false,
  }));
}

export function decodeGroups(json: unknown): Result<readonly Group[], Problem> {
  return decodeItems(json, "groups", (item) => ({ id: id(item), name: item.text("name") ?? "" }));
}

export function decodeProjects(json: unknown): Result<readonly Project[], Problem> {
  return decodeItems(json, "projects", project);
}

/** Without an `integration`, or with one that has no hash, it has no link to a Git provider that can be told. */
export function decodeProject(json: unknown): Result<FullProject, Problem> {
  return decode(json, (answer) => {
    const linked = answer.object("integration");
    const hasHash = linked !== undefined && filled(linked.text("hash_id")) !== undefined;
    return { ...project(answer), ...(hasHash && { integration: hashId(linked) }) };
  });
}

function project(reader: Reader): Project {
  const name = reader.required("name", reader.text("name"), "");
  return { name, displayName: reader.text("display_name") ?? name };
}

export function decodePipelines(json: unknown): Result<readonly Pipeline[], Problem> {
  return decodeItems(json, "pipelines", (item) => {
    const identifier = filled(item.text("identifier"));
    return { id: id(item), name: item.text("name") ?? "", ...(identifier !== undefined && { identifier }) };
  });
}

export function decodeOwner(json: unknown): Result<TokenOwner, Problem> {
  return decode(json, (answer) => {
    const email = filled(answer.text("email"));
    return { id: id(answer), ...(email !== undefined && { email }) };
  });
}

/** The server's words in an error's body: `{errors: [{message}]}`, `{error}` or `{message}`; not scrubbed yet. */
export function decodeErrors(json: unknown): readonly string[] {
  const ignored: Problems = [];
  const answer = new Reader(json, ignored);
  const listed = answer.each("errors", (error) => error.text("message")) ?? [];
  const nested = answer.object("error")?.text("message");
  const words = [...listed, answer.text("error"), nested, answer.text("message")];
  return words.flatMap((text) => (text === undefined || text.trim() === "" ? [] : [text]));
}

/** Members of the full view that {@link Live} has a place for, and those that are of no use. */
const MODELLED: ReadonlySet<string> = new Set([
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

const HASH_ID = /^[A-Za-z0-9]+$/;

/** Whether this text can be a `hash_id`, and so stand in a path. */
export function isHashId(text: string): boolean {
  return HASH_ID.test(text);
}

function hashId(reader: Reader): HashId {
  const text = reader.required("hash_id", reader.text("hash_id"), "none");
  if (!isHashId(text)) reader.problem("hash_id", "is not made of letters and digits");
  return text;
}

function id(reader: Reader): number {
  return reader.required("id", reader.number("id"), 0);
}

function numbered(reader: Reader, label: string): Numbered {
  const text = filled(reader.text(label));
  return { id: id(reader), ...(text !== undefined && { label: text }) };
}

/** The levels that the server uses when none was sent stand for missing ones. */
function readPermissions(reader: Reader): Permissions<Numbered, Numbered> {
  const users = reader.objects("users")?.map(readGrant);
  const groups = reader.objects("groups")?.map(readGrant);
  return {
    admins: level(reader, "admins") ?? "MANAGE",
    others: level(reader, "others") ?? "USE_ONLY",
    ...(users !== undefined && { users }),
    ...(groups !== undefined && { groups }),
  };
}

function readGrant(reader: Reader): Grant<Numbered> {
  return {
    who: numbered(reader, "name"),
    level: reader.required("access_level", level(reader, "access_level"), "DENIED"),
  };
}

function level(reader: Reader, name: string): AccessLevel | undefined {
  const text = reader.text(name);
  return isLevel(text) ? text : undefined;
}

/** Any text: a level that this version doesn't know is kept as it is, compared and sent back, never interpreted. */
function isLevel(text: string | undefined): text is AccessLevel {
  return text !== undefined;
}

function filled(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function decodeItems<T>(json: unknown, name: string, item: (reader: Reader) => T): Result<readonly T[], Problem> {
  return decode(json, (answer) => answer.required(name, answer.each(name, item), []));
}

function decode<T>(json: unknown, read: (answer: Reader) => T): Result<T, Problem> {
  const problems: Problems = [];
  const value = read(new Reader(json, problems));
  return problems[0] === undefined ? success(value) : failure(problems[0]);
}

function plain(value: Value, sent: string[]): Json {
  if (value instanceof Secret) {
    const text = unwrapSecret(value);
    sent.push(text);
    return text;
  }
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((item) => plain(item, sent));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner, sent)]));
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}
