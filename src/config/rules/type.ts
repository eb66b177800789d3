import { authTypes, COMMON_FIELDS, credentialFields, fieldInfo, typeInfo, type Recipe } from "../../model/catalog.ts";
import { AZURE_CLOUD_FIELDS, typeMeant } from "../mistakes.ts";
import { childNode, spanAtPath, scalarText, type MapNode, type YamlSpan } from "../yaml/node.ts";
import { quoteName } from "../../model/printable.ts";
import { joinWords } from "../../model/text.ts";
import type { ParsedIntegration } from "../parsed-config.ts";
import type { RuleReporter } from "./rule-reporter.ts";

/** Checks that the type is known, and has the fields that one of its recipes needs. */
export function checkType(integration: ParsedIntegration, report: RuleReporter): void {
  const { merged } = integration;
  const type = scalarText(childNode(merged, "type"));
  if (type === undefined || !/^[A-Z][A-Z0-9_]*$/.test(type)) return;
  const info = typeInfo(type);
  if (!info) checkUnknown(type, spanAtPath(merged, ["type"]), report);
  if (type === "AZURE") warnOfAzure(integration, report);
  if (isUnmanaged(merged)) checkUnmanaged(integration, type, report);
  else if (info) checkRecipes(integration, type, info.recipes, report);
}

/**
 * An unknown type may be a new one, but it is more likely a typing error. If one is in the lockfile, the server knows
 * the type.
 */
function checkUnknown(type: string, at: YamlSpan, report: RuleReporter): void {
  const { isSlip, hint } = typeMeant(type);
  if (isSlip) return report.error("unknown-type", at, `${quoteName(type)} isn't a type`, hint);
  report.untilLocked(
    { type },
    "unknown-type",
    at,
    `this version doesn't know the type ${quoteName(type)}`,
    hint ?? "check its spelling; if Buddy has it, this warning ends when an integration of this type is locked",
  );
}

/** The recipes for the given `auth_type` (`""`: none is given). */
function recipesFor(recipes: readonly Recipe[], authType: string): readonly Recipe[] {
  return recipes.filter((recipe) => recipe.authTypes.includes(authType));
}

function warnOfAzure({ merged }: ParsedIntegration, report: RuleReporter): void {
  if (!AZURE_CLOUD_FIELDS.some((name) => merged.entries.has(name))) return;
  report.warning(
    "azure-type",
    spanAtPath(merged, ["type"]),
    "AZURE doesn't take a service principal (Buddy's Azure example has it wrong)",
    "write AZURE_CLOUD",
  );
}

function isUnmanaged(merged: MapNode): boolean {
  return scalarText(childNode(childNode(merged, "lifecycle"), "credentials")) === "unmanaged";
}

function checkUnmanaged({ key, merged }: ParsedIntegration, type: string, report: RuleReporter): void {
  const required = new Set(typeInfo(type)?.recipes.flatMap((recipe) => recipe.required));
  const credentials = credentialFields(type);
  for (const name of merged.entries.keys()) {
    if (!fieldInfo(name)?.secret && !(required.has(name) && credentials.has(name))) continue;
    report.error(
      "unmanaged-credentials",
      spanAtPath(merged, [name]),
      `${quoteName(key)} has unmanaged credentials, and can't name ${quoteName(name)}`,
      "remove the field, or `credentials: unmanaged`",
    );
  }
}

function checkRecipes(
  { key, span, merged }: ParsedIntegration,
  type: string,
  recipes: readonly Recipe[],
  report: RuleReporter,
): void {
  if (recipes.length === 0) return;
  const authType = scalarText(childNode(merged, "auth_type")) ?? "";
  if (authType !== "" && !authTypes.includes(authType)) return;
  const fitting = recipesFor(recipes, authType);
  if (fitting.length === 0) {
    const known = [...new Set(recipes.flatMap((recipe) => recipe.authTypes))].filter(Boolean);
    const message = `${type} isn't known to take auth_type ${quoteName(authType)}: what it needs isn't checked`;
    report.warning(
      "unknown-auth-type",
      spanAtPath(merged, ["auth_type"]),
      message,
      known.length > 0 ? `write ${joinWords(known)}` : "leave it out",
    );
    return;
  }
  const missing = fitting.map((recipe) => recipe.required.filter((name) => !merged.entries.has(name)));
  if (missing.every((names) => names.length > 0)) {
    report.error(
      "missing-credentials",
      span,
      `${quoteName(key)} needs ${joinWords(missing.map((names) => joinWords(names.map(quoteName), "and")))}`,
      otherWays(type, recipes, fitting),
    );
  }
  const named = new Set(fitting.flatMap((recipe) => [...recipe.required, ...recipe.optional]));
  for (const name of merged.entries.keys()) {
    if (COMMON_FIELDS.has(name) || name === "auth_type" || named.has(name) || !fieldInfo(name)) continue;
    const given = authType === "" ? type : `${type} with auth_type ${authType}`;
    report.warning(
      "unused-field",
      spanAtPath(merged, [name]),
      `${given} isn't known to use ${quoteName(name)}`,
      `remove it; ${type} takes ${joinWords([...named], "and")}`,
    );
  }
}

function otherWays(type: string, recipes: readonly Recipe[], fitting: readonly Recipe[]): string {
  const others = recipes.filter((recipe) => !fitting.includes(recipe));
  const ways = others.map(
    (recipe) =>
      `with \`auth_type: ${joinWords(recipe.authTypes.filter(Boolean))}\` ${type} takes ${joinWords(recipe.required, "and")}`,
  );
  return [...ways, "for credentials made in the web page write `lifecycle: { credentials: unmanaged }`"].join("; ");
}
