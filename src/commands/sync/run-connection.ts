import type { ApiClient } from "../../api/client.ts";
import type { HttpConnection } from "../../api/http/client.ts";
import { disallowedWorkspaceProblem } from "../../config/allowed-workspaces.ts";
import { success, type Result, type Target } from "../../model/integration.ts";
import { connectHost, type ConnectRequest } from "../inputs/connect.ts";
import { countedClient } from "../inputs/counted-client.ts";
import type { CommandInputs } from "../inputs/inputs.ts";
import { fileTexts } from "../inputs/file-texts.ts";
import type { Session } from "../session.ts";
import { sharedReads } from "./shared-reads.ts";
import { stop, type CommandStop } from "../stop.ts";

/** The connection of a run to its one host. All files share its pace and what is read of a workspace. */
export class RunConnection {
  readonly #session: Session;
  readonly #host: HttpConnection;
  readonly #planning = new Map<string, ApiClient>();

  private constructor(session: Session, host: HttpConnection) {
    this.#session = session;
    this.#host = host;
  }

  /** @param inputs of all files, for one host. A server message that contains one of their values is withheld. */
  static async open(
    session: Session,
    inputs: readonly [CommandInputs, ...CommandInputs[]],
    access: ConnectRequest["access"],
  ): Promise<Result<RunConnection, CommandStop>> {
    const texts = inputs.map(({ target, integrations }) => fileTexts(target, integrations));
    const host = await connectHost(session, {
      api: inputs[0].target.api,
      access,
      texts: {
        secrets: texts.flatMap(({ secrets }) => secrets),
        literals: texts.flatMap(({ literals }) => literals),
      },
    });
    return host.ok ? success(new RunConnection(session, host.value)) : host;
  }

  /** A client for planning: what one file reads, other files of the workspace don't read again. */
  toPlan({ workspace }: Target): Result<ApiClient, CommandStop> {
    const problem = disallowedWorkspaceProblem(workspace, this.#session.io.env);
    if (problem !== undefined) return stop("invalid", problem);
    const known = this.#planning.get(workspace);
    if (known !== undefined) return success(known);
    const client = sharedReads(countedClient(this.#host.workspace(workspace), this.#session.console));
    this.#planning.set(workspace, client);
    return success(client);
  }

  /** A client for applying: every read sends a request. @param signal ends the work on this file */
  toApply({ workspace }: Target, signal: AbortSignal): ApiClient {
    return countedClient(this.#host.workspace(workspace, signal), this.#session.console);
  }
}
