import type { EmulatorOptions } from "../../src/emulator/index.ts";
import { isRecord } from "../../src/model/json.ts";
import {
  PROBED_PROJECT,
  refusal,
  type InterceptedAnswer,
  type InterceptedCall,
  type ServerChange,
} from "./probe-bench.ts";

/** A way in which Buddy may differ from an assumption, and the rows of the report that show it. */
export interface ProbeDifference {
  readonly name: string;
  /** Exactly these rows report a difference. */
  readonly rows: readonly string[];
  /** Exactly these rows can't be observed then. */
  readonly unseen?: readonly string[];
  /** Matches the explanation of the first row. */
  readonly explained: RegExp;
  /** Emulator options that make the difference. */
  readonly emulator?: EmulatorOptions;
  /** A server between the program and the emulator that makes the difference. */
  readonly change?: () => ServerChange;
  /** Whether waits take real time. */
  readonly realTime?: true;
}

export type JsonMap = Readonly<Record<string, unknown>>;

const isOne = ({ path }: InterceptedCall): boolean => /\/integrations\/\w+$/.test(path);
const isList = ({ method, path }: InterceptedCall): boolean => method === "GET" && path.endsWith("/integrations");
const isProjects = (call: InterceptedCall): boolean =>
  isList(call) && call.query.get("project_name") === PROBED_PROJECT;
const isWorkspaces = (call: InterceptedCall): boolean => isList(call) && !call.query.has("project_name");
const isUnpaged = ({ query }: InterceptedCall): boolean => !query.has("per_page");
const listedItems = ({ json }: InterceptedAnswer): JsonMap[] => {
  const { integrations } = json;
  return Array.isArray(integrations) ? integrations.filter(isRecord) : [];
};
const setItems = (answer: InterceptedAnswer, integrations: readonly JsonMap[]): void => {
  answer.json = { ...answer.json, integrations };
};
const permissionsOf = ({ permissions }: JsonMap): JsonMap => (isRecord(permissions) ? permissions : {});
const identifierIn = ({ identifier }: JsonMap): string => (typeof identifier === "string" ? identifier : "");
const isPatchOf = (call: InterceptedCall, field: string): boolean => call.method === "PATCH" && field in call.body;
const without = (body: JsonMap, ...names: readonly string[]): JsonMap =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));

/** Changes every integration in a response. */
function views(change: (view: JsonMap, call: InterceptedCall) => JsonMap): () => ServerChange {
  return () => ({
    after: (call, answer) => {
      const isView = answer.status < 300 && (isOne(call) || call.method === "POST");
      if (isView) answer.json = change(answer.json, call);
    },
  });
}

/** Refuses the matching requests. */
function refusing(isMeant: (call: InterceptedCall) => boolean): () => ServerChange {
  return () => ({ before: (call) => (isMeant(call) ? refusal(400) : undefined) });
}

/** Ignores these fields of the matching requests. */
function ignoring(isMeant: (call: InterceptedCall) => boolean, ...names: readonly string[]): () => ServerChange {
  return () => ({
    before: (call) => {
      if (isMeant(call)) call.body = without(call.body, ...names);
      return undefined;
    },
  });
}

/** Changes the responses to the matching requests. */
function answering(
  isMeant: (call: InterceptedCall, answer: InterceptedAnswer) => boolean,
  change: (answer: InterceptedAnswer) => void,
): () => ServerChange {
  return () => ({
    after: (call, answer) => {
      if (isMeant(call, answer)) change(answer);
    },
  });
}

/** Adds the list for `query` to the matching list. */
function merging(isMeant: (call: InterceptedCall) => boolean, query: string): () => ServerChange {
  return () => ({
    after: async (call, answer, ask) => {
      if (isMeant(call)) setItems(answer, [...listedItems(answer), ...listedItems(await ask(call.path + query))]);
    },
  });
}

/** The first matching read after a write of this method returns the state before the write. */
function late(
  method: "POST" | "DELETE",
  isMeant: (call: InterceptedCall) => boolean,
  stale: (answer: InterceptedAnswer, last: JsonMap) => void,
): () => ServerChange {
  return () => {
    let state: "before" | "written" | "done" = "before";
    let last: JsonMap = {};
    return {
      after: (call, answer) => {
        if (call.method === method && state === "before") state = "written";
        else if (isMeant(call) && state === "written") {
          stale(answer, last);
          state = "done";
        } else if (isMeant(call)) last = answer.json;
      },
    };
  };
}

const isOddIdentifier = ({ body }: InterceptedCall): boolean => /[. ]|^\d|-$/.test(identifierIn(body));

/** At least one difference for every row. CONTRIBUTING says how to turn a report into a line of this table. */
export const DIFFERENCES: readonly ProbeDifference[] = [
  {
    name: "the list of before August 2026",
    rows: ["list-without-project", "list-of-project-only", "list-of-unknown-project", "token-scopes"],
    explained: /before August 2026.*Nothing/s,
    emulator: { list: "old" },
  },
  {
    name: "the list without a project has those of projects, too",
    rows: ["list-without-project"],
    explained: /before August 2026/,
    change: merging((call) => isWorkspaces(call) && isUnpaged(call), `?project_name=${PROBED_PROJECT}`),
  },
  {
    name: "the list of a project is empty",
    rows: ["list-of-project"],
    explained: /created a second time.*import KEY HASH/s,
    change: answering(isProjects, (answer) => setItems(answer, [])),
  },
  {
    name: "the list of a project has the workspace's, too",
    rows: ["list-of-project-only"],
    explained: /holds the workspace's/,
    change: merging(isProjects, ""),
  },
  {
    name: "the list of an unknown project is empty",
    rows: ["list-of-unknown-project"],
    explained: /wrong project_name/,
    change: answering(
      (call, { status }) => isList(call) && status === 404,
      (answer) => Object.assign(answer, { status: 200, json: { integrations: [] } }),
    ),
  },
  {
    name: "the list shows scopes",
    rows: ["list-fields"],
    explained: /read by GET/,
    change: answering(isList, (answer) =>
      setItems(
        answer,
        listedItems(answer).map((item) => ({ ...item, scope: "WORKSPACE" })),
      ),
    ),
  },
  {
    name: "the list has pages",
    rows: ["list-unpaged"],
    explained: /may be cut/,
    change: answering(
      (call) => isList(call) && !isUnpaged(call),
      (answer) => setItems(answer, listedItems(answer).slice(0, 1)),
    ),
  },
  {
    name: "another field is returned",
    rows: ["get-fields"],
    explained: /more than is documented/,
    change: views((view) => ({ ...view, created_by: 7 })),
  },
  {
    name: "a credential is returned",
    rows: ["get-without-secrets"],
    explained: /can read credentials/,
    change: () => {
      let token = "";
      return {
        after: (call, answer) => {
          if (call.method === "POST" && call.body["type"] === "GIT_HUB")
            token = JSON.stringify(call.body["token"]).slice(1, -1);
          if (call.method === "GET" && isOne(call) && answer.status === 200 && token !== "")
            answer.json = { ...answer.json, host_url: `https://${token}.example` };
        },
      };
    },
  },
  {
    name: "notes aren't returned",
    rows: ["notes-returned"],
    explained: /out of the file/,
    change: views((view) => without(view, "note", "agent_note")),
  },
  {
    name: "reads are behind writes",
    rows: ["get-sees-creation", "list-sees-creation", "reads-see-deletion"],
    explained: /--settle/,
    emulator: { lagMs: 300 },
    realTime: true,
  },
  {
    name: "GET is behind a creation",
    rows: ["get-sees-creation"],
    explained: /Reads are behind writes.*--settle/s,
    change: late(
      "POST",
      (call) => call.method === "GET" && isOne(call),
      (answer) => Object.assign(answer, refusal(404)),
    ),
  },
  {
    name: "the list is behind a creation",
    rows: ["list-sees-creation"],
    explained: /Reads are behind writes.*--settle/s,
    change: late("POST", isWorkspaces, (answer, last) => {
      answer.json = last;
    }),
  },
  {
    name: "GET is behind a deletion",
    rows: ["reads-see-deletion"],
    explained: /deleted already.*--settle/s,
    change: late(
      "DELETE",
      (call) => call.method === "GET" && isOne(call),
      (answer, last) => Object.assign(answer, { status: 200, json: last }),
    ),
  },
  {
    name: "a creation returns 200",
    rows: ["create-answer"],
    explained: /Any 2xx/,
    change: answering(
      ({ method }, { status }) => method === "POST" && status === 201,
      (answer) => {
        answer.status = 200;
      },
    ),
  },
  {
    name: "keys of AWS are tried out",
    rows: ["credentials-unverified"],
    unseen: ["list-of-project-only", "list-fields", "names-not-unique", "edit-keeps-secrets"],
    explained: /valid before you apply/,
    change: refusing(({ method, body }) => method === "POST" && body["type"] === "AMAZON"),
  },
  {
    name: "tokens of GitHub are tried out",
    rows: ["credentials-unverified"],
    unseen: ["notes-returned"],
    explained: /refused for 1 of 3 types, with 400\n.*valid before you apply/s,
    change: refusing(({ method, body }) => method === "POST" && body["type"] === "GIT_HUB"),
  },
  {
    name: "tokens of DigitalOcean are tried out",
    rows: ["credentials-unverified"],
    explained: /refused for 1 of 3 types, with 400\n.*valid before you apply/s,
    change: refusing(({ method, body }) => method === "POST" && body["type"] === "DIGITAL_OCEAN"),
  },
  {
    name: "any type is taken",
    rows: ["unknown-type"],
    explained: /misspelled type/,
    change: () => ({
      before: (call) => {
        if (call.method === "POST" && call.body["type"] === "BUDDY_INTEGRATIONS_PROBE")
          call.body = { ...call.body, type: "VULTR" };
        return undefined;
      },
    }),
  },
  {
    name: "unknown fields are refused",
    rows: ["unknown-field"],
    explained: /`extra`/,
    change: refusing((call) => isPatchOf(call, "buddy_integrations_probe")),
  },
  {
    name: "auth_type has another default",
    rows: ["auth-type-default"],
    explained: /Write auth_type into the file/,
    change: views((view) => (view["type"] === "GIT_HUB" ? { ...view, auth_type: "" } : view)),
  },
  {
    name: "admins have another right by default",
    rows: ["permissions-default"],
    explained: /`permissions` in full/,
    change: views((view) => ({ ...view, permissions: { ...permissionsOf(view), admins: "USE_ONLY" } })),
  },
  {
    name: "all pipelines are allowed, whatever is sent",
    rows: ["pipelines-default"],
    explained: /open to pipelines/,
    change: views((view) => ({ ...view, all_pipelines_allowed: true })),
  },
  {
    name: "no identifier is generated",
    rows: ["identifier-generated"],
    explained: /by hash only/,
    change: () => {
      let hash: unknown;
      return {
        after: (call, answer) => {
          const view = answer.json;
          if (call.method === "POST" && !("identifier" in call.body)) hash ??= view["hash_id"];
          if (answer.status < 300 && hash !== undefined && view?.["hash_id"] === hash)
            answer.json = without(view, "identifier");
        },
      };
    },
  },
  {
    name: "identifiers get numbers",
    rows: ["identifier-kept", "identifier-hyphens", "identifier-capitals", "identifier-edited"],
    unseen: ["identifier-length"],
    explained: /another identifier than its key/,
    emulator: { identifiers: "suffixed" },
  },
  {
    name: "identifiers of projects are changed",
    rows: ["identifier-kept"],
    explained: /another identifier than its key/,
    change: answering(
      ({ method, body }, { status }) => method === "POST" && body["type"] === "GIT_HUB" && status === 201,
      (answer) => {
        answer.json = { ...answer.json, identifier: "something_else" };
      },
    ),
  },
  {
    name: "hyphens are refused",
    rows: ["identifier-hyphens"],
    explained: /underscores/,
    change: refusing(({ method, body }) => method === "POST" && identifierIn(body).includes("-")),
  },
  {
    name: "identifiers are put into lower case",
    rows: ["identifier-capitals"],
    explained: /small letters/,
    emulator: { identifiers: "lower" },
  },
  {
    name: "odd identifiers are repaired",
    rows: ["identifier-characters"],
    explained: /accepted: a digit first, a hyphen last, a dot and a space\n.*accepts, or changes/s,
    change: ignoring((call) => call.method === "PATCH" && isOddIdentifier(call), "identifier"),
  },
  {
    name: "identifiers are short",
    rows: ["identifier-length"],
    explained: /refused with 400; 64 characters are accepted\n.*40 characters/s,
    change: refusing((call) => call.method === "PATCH" && identifierIn(call.body).length > 64),
  },
  {
    name: "an edit of the identifier is ignored",
    rows: ["identifier-edited"],
    unseen: ["identifier-length"],
    explained: /under a new key/,
    change: ignoring((call) => isPatchOf(call, "identifier") && !isOddIdentifier(call), "identifier"),
  },
  {
    name: "an edit of the identifier is refused",
    rows: ["identifier-edited"],
    unseen: ["identifier-length"],
    explained: /under a new key/,
    change: refusing((call) => isPatchOf(call, "identifier")),
  },
  {
    name: "identifiers are unique in the workspace",
    rows: ["identifier-shared-across-scopes", "identifier-not-unique"],
    explained: /unique in the whole workspace/,
    emulator: { unique: "workspace" },
  },
  {
    name: "a project's identifier is refused to the workspace",
    rows: ["identifier-shared-across-scopes"],
    explained: /unique in the whole workspace/,
    change: refusing(
      ({ method, body }) =>
        method === "POST" && body["scope"] === "WORKSPACE" && /^probe_[0-9a-f]+$/.test(identifierIn(body)),
    ),
  },
  {
    name: "identifiers are unique in a project",
    rows: ["identifier-not-unique"],
    explained: /safer than assumed/,
    emulator: { unique: "project" },
  },
  {
    name: "names are unique",
    rows: ["names-not-unique"],
    explained: /its own name/,
    change: () => {
      const names = new Map<string, unknown>();
      return {
        before: (call) => {
          if (call.method !== "PATCH") return undefined;
          const known = names.get(call.path) ?? call.body["name"];
          names.set(call.path, known);
          return known === call.body["name"] ? undefined : refusal(400);
        },
      };
    },
  },
  {
    name: "an edit resets the note",
    rows: ["edit-is-partial"],
    explained: /every update sends them/,
    change: answering(
      (call) => call.method === "PATCH" && Object.keys(call.body).join() === "name",
      (answer) => {
        answer.json = without(answer.json, "note");
      },
    ),
  },
  {
    name: "an edit needs no name",
    rows: ["edit-without-name"],
    explained: /less than is documented/,
    change: () => {
      let name: unknown;
      return {
        before: (call) => {
          if (call.method === "PATCH" && call.body["name"] === undefined) call.body = { ...call.body, name };
          name = call.body["name"] ?? name;
          return undefined;
        },
      };
    },
  },
  {
    name: "an edit of the scope is ignored",
    rows: ["edit-of-scope"],
    explained: /changes nothing/,
    change: ignoring((call) => isPatchOf(call, "scope"), "scope"),
  },
  {
    name: "an edit changes the scope",
    rows: ["edit-of-scope"],
    explained: /changed in place/,
    change: () => ({
      before: (call) => {
        if (!isPatchOf(call, "scope")) return undefined;
        call.body = { ...without(call.body, "scope"), agent_note: "moved" };
        return undefined;
      },
      after: (call, answer) => {
        if (call.body["agent_note"] === "moved") answer.json = { ...answer.json, scope: "WORKSPACE" };
      },
    }),
  },
  {
    name: "an edit of the type is ignored",
    rows: ["edit-of-type"],
    explained: /changes nothing/,
    change: ignoring((call) => isPatchOf(call, "type"), "type"),
  },
  {
    name: "an edit without credentials loses them",
    rows: ["edit-keeps-secrets"],
    explained: /--resend KEY/,
    change: () => {
      const edits = new Map<string, number>();
      return {
        before: (call) => {
          if (call.method !== "PATCH") return undefined;
          edits.set(call.path, (edits.get(call.path) ?? 0) + 1);
          const isAmazon = edits.size > 1 && [...edits.keys()].at(-1) === call.path;
          return isAmazon && edits.get(call.path) === 2 ? refusal(400) : undefined;
        },
      };
    },
  },
  {
    name: "permissions are merged",
    rows: ["permissions-replaced"],
    explained: /keeps its right.*DENIED/s,
    change: ignoring((call) => isPatchOf(call, "permissions") && !("users" in permissionsOf(call.body)), "permissions"),
  },
  {
    name: "a deletion returns 200",
    rows: ["delete-answer"],
    explained: /Any 2xx/,
    change: answering(
      ({ method }, { status }) => method === "DELETE" && status === 204,
      (answer) => Object.assign(answer, { status: 200, json: {} }),
    ),
  },
  {
    name: "GET of a deleted integration answers 410",
    rows: ["get-after-deletion"],
    explained: /deleted by hand/,
    change: answering(
      (call, { status }) => call.method === "GET" && isOne(call) && status === 404,
      (answer) => {
        answer.status = 410;
      },
    ),
  },
  {
    name: "a second deletion is accepted",
    rows: ["delete-twice"],
    explained: /sent again/,
    change: answering(
      ({ method }, { status }) => method === "DELETE" && status === 404,
      (answer) => Object.assign(answer, { status: 204, json: {} }),
    ),
  },
  {
    name: "refusals have another status",
    rows: ["error-status"],
    explained: /server's own words/,
    change: answering(
      ({ method }, { status }) => method !== "GET" && status === 400,
      (answer) => {
        answer.status = 418;
      },
    ),
  },
  {
    name: "refusals have another body",
    rows: ["error-shape"],
    explained: /reason may be missing/,
    change: answering(
      ({ method }, { status }) => method !== "GET" && status === 400,
      (answer) => {
        answer.json = { error: "no" };
      },
    ),
  },
  {
    name: "the limit is reset in milliseconds",
    rows: ["rate-limit-headers"],
    explained: /wait too long/,
    change: answering(
      () => true,
      (answer) => {
        const headers = {
          "x-rate-limit-limit": "100",
          "x-rate-limit-remaining": "99",
          "x-rate-limit-reset": String(Date.now()),
        };
        Object.assign(answer.headers, headers);
      },
    ),
  },
  {
    name: "scopes have their older names",
    rows: ["token-scopes"],
    explained: /`doctor` may be wrong/,
    change: answering(
      ({ path }) => path.endsWith("/user/token"),
      (answer) => {
        answer.json = { scopes: ["INTEGRATION_INFO", "INTEGRATION_ADD", "INTEGRATION_MANAGE"] };
      },
    ),
  },
];
