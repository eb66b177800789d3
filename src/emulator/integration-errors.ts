import type { IntegrationBody } from "./integration-body.ts";
import { AUTH_TYPES, typeRule } from "./rules.ts";
import type { StoredIntegration } from "./types.ts";

const SCOPES = ["WORKSPACE", "PROJECT", "ENVIRONMENT"];

/** Why this integration can't be created; nothing when it can. */
export function creationErrors(body: IntegrationBody, hasProject: (name: string) => boolean): string[] {
  const errors = [...body.errors];
  if ((body.name ?? "") === "") errors.push('Field "name" is required');
  if ((body.type ?? "") === "") errors.push('Field "type" is required');
  if ((body.scope ?? "") === "") errors.push('Field "scope" is required');
  else if (!SCOPES.includes(body.scope ?? "")) errors.push(`Scope "${body.scope}" is not valid`);
  else if (body.scope === "ENVIRONMENT") errors.push("Scope ENVIRONMENT needs an environment");
  else if (body.scope === "PROJECT" && (body.projectName ?? "") === "") errors.push('Field "project_name" is required');
  else if (body.scope === "PROJECT" && !hasProject(body.projectName ?? ""))
    errors.push(`Project "${body.projectName}" not found`);
  if (body.type !== undefined && body.type !== "")
    errors.push(...credentialErrors(body.type, body.authType, body.fields));
  return errors;
}

/** Why this integration can't be changed in this way. Only what is sent changes; secrets that are left out stay. */
export function editErrors(body: IntegrationBody, current: StoredIntegration): string[] {
  const errors = [...body.errors];
  // Documented as required on PATCH too, and the vendor's clients always send it.
  if ((body.name ?? "") === "") errors.push('Field "name" is required');
  // The Terraform provider sends these three with every PATCH, unchanged.
  if (body.type !== undefined && body.type !== current.type) errors.push("Type can't be changed");
  if (body.scope !== undefined && body.scope !== current.scope) errors.push("Scope can't be changed");
  if (current.scope === "PROJECT" && body.projectName !== undefined && body.projectName !== current.project_name)
    errors.push("Project can't be changed");
  const rule = typeRule(current.type);
  if (body.authType === undefined && rule?.auth !== undefined && current.auth_type !== rule.defaultAuth)
    errors.push(`Field "auth_type" is required when it is ${current.auth_type}`);
  const { access_key: access, secret_key: secret } = body.fields;
  if (current.type === "AMAZON" && (access === undefined) !== (secret === undefined))
    errors.push('Fields "access_key" and "secret_key" must be sent together');
  const merged = { ...current, ...body.fields };
  errors.push(...credentialErrors(current.type, body.authType ?? current.auth_type, merged));
  return errors;
}

function credentialErrors(
  type: string,
  authType: string | undefined,
  fields: Readonly<Record<string, unknown>>,
): string[] {
  const rule = typeRule(type);
  if (rule === undefined) return [`Integration type "${type}" is not valid`];
  const auth = authType === undefined || authType === "" ? rule.defaultAuth : authType;
  if (auth !== "" && !AUTH_TYPES.has(auth)) return [`Auth type "${auth}" is not valid`];
  if (rule.auth === undefined) return [];
  const wanted = rule.auth[auth];
  if (wanted === undefined) return [`Auth type "${auth}" is not valid for ${type}`];
  const missing = wanted.required.map((set) => set.filter((name) => isBlank(fields[name])));
  if (missing.some((names) => names.length === 0)) return [];
  return (missing[0] ?? []).map((name) => `Field "${name}" is required`);
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}
