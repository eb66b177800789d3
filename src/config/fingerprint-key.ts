import { errorDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import { failure, success, type Result } from "../model/integration.ts";
import { FingerprintKey } from "../model/secret.ts";

/** Names the variable that holds the key for fingerprints. */
export const KEY_VARIABLE = "BUDDY_INTEGRATIONS_KEY";
const KEY_BYTES = 32;

/** Shown before the first lockfile is written: a key that is set later must be introduced with `--assume-sent`. */
export const KEY_ADVICE = `Without ${KEY_VARIABLE} a rotated secret isn't noticed: export ${KEY_VARIABLE}=$(openssl rand -base64 32)`;

/** Reads the key: at least 32 bytes, as hex or base64. Its text is never shown, even if it is invalid. */
export function readFingerprintKey(text: string): Result<FingerprintKey, readonly Diagnostic[]> {
  const bytes = decodeKey(text.trim());
  if (bytes !== undefined && bytes.length >= KEY_BYTES) return success(new FingerprintKey(bytes));
  const hint = "make one with `openssl rand -base64 32`, or unset it: then a rotated secret isn't noticed";
  return failure([errorDiagnostic("weak-key", `${KEY_VARIABLE} ${whyWeak(bytes)}`, hint)]);
}

function whyWeak(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return "is neither hex nor base64";
  if (bytes.length === 0) return "is set, but empty";
  return `has ${bytes.length} bytes; it needs at least ${KEY_BYTES}`;
}

function decodeKey(text: string): Uint8Array | undefined {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, "hex");
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return Buffer.from(text, "base64");
  return text === "" ? new Uint8Array() : undefined;
}
