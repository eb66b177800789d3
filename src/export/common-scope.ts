import type { LiveIntegration } from "../model/integration.ts";

const SCOPES: readonly string[] = ["WORKSPACE", "PROJECT", "ENVIRONMENT"];

/** The scope that most of several integrations share, for `defaults`; undefined if no scope is shared by enough of them. */
export function commonScope(integrations: readonly { readonly live: LiveIntegration }[]): string | undefined {
  return SCOPES.find(
    (scope) =>
      integrations.length > 1 &&
      2 * integrations.filter(({ live }) => live.scope === scope).length > integrations.length,
  );
}
