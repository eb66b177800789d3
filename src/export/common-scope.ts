import { SCOPES } from "../model/identity.ts";
import type { LiveIntegration } from "../model/integration.ts";

/** The scope of more than half of several integrations, for `defaults`; undefined if there is none. */
export function commonScope(integrations: readonly { readonly live: LiveIntegration }[]): string | undefined {
  return SCOPES.find(
    (scope) =>
      integrations.length > 1 &&
      2 * integrations.filter(({ live }) => live.scope === scope).length > integrations.length,
  );
}
