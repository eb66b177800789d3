/** What a handler returns: a value for JSON, or the JSON itself in a Buffer. */
export interface EmulatorResponse {
  readonly status: number;
  readonly body?: object;
}

export function ok(body: object): EmulatorResponse {
  return { status: 200, body };
}

export function created(body: object): EmulatorResponse {
  return { status: 201, body };
}

/** The answer to a deletion. The SDK treats any other 2xx as an error. */
export function noContent(): EmulatorResponse {
  return { status: 204 };
}

/** The documented error body, one entry per message. */
export function errorResponse(status: number, ...messages: readonly string[]): EmulatorResponse {
  return { status, body: { errors: messages.map((message) => ({ message })) } };
}

export function notFound(what: string): EmulatorResponse {
  return errorResponse(404, `${what} not found`);
}
