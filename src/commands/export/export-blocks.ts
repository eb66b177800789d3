import { createVariableLookup } from "../../config/variable-lookup.ts";
import type { VariableLookup } from "../../config/variable-lookup.ts";
import { chooseCredentials, hiddenFields, referableFields } from "../../export/block-credentials.ts";
import { chooseKeys, needsImportHash, type KeyedIntegration } from "../../export/choose-keys.ts";
import type { ExampleVariable } from "../../export/secrets-example.ts";
import { VariableNames } from "../../export/variable-names.ts";
import type { LiveIntegration } from "../../model/integration.ts";
import { Secret, secretEquals } from "../../model/secret.ts";
import { desiredBlock, type AccessNames, type DesiredBlock } from "../../render/desired-block.ts";
import { readSecretsFiles } from "../inputs/inputs.ts";
import type { LookUpInputs } from "../inputs/look-up-inputs.ts";
import { readInput } from "../inputs/read-input.ts";
import type { Session } from "../session.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";

/** A live integration with the block that describes it in the file. */
export interface ExportedIntegration extends KeyedIntegration {
  readonly block: DesiredBlock;
  readonly variables: readonly ExampleVariable[];
  readonly hasManagedCredentials: boolean;
}

/** The names and values of the variables that new blocks could refer to. */
export interface KnownVariables {
  readonly names: VariableNames;
  readonly lookup: VariableLookup;
  readonly diagnostics: readonly Diagnostic[];
}

/** Chooses a variable for every field that needs one, and looks for its value. */
export async function lookUpVariables(
  session: Session,
  integrations: readonly KeyedIntegration[],
  taken: readonly string[],
): Promise<KnownVariables> {
  const { io, options } = session;
  const names = new VariableNames(taken);
  const wanted = integrations.flatMap(({ key, live }) => referableFields(live).map((field) => names.of(key, field)));
  const secrets = await readSecretsFiles(session, new Set(wanted));
  const lookup = await createVariableLookup(wanted, {
    env: io.env,
    secretsFiles: secrets.values,
    readFile: (path) => readInput(io, path),
    asIs: new Set(options.asIs),
  });
  return { names, lookup, diagnostics: secrets.diagnostics };
}

/** Chooses keys for the integrations that the file doesn't have yet. */
export function keysFor(
  lives: readonly LiveIntegration[],
  { desired, section }: Pick<LookUpInputs, "desired" | "section">,
): readonly KeyedIntegration[] {
  const locked = [...section];
  return chooseKeys(lives, {
    keys: [...desired.flatMap(({ key, lifecycle }) => [key, ...lifecycle.movedFrom]), ...locked.map(([key]) => key)],
    identifiers: [
      ...desired.flatMap(({ identifier }) => identifier ?? []),
      ...locked.flatMap(([, { identifier }]) => identifier ?? []),
    ],
  });
}

export interface BlockStyle {
  readonly credentials: "managed" | "unmanaged" | "if-known";
  readonly names: AccessNames;
  readonly defaults: ReadonlyMap<string, unknown>;
}

/** The block of an integration, with the variables that it uses. */
export function exportIntegration(
  keyed: KeyedIntegration,
  { names, lookup }: KnownVariables,
  style: BlockStyle,
): ExportedIntegration {
  const { key, live, isAmbiguous } = keyed;
  const variableOf = (field: string): string => names.of(key, field);
  const isLiveValue = (field: string): boolean => {
    const variable = variableOf(field);
    return secretEquals(new Secret(variable, nonEmptyValue(variable, lookup)), live.fields.get(field));
  };
  // The API never shows the roles of AMAZON, and sending its access keys without them would remove them.
  const isCareful = live.type === "AMAZON" && style.credentials !== "managed";
  const credentials = chooseCredentials(live, {
    mode: isCareful ? "unmanaged" : style.credentials,
    variableOf,
    isKnown: (field) => {
      const seen = live.fields.get(field);
      return seen === undefined || seen === ""
        ? nonEmptyValue(variableOf(field), lookup) !== undefined
        : isLiveValue(field);
    },
  });
  const hidden = new Map(
    hiddenFields(live)
      .filter(isLiveValue)
      .map((field) => [field, variableOf(field)]),
  );
  const isManaged = credentials.kind === "managed";
  const block = desiredBlock({
    key,
    live,
    credentials,
    hidden,
    names: style.names,
    isAmbiguous,
    defaults: style.defaults,
    ...(needsImportHash(keyed) && { importHash: live.hashId }),
  });
  const variables = [
    ...credentials.references.map((reference) => ({ ...reference, isUsed: isManaged })),
    ...hiddenFields(live).map((field) => ({ field, variable: variableOf(field), isUsed: block.fields.has(field) })),
  ];
  return {
    ...keyed,
    block,
    variables: variables.map((each) => ({ key, ...each })),
    hasManagedCredentials: isManaged && credentials.references.length > 0,
  };
}

/** Undefined for an empty value too: it could not be sent. */
function nonEmptyValue(variable: string, lookup: VariableLookup): string | undefined {
  const found = lookup(variable);
  return found.kind === "set" && found.value !== "" ? found.value : undefined;
}
