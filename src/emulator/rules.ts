/**
 * What the API requires for each type. This is the emulator's own table, so that it can disagree with the client's schema.
 * Sources: the documented table of types, the vendor's SDK and Terraform provider.
 */
interface AuthRule {
  /** Sets of fields; a creation needs one of them in full. */
  readonly required: readonly (readonly string[])[];
}

export interface TypeRule {
  /** What the answer says when no `auth_type` was sent. Empty for plain token types. */
  readonly defaultAuth: string;
  /** By `auth_type`; the type can't be created with any other. Absent: unknown, so anything is accepted. */
  readonly auth?: Readonly<Record<string, AuthRule>>;
}

const tokenRule: AuthRule = { required: [["token"]] };
const userPasswordRule: AuthRule = { required: [["username", "password"]] };

function ruleWithoutAuthType(rule: AuthRule): TypeRule {
  return { defaultAuth: "", auth: { "": rule } };
}

const KNOWN_RULES: Readonly<Record<string, TypeRule>> = {
  AMAZON: {
    defaultAuth: "DEFAULT",
    auth: {
      DEFAULT: { required: [["access_key", "secret_key"]] },
      TRUSTED: { required: [["role_assumptions"]] },
      OIDC: { required: [["role_assumptions", "audience"]] },
    },
  },
  AZURE_CLOUD: {
    defaultAuth: "DEFAULT",
    auth: {
      DEFAULT: { required: [["app_id", "tenant_id", "password"]] },
      OIDC: { required: [["app_id", "tenant_id", "audience"]] },
    },
  },
  GOOGLE_SERVICE_ACCOUNT: {
    defaultAuth: "DEFAULT",
    auth: { DEFAULT: { required: [["api_key"]] }, OIDC: { required: [["google_project", "config"]] } },
  },
  GIT_HUB: { defaultAuth: "TOKEN", auth: { TOKEN: tokenRule } },
  GIT_LAB: { defaultAuth: "", auth: { "": tokenRule, TOKEN: tokenRule } },
  SHOPIFY: {
    defaultAuth: "TOKEN",
    auth: {
      TOKEN: { required: [["token", "shop"]] },
      TOKEN_APP_EXTENSION: { required: [["token", "partner_token"]] },
    },
  },
  DIGITAL_OCEAN: ruleWithoutAuthType(tokenRule),
  SENTRY: ruleWithoutAuthType(tokenRule),
  ROLLBAR: ruleWithoutAuthType(tokenRule),
  DATADOG: ruleWithoutAuthType(tokenRule),
  HONEYBADGER: ruleWithoutAuthType(tokenRule),
  VULTR: ruleWithoutAuthType(tokenRule),
  LOGGLY: ruleWithoutAuthType(tokenRule),
  FIREBASE: ruleWithoutAuthType(tokenRule),
  GHOST_INSPECTOR: ruleWithoutAuthType(tokenRule),
  NEW_RELIC: ruleWithoutAuthType(tokenRule),
  SENTRY_ENTERPRISE: ruleWithoutAuthType(tokenRule),
  PUSHOVER: ruleWithoutAuthType({ required: [["token", "access_key"]] }),
  RACKSPACE: ruleWithoutAuthType({ required: [["username", "token"]] }),
  CLOUDFLARE: ruleWithoutAuthType({ required: [["token"], ["api_key", "email"]] }),
  DO_SPACES: ruleWithoutAuthType({ required: [["access_key", "secret_key"]] }),
  UPCLOUD: ruleWithoutAuthType(userPasswordRule),
  DOCKER_HUB: ruleWithoutAuthType(userPasswordRule),
  STACK_HAWK: ruleWithoutAuthType({ required: [["api_key"]] }),
  BACKBLAZE: ruleWithoutAuthType({ required: [["key_id", "application_key"]] }),
};

/** Types of the documented enums without further documentation. */
const TYPES_WITHOUT_RULE = [
  "BITBUCKET",
  "GOOGLE",
  "SLACK",
  "MODULUS",
  "HEROKU",
  "GIT_HUB_ENTERPRISE",
  "GIT_LAB_ENTERPRISE",
  "PUSHBULLET",
  "CUSTOM",
  "HIP_CHAT",
  "TELEGRAM",
  "AZURE",
  "NETLIFY",
  "MICROSOFT_TEAMS",
  "GOOGLE_PLAY_STORE",
  "APP_STORE",
  "GIT_HUB_APP",
  "GIT_HUB_APP_ENTERPRISE",
  "GIT_HUB_API",
  "ATOP",
  "SNYK",
  "BLACKFIRE",
  "ONE_LOGIN",
  "OKTA",
  "CONTENTFUL",
  "JIRA",
  "NPM_REGISTRY",
  "ANTHROPIC",
  "BUDDY",
  "SMTP",
  "SNS",
  "LDAP",
] as const;

const TYPE_RULES: ReadonlyMap<string, TypeRule> = new Map([
  ...Object.entries(KNOWN_RULES),
  ...TYPES_WITHOUT_RULE.map((type): [string, TypeRule] => [type, { defaultAuth: "" }]),
]);

/** The rule of a type; undefined for one that the API doesn't know. */
export function typeRule(type: string): TypeRule | undefined {
  return TYPE_RULES.get(type);
}

export const AUTH_TYPES: ReadonlySet<string> = new Set([
  "OAUTH",
  "TOKEN",
  "API_KEY",
  "APP",
  "APP_SPRYKER",
  "TOKEN_APP_EXTENSION",
  "DEFAULT",
  "OIDC",
  "TRUSTED",
  "APP_RW",
]);

/** Documented string fields of the request, besides those that every integration has. */
export const STRING_FIELDS: ReadonlySet<string> = new Set([
  "token",
  "email",
  "api_key",
  "access_key",
  "secret_key",
  "partner_token",
  "shop",
  "url",
  "chat_id",
  "git_hub_user_id",
  "git_hub_user_name",
  "username",
  "password",
  "app_id",
  "tenant_id",
  "client_id",
  "client_token",
  "server_id",
  "server_token",
  "key_id",
  "application_key",
  "host_url",
  "webhook_address",
  "slack_user_id",
  "region",
  "target_url",
  "refresh_token",
  "audience",
  "config",
  "google_project",
  "atop_url",
  "note",
  "agent_note",
]);

/** Fields of the answer that are set only where the integration has them, in the order of the documented example. */
export const RETURNED_FIELDS = [
  "app_id",
  "google_project",
  "host_url",
  "webhook_address",
  "audience",
  "atop_url",
  "note",
  "agent_note",
] as const;
