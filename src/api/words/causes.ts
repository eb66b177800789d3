/** What went wrong below HTTP. */
export interface NetworkCause {
  /**
   * The code of the system, Node or undici (`ECONNREFUSED`, `UND_ERR_SOCKET`, `CERT_HAS_EXPIRED`), `CONNECT_TIMEOUT`,
   * `PROXY_407` if a proxy returned 407, and `UNKNOWN` if there is none.
   */
  readonly code: string;
  /** The words beside the code. They may come from the server, so they are searched for secrets before use. */
  readonly message: string;
  /** Present where the connection never came about, so that nothing was sent. Without it, the code may say the same. */
  readonly neverConnected?: true;
}

/** The innermost error that has a code: ofetch and fetch wrap the system's error in errors that name the URL. */
export function rootCause(thrown: unknown): NetworkCause {
  let found: NetworkCause | undefined;
  let last = "";
  let current = thrown;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    const code = codeOf(current);
    if (code !== undefined) found = { code, message: current.message };
    // ofetch's error names the URL, and fetch's own may quote a header: so without a code only their causes are used.
    if (depth >= 2) last = current.message;
    current = innerError(current);
  }
  return proxyCause(found) ?? found ?? { code: "UNKNOWN", message: last };
}

/** Undici has no code for a proxy that refused to connect, only words. */
function proxyCause(found: NetworkCause | undefined): NetworkCause | undefined {
  if (found?.code !== "UND_ERR_ABORTED") return undefined;
  const status = /^Proxy response \((\d{3})\)/.exec(found.message)?.[1];
  return status === undefined ? undefined : { code: `PROXY_${status}`, message: "" };
}

/** The status with which a proxy refused to connect, by the code of the failure. Nothing was sent to the API then. */
export function proxyRefusal(code: string): number | undefined {
  const status = /^PROXY_(\d{3})$/.exec(code)?.[1];
  return status === undefined ? undefined : Number(status);
}

/** Whether a retry can't help: the server's certificate isn't trusted. */
export function isCertificateCode(code: string): boolean {
  return /CERT|ERR_TLS|UNABLE_TO_|SELF_SIGNED|CRL_|ERR_SSL/.test(code);
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Several addresses that all failed come as an AggregateError: the first one is used. */
function innerError(error: Error): unknown {
  if (error.cause !== undefined) return error.cause;
  return error instanceof AggregateError ? error.errors[0] : undefined;
}
