/** What a handler answers: something that JSON can say, or the JSON itself in a Buffer. */
export interface Answer {
  readonly status: number;
  readonly body?: object;
}

export function ok(body: object): Answer {
  return { status: 200, body };
}

export function created(body: object): Answer {
  return { status: 201, body };
}

/** Deletions: the SDK takes any other 2xx for an error. */
export function noContent(): Answer {
  return { status: 204 };
}

/** The documented error body, one entry per message. */
export function refuse(status: number, ...messages: readonly string[]): Answer {
  return { status, body: { errors: messages.map((message) => ({ message })) } };
}

export function notFound(what: string): Answer {
  return refuse(404, `${what} not found`);
}
