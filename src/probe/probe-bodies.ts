import { randomBytes } from "node:crypto";
import type { ProbeBody } from "../api/probe-client.ts";
import { PROBE_PREFIX } from "../model/probe-name.ts";

/** Where a probe works, and for whom. */
export interface ProbeSubject {
  readonly project: string;
  /** The token's owner, an administrator; undefined where the token may not say. */
  readonly owner: number | undefined;
}

/** Types that take a token and nothing else. The vendor's own tests create the first one with a made-up token. */
export const PLAIN_TYPES = ["DIGITAL_OCEAN", "VULTR"] as const;

/** What a probe sends. Each name and each made-up credential is met only once, ever. */
export class ProbeBodies {
  /** Names the run. */
  readonly run = randomBytes(6).toString("hex");
  readonly #subject: ProbeSubject;
  readonly #onSecret: (value: string) => void;
  #count = 0;
  #plainType: string = PLAIN_TYPES[0];

  constructor(subject: ProbeSubject, onSecret: (value: string) => void) {
    this.#subject = subject;
    this.#onSecret = onSecret;
  }

  /** An identifier that begins so for this run. */
  identifier(suffix = ""): string {
    return `probe_${this.run}${suffix}`;
  }

  /** Of the workspace, with a plain token. */
  inWorkspace(fields: ProbeBody = {}): ProbeBody {
    return { type: this.#plainType, token: this.#secret(), ...this.#shut(), scope: "WORKSPACE", ...fields };
  }

  /** After the server has refused the first one: it may try tokens of that type out. */
  takeOtherPlainType(): void {
    [, this.#plainType] = PLAIN_TYPES;
  }

  inProject(fields: ProbeBody): ProbeBody {
    const { project } = this.#subject;
    const token = this.#secret();
    return { type: this.#plainType, token, ...this.#shut(), scope: "PROJECT", project_name: project, ...fields };
  }

  amazon(fields: ProbeBody): ProbeBody {
    const { run } = this;
    const keys = { access_key: `AKIA${run.toUpperCase()}MADE`, secret_key: this.#secret() };
    return { type: "AMAZON", ...keys, ...this.#shut(), scope: "WORKSPACE", ...fields };
  }

  /** Its owner is an administrator, so naming them opens nothing. */
  permissionsWithOwner(): ProbeBody | undefined {
    const { owner } = this.#subject;
    if (owner === undefined) return undefined;
    return { others: "DENIED", admins: "MANAGE", users: [{ id: owner, access_level: "MANAGE" }] };
  }

  #shut(): ProbeBody {
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
