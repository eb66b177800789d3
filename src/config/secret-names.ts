import { fieldInfo, fieldNames } from "../model/catalog.ts";

const SECRET_NAMES: ReadonlySet<string> = new Set(
  [...fieldNames.filter((name) => fieldInfo(name)?.secret), "secret", "private_key", "client_secret"].map(
    comparableName,
  ),
);

/** Whether a key of `extra` says that a secret is below it: `token`, `client_secret`, `privateKey`… */
export function isSecretName(name: string | number): boolean {
  return SECRET_NAMES.has(comparableName(String(name)));
}

function comparableName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, "");
}
