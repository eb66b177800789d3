import { KEY_VARIABLE } from "../config/resolve-target.ts";

/** Said before the first lockfile: a key that comes later has to be introduced with `--assume-sent`. */
export const KEY_ADVICE = `Without ${KEY_VARIABLE} a rotated secret isn't noticed: export ${KEY_VARIABLE}=$(openssl rand -base64 32)`;
