import { join } from "node:path";

/** Every secret that an attacker might want, by the variable that holds it. */
export const SECRETS = {
  AZURE_PASSWORD: "value-of-azure-password-1c7d",
  DATABASE_PASSWORD: "value-of-database-password-83fa",
  MAIL_KEY: "value-of-mail-key-5b0e",
  SENTRY_TOKEN: "value-of-sentry-token-f913",
  WEB_TOKEN: "value-of-web-token-2e6a",
  /** Another step of the job needs it. The file of main doesn't refer to it. */
  PROD_TOKEN: "value-of-prod-token-d475",
  /** What the CI system sets for itself. */
  GITHUB_TOKEN: "value-of-github-token-0a8c",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "value-of-request-token-b7e1",
  BUDDY_TOKEN: "attack-token-of-apply",
  BUDDY_INTEGRATIONS_KEY: "5d".repeat(32),
  PLAN_TOKEN: "attack-token-of-plan",
  IN_A_FILE: "value-of-web-identity-64f2",
} as const;

/** Files of the machine, outside of the repository. */
export const OUTSIDE_FILES = {
  "web-identity": `${SECRETS.IN_A_FILE}\n`,
  "kube-config": `users:\n  - name: me\n    user: { token: ${SECRETS.IN_A_FILE} }\n`,
} as const;

/** One job of CI: what it has in its environment. */
export interface Job {
  /** @param dir the folder that the repository is in */
  env(dir: string): Readonly<Record<string, string>>;
  readonly git: "there" | "missing";
}

const { PLAN_TOKEN, IN_A_FILE: _, ...VALUES } = SECRETS;

export const APPLY_JOB: Job = {
  env: (dir) => ({
    ...VALUES,
    AWS_WEB_IDENTITY_TOKEN_FILE: join(dir, "outside", "web-identity"),
    BUDDY_TOKEN_FILE: join(dir, "outside", "web-identity"),
    BUDDY_INTEGRATIONS_KEY_FILE: join(dir, "outside", "web-identity"),
  }),
  git: "there",
};

/** The plan job of the recipes: a token that may only read, and no values of variables. */
export const PLAN_JOB: Job = { env: () => ({ BUDDY_TOKEN: PLAN_TOKEN }), git: "there" };

/** The jobs, by the name that scripts use. */
export const JOBS: ReadonlyMap<string, Job> = new Map([
  ["plan", PLAN_JOB],
  ["apply", APPLY_JOB],
  ["apply-without-git", { ...APPLY_JOB, git: "missing" }],
]);
