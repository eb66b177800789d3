import type { EmulatorResponse } from "./response.ts";
import { noContent, notFound, ok, errorResponse } from "./response.ts";
import { isJsonObject } from "./integration-body.ts";
import type { Faults } from "./faults.ts";
import { checkFault } from "./parse-fault.ts";
import { parseSettings } from "./parse-settings.ts";
import type { RequestLog } from "./request-log.ts";
import type { EmulatorSettings } from "./settings.ts";
import { settingsView } from "./settings.ts";
import type { Store } from "./store.ts";
import type { TokenUses } from "./token-uses.ts";

/** The emulator's own paths; no path of Buddy begins like this. */
export const CONTROL_SEGMENT = "_emulator";

export interface ControlContext {
  readonly store: Store;
  readonly settings: EmulatorSettings;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly uses: TokenUses;
}

/** The endpoints below `/_emulator/`. They need no token, and Buddy doesn't have them. */
export function handleControlRequest(
  control: ControlContext,
  method: string,
  path: readonly string[],
  query: URLSearchParams,
  json: unknown,
): EmulatorResponse {
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
      return ok(settingsView(settings));
    case "PATCH settings":
      return patchSettings(control, json);
    default:
      return notFound("Control endpoint");
  }
}

/** Adds one fault or a list of faults. If one of them is wrong, none is added. */
function addFaults(faults: Faults, json: unknown): EmulatorResponse {
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  const checked = list.map(checkFault);
  const errors = checked.flatMap((fault) => ("error" in fault ? [fault.error] : []));
  if (errors.length > 0) return errorResponse(400, ...errors);
  for (const fault of checked) if (!("error" in fault)) faults.add(fault);
  return ok(faults.list());
}

/** Changes the given settings. The others stay. */
export function changeSettings({ settings, uses }: ControlContext, given: Partial<EmulatorSettings>): void {
  Object.assign(settings, given);
  if ("expireAfter" in given) uses.restart();
}

function patchSettings(control: ControlContext, json: unknown): EmulatorResponse {
  const { settings, errors } = parseSettings(isJsonObject(json) ? json : {});
  if (errors.length > 0) return errorResponse(400, ...errors);
  changeSettings(control, settings);
  return ok(settingsView(control.settings));
}
