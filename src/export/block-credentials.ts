import { fieldInfo, typeInfo, type Recipe } from "../model/catalog.ts";
import type { LiveIntegration } from "../model/integration.ts";
import { whyInexpressible } from "../model/expressible-value.ts";
import { joinWords } from "../model/text.ts";

/** A field and the variable that gives its value. */
export interface FieldReference {
  readonly field: string;
  readonly variable: string;
}

/** What a block says about the credentials of a live integration, which the API never returns. */
export interface BlockCredentials {
  /** `unmanaged`: they stay as they were made in the web page; the references are a proposal for managing them. */
  readonly kind: "managed" | "unmanaged";
  readonly references: readonly FieldReference[];
  /** Remarks about what the API hides and only a person knows, each in one line. */
  readonly remarks: readonly string[];
  /**
   * The fields that the type is known to use; undefined if that isn't documented. The validator warns about other
   * fields.
   */
  readonly used: ReadonlySet<string> | undefined;
}

export interface CredentialChoice {
  /** `if-known`: managed if each needed variable has a value. */
  readonly mode: "managed" | "unmanaged" | "if-known";
  readonly variableOf: (field: string) => string;
  /** Whether the field's variable has a value. If the API returns the field, the value must be the live one. */
  readonly isKnown: (field: string) => boolean;
}

/**
 * Decides whether a block manages the credentials, and with which variables. Roles of AWS have no variable and are
 * never returned, so an integration that consists of roles stays unmanaged.
 */
export function chooseCredentials(
  live: LiveIntegration,
  { mode, variableOf, isKnown }: CredentialChoice,
): BlockCredentials {
  const recipes = typeInfo(live.type)?.recipes ?? [];
  const fitting = fittingRecipes(live, recipes);
  const ways = fitting.map((recipe) => unseenFields(live, recipe));
  const possible = ways.filter((fields) => fields.every((field) => fieldInfo(field)?.kind === "string"));
  const withValues = possible.find((fields) => fields.every(isKnown));
  const chosen = mode === "unmanaged" ? undefined : (withValues ?? (mode === "managed" ? possible[0] : undefined));
  const kind = chosen === undefined ? "unmanaged" : "managed";
  const optional = new Set(fitting.flatMap((recipe) => recipe.optional).filter((field) => !isReturnedField(field)));
  const isRoleless = kind === "managed" && live.type === "AMAZON";
  const remarks = [
    ...(ways.length > 1 && chosen === undefined
      ? [`either ${ways.map((fields) => joinWords(fields, "and")).join(", or ")}`]
      : []),
    ...ways.flatMap((fields) => fields.filter((field) => fieldInfo(field)?.kind !== "string")).map(hiddenRemark),
    ...[...optional].map(hiddenRemark),
    ...(isRoleless
      ? [
          "until `role_assumptions` is written here, nothing that could drop roles is sent; `[]` says that there are none",
        ]
      : []),
    ...(fitting.length === 0 && recipes.length > 0 ? ["this version doesn't know what this auth_type needs"] : []),
  ];
  return {
    kind,
    references: (chosen ?? [...new Set(possible.flat())]).map((field) => ({ field, variable: variableOf(field) })),
    remarks: [...new Set(remarks)],
    used:
      kind === "unmanaged"
        ? undefined
        : new Set(fitting.flatMap(({ required, optional: more }) => [...required, ...more])),
  };
}

/** The fields of a live integration whose values may have to come from a variable. */
export function referableFields(live: LiveIntegration): readonly string[] {
  const recipes = fittingRecipes(live, typeInfo(live.type)?.recipes ?? []);
  const unseen = recipes
    .flatMap((recipe) => unseenFields(live, recipe))
    .filter((field) => fieldInfo(field)?.kind === "string");
  return [...new Set([...unseen, ...hiddenFields(live)])];
}

/** Returned fields that may carry a secret, and so are never shown. */
export function hiddenFields(live: LiveIntegration): readonly string[] {
  return [...live.fields]
    .filter(([name, value]) => {
      const info = fieldInfo(name);
      return (
        info?.returned === true &&
        (info.hidden || isUrlWithPassword(name, value)) &&
        typeof value === "string" &&
        value !== ""
      );
    })
    .map(([name]) => name);
}

function isUrlWithPassword(name: string, value: unknown): boolean {
  return (
    fieldInfo(name)?.reference === true && typeof value === "string" && whyInexpressible(name, value) !== undefined
  );
}

function fittingRecipes(live: LiveIntegration, recipes: readonly Recipe[]): readonly Recipe[] {
  const given = live.fields.get("auth_type");
  return recipes.filter(({ authTypes }) => authTypes.includes(typeof given === "string" ? given : ""));
}

/** The fields that the recipe needs and that can't be copied from the live integration. */
function unseenFields(live: LiveIntegration, { required }: Recipe): readonly string[] {
  return required.filter((field) => {
    const value = live.fields.get(field);
    return (
      !isReturnedField(field) || value === undefined || value === "" || whyInexpressible(field, value) !== undefined
    );
  });
}

function isReturnedField(field: string): boolean {
  return fieldInfo(field)?.returned === true;
}

function hiddenRemark(field: string): string {
  return `${field}: the API doesn't return it`;
}
