export type Scope = "WORKSPACE" | "PROJECT" | "ENVIRONMENT";

/** All scopes, the widest first. */
export const SCOPES: readonly string[] = ["WORKSPACE", "PROJECT", "ENVIRONMENT"] satisfies readonly Scope[];

/** Where an integration belongs. */
export interface IntegrationPlace {
  readonly scope: Scope;
  /** Present exactly when the scope is PROJECT. */
  readonly projectName?: string;
}

/** What an integration is and where it belongs. None of it can change: another identity means another integration. */
export interface Identity extends IntegrationPlace {
  readonly type: string;
}

/** An identity as the API or the lockfile shows it. A missing member is unknown, which is not a difference. */
export interface SeenIdentity {
  readonly type: string;
  readonly scope?: string | undefined;
  readonly projectName?: string | undefined;
}

/** Where an integration belongs, as far as the API or the lockfile shows it. */
export type SeenPlace = Pick<SeenIdentity, "scope" | "projectName">;

/** A member of an identity, as plans name it. */
export type IdentityField = "type" | "scope" | "project_name";

/** The members in which an integration differs from the wanted one. */
export function identityDifferences(wanted: Identity, seen: SeenIdentity): IdentityField[] {
  return [...(seen.type === wanted.type ? [] : ["type" as const]), ...placeDifferences(wanted, seen)];
}

/** Whether an integration can be the wanted one. */
export function isSameIdentity(wanted: Identity, seen: SeenIdentity): boolean {
  return identityDifferences(wanted, seen).length === 0;
}

/** Whether an integration belongs there, whatever its type: identifiers are unique in a place. */
export function isInPlace(place: IntegrationPlace, seen: SeenPlace): boolean {
  return placeDifferences(place, seen).length === 0;
}

/** The value of a member; undefined where it has none, or where it isn't shown. */
export function identityValue({ type, scope, projectName }: SeenIdentity, field: IdentityField): string | undefined {
  switch (field) {
    case "type":
      return type;
    case "scope":
      return scope;
    case "project_name":
      return projectName;
    default:
      return field satisfies never;
  }
}

/** Something that may have an identifier. */
interface MaybeIdentified {
  readonly identifier?: string | undefined;
}

/** The identifier that the file gives, else the one that the integration is known to have. */
export function knownIdentifier(desired: MaybeIdentified, known: MaybeIdentified | undefined): string | undefined {
  return desired.identifier ?? known?.identifier;
}

/**
 * The identifier that a new integration gets: the file's, else that of the integration whose place it takes, as the
 * lockfile or the workspace has it, else its key.
 */
export function identifierOf(
  desired: MaybeIdentified & { readonly key: string },
  known: MaybeIdentified | undefined,
): string {
  return knownIdentifier(desired, known) ?? desired.key;
}

function placeDifferences({ scope, projectName }: IntegrationPlace, seen: SeenPlace): ("scope" | "project_name")[] {
  const differs: ("scope" | "project_name")[] = [];
  if (seen.scope !== undefined && seen.scope !== scope) differs.push("scope");
  if (scope === "PROJECT" && seen.projectName !== undefined && seen.projectName !== projectName) {
    differs.push("project_name");
  }
  return differs;
}
