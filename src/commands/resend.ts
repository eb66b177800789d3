import { joinWords, nearestWord } from "../model/text.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { IntegrationWithSecrets } from "../model/integration.ts";
import { apiField } from "../plan/compare/comparable.ts";
import type { PlanFlags } from "../plan/change.ts";
import { keyFilter } from "../plan/match/key-filter.ts";
import { errorDiagnostic } from "./command-stop.ts";

/** `--resend` with a key or a field that the file doesn't have, or that `--only` leaves out, would silently do nothing. */
export function resendProblems(
  integrations: readonly IntegrationWithSecrets[],
  { resend, only }: Pick<PlanFlags, "resend" | "only">,
): Diagnostic[] {
  const byKey = new Map(integrations.map((integration) => [integration.key, integration]));
  const isSelected = keyFilter(only);
  return resend.flatMap((what): Diagnostic[] => {
    if (what === "*") return [];
    const [key = "", ...rest] = what.split(".");
    const field = rest.join(".");
    const integration = byKey.get(key);
    if (integration === undefined)
      return [unknownResendProblem(what, `the file has no ${key}`, key, [...byKey.keys()])];
    if (!isSelected(key)) return [errorDiagnostic("no-match", `--resend ${what}: --only leaves ${key} out`)];
    const fields = resendableFields(integration);
    if (rest.length === 0 || fields.includes(field)) return [];
    return [unknownResendProblem(what, `the file gives ${key} no ${field}`, field, fields)];
  });
}

/** Every name under which `--resend KEY.FIELD` finds a field: paths as the plan shows them, and the API's own names. */
function resendableFields({
  fields,
  extra,
  permissions,
  allowedPipelines,
  identifier,
}: IntegrationWithSecrets): string[] {
  const paths = [
    ...fields.keys(),
    ...[...extra.keys()].map((name) => `extra.${name}`),
    ...(identifier === undefined ? [] : ["identifier"]),
    ...(allowedPipelines === undefined ? [] : ["allowed_pipelines"]),
    ...(permissions === undefined ? [] : ["permissions.admins", "permissions.others"]),
    ...(permissions?.users === undefined ? [] : ["permissions.users"]),
    ...(permissions?.groups === undefined ? [] : ["permissions.groups"]),
  ];
  return [...new Set([...paths, ...paths.map(apiField)])];
}

function unknownResendProblem(what: string, message: string, word: string, known: readonly string[]): Diagnostic {
  const near = nearestWord(word, known);
  const some = known.length === 0 || known.length > 12 ? undefined : `it takes ${joinWords(known)}`;
  return errorDiagnostic(
    "no-match",
    `--resend ${what}: ${message}`,
    near === undefined ? some : `did you mean ${near}?`,
  );
}
