import { matchesGlob } from "./glob.ts";

/** Settings of this tool that are secrets. No file may send them to an integration. */
export const OWN_VARIABLES: readonly string[] = [
  "BUDDY_TOKEN",
  "BUDDY_TOKEN_FILE",
  "BUDDY_INTEGRATIONS_KEY",
  "BUDDY_INTEGRATIONS_KEY_FILE",
];

/**
 * Variables that CI systems set for themselves, as globs: tokens of the job, and variables that help to get one. They
 * aren't intended for integrations, so a reference to one is probably an attack or a mistake.
 */
export const CI_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  "GitHub Actions": ["GITHUB_TOKEN", "ACTIONS_*", "INPUT_*"],
  "GitLab CI": [
    "CI_JOB_*",
    "CI_BUILD_TOKEN",
    "CI_REGISTRY_*",
    "CI_DEPLOY_*",
    "CI_DEPENDENCY_PROXY_*",
    "CI_REPOSITORY_URL",
    "CI_RUNNER_*",
    "CI_SERVER_*",
  ],
  Buddy: ["BUDDY_*"],
  CircleCI: ["CIRCLE_*"],
  Jenkins: ["JENKINS_*", "HUDSON_*"],
  "Azure Pipelines": ["SYSTEM_*", "ENDPOINT_*", "SECUREFILE_*", "VSS_NUGET_*"],
  TeamCity: ["TEAMCITY_*"],
  "Bitbucket Pipelines": ["BITBUCKET_STEP_*", "PIPELINES_JWT_TOKEN"],
};

/** Variables that look like our `NAME_FILE`, but name the credential file of another tool. */
export const CREDENTIAL_FILES: readonly string[] = [
  "ANSIBLE_VAULT_PASSWORD_FILE",
  "AWS_CONFIG_FILE",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AZURE_FEDERATED_TOKEN_FILE",
  "BITBUCKET_SSH_KEY_FILE",
  "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
  "CONSUL_HTTP_TOKEN_FILE",
  "GOOGLE_APPLICATION_CREDENTIALS_FILE",
  "GOOGLE_CREDENTIALS_FILE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  "RESTIC_PASSWORD_FILE",
  "SOPS_AGE_KEY_FILE",
  "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
  "TS_AUTHKEY_FILE",
  "VAULT_TOKEN_FILE",
];

/** Whether a name is one of this tool's own secrets, in any letter case, since Windows ignores it. */
export function isOwnVariable(name: string): boolean {
  return OWN_VARIABLES.includes(name.toUpperCase());
}

/** The CI system that sets this variable for itself. */
export function ciSystemOf(name: string): string | undefined {
  const upper = name.toUpperCase();
  const found = Object.entries(CI_VARIABLES).find(([, globs]) => globs.some((glob) => matchesGlob(glob, upper)));
  return found?.[0];
}

/**
 * A reference to propose for a field of the integration with this key. It gets a prefix if a CI system sets the
 * variable for itself: `github` would give GITHUB_TOKEN.
 */
export function proposedReference(key: string, field: string): string {
  const variable = `${key}_${field}`.toUpperCase().replaceAll(/\W/g, "_");
  return `$${isOwnVariable(variable) || ciSystemOf(variable) !== undefined ? "INTEGRATION_" : ""}${variable}`;
}
