import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import type { IntegrationWithSecrets, Key } from "../../model/integration.ts";
import { joinWords, nearestWord } from "../../model/text.ts";
import type { PlanFlags } from "../change.ts";
import { apiField } from "../compare/comparable.ts";
import { keyFilter } from "../match/key-filter.ts";

type NamingFlags = Pick<PlanFlags, "resend" | "only" | "exclude" | "assume_sent" | "recreate">;

/** `--only`, `--exclude`, `--assume-sent`, `--recreate` or `--resend` with a value that matches nothing is reported: it would silently do nothing. */
export function unmatchedFlags(
  flags: NamingFlags,
  integrations: readonly IntegrationWithSecrets[],
  lockedKeys: Iterable<Key>,
): Diagnostic[] {
  const wanted = integrations.map(({ key }) => key);
  const known = [...wanted, ...lockedKeys];
  const { assume_sent: assumed } = flags;
  return [
    ...unmatchedPatterns("--only", flags.only, known),
    ...unmatchedPatterns("--exclude", flags.exclude ?? [], known),
    ...unmatchedPatterns("--assume-sent", assumed === undefined || assumed === "*" ? [] : [assumed], wanted),
    ...(flags.recreate ?? [])
      .filter((key) => !wanted.includes(key))
      .map((key) => errorDiagnostic("no-match", `--recreate ${key}: the file has no ${key}`, nearestKey(key, wanted))),
    ...unmatchedResends(flags, integrations),
  ];
}

/** The same for several files: a value of a flag must match something in one of them. */
export function unmatchedInAll(
  flags: NamingFlags,
  files: readonly { readonly integrations: readonly IntegrationWithSecrets[]; readonly lockedKeys: readonly Key[] }[],
): Diagnostic[] {
  const none = { resend: [], only: [] };
  const { assume_sent: assumed } = flags;
  const single = [
    ...flags.only.map((each) => ({ ...none, only: [each] })),
    ...(flags.exclude ?? []).map((each) => ({ ...none, exclude: [each] })),
    ...(assumed === undefined ? [] : [{ ...none, assume_sent: assumed }]),
    ...(flags.recreate ?? []).map((each) => ({ ...none, recreate: [each] })),
    ...flags.resend.map((each) => ({ ...none, resend: [each] })),
  ];
  return single.flatMap((flag) => {
    const problems = files.map(({ integrations, lockedKeys }) => unmatchedFlags(flag, integrations, lockedKeys));
    const [first = []] = problems;
    return problems.every((found) => found.length > 0) ? first : [];
  });
}

function nearestKey(key: Key, known: readonly Key[]): string | undefined {
  const near = nearestWord(key, known);
  return near === undefined ? undefined : `did you mean ${near}?`;
}

function unmatchedPatterns(
  flag: "--only" | "--exclude" | "--assume-sent",
  patterns: readonly string[],
  keys: readonly Key[],
): Diagnostic[] {
  const places = flag === "--assume-sent" ? "the file" : "the file or the lockfile";
  const hint = `it takes keys of ${places}, or globs such as 'aws_*'`;
  return patterns
    .filter((pattern) => !keys.some(keyFilter({ only: [pattern] })))
    .map((pattern) => errorDiagnostic("no-match", `${flag} ${pattern} matches no integration`, hint));
}

/** A key or a field that the file doesn't have, or that `--only` leaves out. */
function unmatchedResends(
  { resend, only, exclude = [] }: Pick<PlanFlags, "resend" | "only" | "exclude">,
  integrations: readonly IntegrationWithSecrets[],
): Diagnostic[] {
  const byKey = new Map(integrations.map((integration) => [integration.key, integration]));
  const isSelected = keyFilter({ only, exclude });
  const flag = exclude.length === 0 ? "--only" : only.length === 0 ? "--exclude" : "--only or --exclude";
  return resend.flatMap((what): Diagnostic[] => {
    if (what === "*") return [];
    const [key = "", ...rest] = what.split(".");
    const field = rest.join(".");
    const integration = byKey.get(key);
    if (integration === undefined)
      return [unknownResendProblem(what, `the file has no ${key}`, key, [...byKey.keys()])];
    if (!isSelected(key)) return [errorDiagnostic("no-match", `--resend ${what}: ${flag} leaves ${key} out`)];
    const fields = resendableFields(integration);
    if (rest.length === 0 || fields.includes(field)) return [];
    return [unknownResendProblem(what, `in the file, ${key} has no ${field}`, field, fields)];
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
