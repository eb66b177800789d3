/** Ways in which a server may repeat the request, as an error response or not. */
const ECHOES: readonly ((sent: string) => string)[] = [
  (sent) => errorBody(`Invalid request: ${sent}`),
  (sent) => sent,
  (sent) => errorBody(JSON.stringify(sent)),
  (sent) => errorBody(`q=${encodeURIComponent(sent)}`),
  (sent) =>
    errorBody(`form ${new URLSearchParams(valuesIn(sent).map((value): [string, string] => ["f", value])).toString()}`),
  (sent) => errorBody(Buffer.from(sent).toString("base64")),
  (sent) => errorBody(Buffer.from(`x${sent}`).toString("base64")),
  (sent) => errorBody(Buffer.from(`xy${sent}`).toString("base64url")),
  (sent) =>
    errorBody(
      valuesIn(sent)
        .map((value) => Buffer.from(value).toString("base64"))
        .join(" and "),
    ),
  (sent) => errorBody(valuesIn(sent).join(" and ")),
  (sent) => errorBody(sent.slice(0, Math.ceil(sent.length * 0.4))),
  (sent) => `<!doctype html><html><head><title>${escapeHtml(sent)}</title></head><body>${sent}</body></html>`,
  (sent) => JSON.stringify({ errors: valuesIn(sent).map((message) => ({ message })), error: sent, message: sent }),
  (sent) => errorBody(sent.replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)),
];

interface EchoOptions {
  readonly method: string;
  readonly status: number;
}

/**
 * A fetch whose responses to this method repeat the request's body and its authorization header, in the body and in
 * headers. It takes all ways in turn. Requests of other methods are sent.
 */
export function echoingFetch({ method, status }: EchoOptions): typeof globalThis.fetch {
  let count = 0;
  return (input, init = {}) => {
    if (init.method !== method) return globalThis.fetch(input, init);
    const token = new Headers(init.headers).get("authorization") ?? "";
    const sent = typeof init.body === "string" ? `${init.body} ${token}` : token;
    const echo = ECHOES[count % ECHOES.length] ?? String;
    count += 1;
    const location = `https://${token.replace("Bearer ", "")}.example.com/?${encodeURIComponent(sent).slice(0, 2000)}`;
    const headers = {
      "content-type": "application/json",
      "x-request-id": [token.replace("Bearer ", ""), Buffer.from(token).toString("base64")][count % 2] ?? "",
      ...(status >= 300 && status < 400 ? { location } : {}),
    };
    return Promise.resolve(new Response(echo(sent), { status, headers }));
  };
}

function errorBody(message: string): string {
  return JSON.stringify({ errors: [{ message }] });
}

/** Every text in the JSON at the start, and the token after it. */
function valuesIn(sent: string): string[] {
  const end = sent.lastIndexOf(" Bearer ");
  const values: string[] = [sent.slice(sent.lastIndexOf(" ") + 1)];
  if (end > 0) {
    JSON.parse(sent.slice(0, end), (_, value: unknown) => {
      if (typeof value === "string") values.push(value);
      return value;
    });
  }
  return values;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
