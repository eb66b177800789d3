import { authTypes } from "./catalog.ts";
import type { Json } from "./integration.ts";
import { hasUrlCredentials } from "./url-credentials.ts";

/** Why `integrations.yaml` can't hold this live value as it is; undefined if it can. */
export function whyInexpressible(name: string, value: Json): string | undefined {
  if (typeof value !== "string") return "it isn't text";
  if (name === "auth_type" && !authTypes.includes(value)) return "this version doesn't know it";
  if (name === "name" && !/\S/.test(value)) return "it is empty";
  return hasUrlCredentials(value) ? "it holds an address with a password" : undefined;
}

/**
 * Whether the file can name a live identifier without a warning. It warns of one that ends with a hyphen, since Buddy
 * may refuse that for a new integration.
 */
export function isExpressibleIdentifier(identifier: string): boolean {
  return /^[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$/.test(identifier);
}
