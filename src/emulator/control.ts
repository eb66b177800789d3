import type { Answer } from "./answer.ts";
import { noContent, notFound, ok, refuse } from "./answer.ts";
import { isObject } from "./body.ts";
import type { Settings } from "./call.ts";
import type { Faults } from "./faults.ts";
import { checkFault } from "./parse-fault.ts";
import type { RequestLog } from "./request-log.ts";
import type { Store } from "./store.ts";
import type { JsonObject } from "./types.ts";

/** The emulator's own paths; Buddy has none that begin so. */
export const CONTROL_SEGMENT = "_emulator";

export interface Control {
  readonly store: Store;
  readonly settings: Settings;
  readonly faults: Faults;
  readonly log: RequestLog;
}

/** What is behind `/_emulator/`: no token needed, nothing here is Buddy's. */
export function answerControl(
  control: Control,
  method: string,
  path: readonly string[],
  query: URLSearchParams,
  json: unknown,
): Answer {
  const { faults, log, settings, store } = control;
  switch (`${method} ${path.join("/")}`) {
    case "GET ":
      return ok({ emulator: "buddy-integrations", workspaces: [...store.state.workspaces.keys()] });
    case "GET faults":
      return ok(faults.list());
    case "POST faults":
      return addFaults(faults, json);
    case "DELETE faults":
      faults.clear();
      return noContent();
    case "GET requests":
      return ok(log.entries);
    case "DELETE requests":
      log.clear();
      return noContent();
    case "GET integrations": {
      const ws = query.get("workspace") ?? [...store.state.workspaces.keys()][0] ?? "";
      const workspace = store.workspace(ws);
      return workspace === undefined ? notFound("Workspace") : ok([...workspace.tables.integration.values()]);
    }
    case "GET settings":
      return ok({ ...settings, rateLimit: settings.rateLimit ?? null });
    case "PATCH settings":
      return changeSettings(settings, isObject(json) ? json : {});
    default:
      return notFound("Control endpoint");
  }
}

/** One fault, or a list of them: all are taken, or none. */
function addFaults(faults: Faults, json: unknown): Answer {
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  const checked = list.map(checkFault);
  const errors = checked.flatMap((fault) => ("error" in fault ? [fault.error] : []));
  if (errors.length > 0) return refuse(400, ...errors);
  for (const fault of checked) if (!("error" in fault)) faults.add(fault);
  return ok(faults.list());
}

function changeSettings(settings: Settings, body: JsonObject): Answer {
  const { apiDisabled, latencyMs, unique, rateLimit } = body;
  if (typeof apiDisabled === "boolean") settings.apiDisabled = apiDisabled;
  if (typeof latencyMs === "number") settings.latencyMs = latencyMs;
  if (unique === "none" || unique === "project" || unique === "workspace") settings.unique = unique;
  if (rateLimit === null) settings.rateLimit = undefined;
  if (isObject(rateLimit)) {
    const { limit, windowSeconds } = rateLimit;
    if (typeof limit === "number" && typeof windowSeconds === "number") settings.rateLimit = { limit, windowSeconds };
  }
  return ok({ ...settings, rateLimit: settings.rateLimit ?? null });
}
