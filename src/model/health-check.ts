/** What a check of `doctor` is about. */
export type CheckName =
  | "versions"
  | "file"
  | "workspace"
  | "lockfile"
  | "journal"
  | "run lock"
  | "key"
  | "secrets"
  | "token"
  | "owner"
  | "api"
  | "integrations"
  | "duplicates"
  | "probe"
  | "pipelines";

/** What `doctor` found out about one thing. A warning or an error says what to do next. */
export type HealthCheck = { readonly check: CheckName; readonly message: string } & (
  | { readonly status: "ok" }
  | { readonly status: "warning" | "error"; readonly next: string }
);
