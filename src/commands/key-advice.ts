import { KEY_VARIABLE } from "../config/resolve-target.ts";

/** Shown before the first lockfile is written: a key that is set later must be introduced with `--assume-sent`. */
export const KEY_ADVICE = `Without ${KEY_VARIABLE} a rotated secret isn't noticed: export ${KEY_VARIABLE}=$(openssl rand -base64 32)`;
