import { randomBytes } from "node:crypto";
import type { ProbeBody } from "../api/probe-client.ts";
import { PROBE_PREFIX } from "../model/probe-name.ts";

/** Where a probe works, and for whom. */
export interface ProbeSubject {
  readonly project: string;
  /** The token's owner, an administrator. Undefined if the token may not read who that is. */
  readonly owner: number | undefined;
}

/** Types that take a token and nothing else. The vendor's own tests create the first one with a made-up token. */
export const PLAIN_TYPES = ["DIGITAL_OCEAN", "VULTR"] as const;

/** What a probe sends. No name and no made-up credential is used twice, in this run or another. */
export class ProbeBodies {
  /** Identifies the run in names and identifiers. */
  readonly run = randomBytes(6).toString("hex");
  readonly #subject: ProbeSubject;
  readonly #onSecret: (value: string) => void;
  #count = 0;
  #plainType: string = PLAIN_TYPES[0];

  constructor(subject: ProbeSubject, onSecret: (value: string) => void) {
    this.#subject = subject;
    this.#onSecret = onSecret;
  }

  /** An identifier of this run. @param suffix distinguishes several of them */
  identifier(suffix = ""): string {
    return `probe_${this.run}${suffix}`;
  }

  /** An integration of the workspace, of a type that takes nothing except a token. */
  inWorkspace(fields: ProbeBody = {}): ProbeBody {
    return { type: this.#plainType, token: this.#secret(), ...this.#closedToOthers(), scope: "WORKSPACE", ...fields };
  }

  /** Called when the server has refused the first type. It may have tried the made-up token at the service. */
  takeOtherPlainType(): void {
    [, this.#plainType] = PLAIN_TYPES;
  }

  inProject(fields: ProbeBody): ProbeBody {
    const { project } = this.#subject;
    const token = this.#secret();
    return {
      type: this.#plainType,
      token,
      ...this.#closedToOthers(),
      scope: "PROJECT",
      project_name: project,
      ...fields,
    };
  }

  amazon(fields: ProbeBody): ProbeBody {
    const { run } = this;
    const keys = { access_key: `AKIA${run.toUpperCase()}MADE`, secret_key: this.#secret() };
    return { type: "AMAZON", ...keys, ...this.#closedToOthers(), scope: "WORKSPACE", ...fields };
  }

  /** Nobody gets a new right by this: the token's owner is an administrator. */
  permissionsWithOwner(): ProbeBody | undefined {
    const { owner } = this.#subject;
    if (owner === undefined) return undefined;
    return { others: "DENIED", admins: "MANAGE", users: [{ id: owner, access_level: "MANAGE" }] };
  }

  /** Fields that let no user and no pipeline use it. */
  #closedToOthers(): ProbeBody {
    this.#count += 1;
    const name = `${PROBE_PREFIX}${this.run}${this.#count.toString(16).padStart(2, "0")}`;
    return { name, permissions: { others: "DENIED" }, all_pipelines_allowed: false };
  }

  #secret(): string {
    const value = `made-up-${randomBytes(12).toString("hex")}`;
    this.#onSecret(value);
    return value;
  }
}
