import { createFetch } from "ofetch";
import { rootCause } from "../words/causes.ts";
import { bodyLimit, type Transport } from "./transport.ts";

/** Sends with a given fetch: one that uses a proxy, or that of a library user or a test. */
export function createFetchTransport(fetch: typeof globalThis.fetch): Transport {
  const request = createFetch({ fetch });
  return async ({ method, url, headers, body, maxBytes, timeoutMs }) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    try {
      const response = await request.raw(url, {
        method,
        headers: { ...headers },
        ...(body !== undefined && { body }),
        signal: controller.signal,
        redirect: "manual",
        // This project decides these itself: ofetch would retry calls that must not be repeated, and read without a limit.
        retry: 0,
        ignoreResponseError: true,
        responseType: "stream",
      });
      const text = await readBody(response, bodyLimit(response.status, maxBytes));
      return { kind: "answer", status: response.status, headers: response.headers, text };
    } catch (error) {
      return controller.signal.aborted ? { kind: "timeout" } : { kind: "network", ...rootCause(error) };
    } finally {
      clearTimeout(timer);
    }
  };
}

async function readBody(response: Response, maxBytes: number): Promise<string | undefined> {
  if (response.body === null) return "";
  // HTTP itself enforces a declared length. For a compressed body, it isn't the length of the text.
  const declared = response.headers.has("content-encoding") ? null : response.headers.get("content-length");
  if (declared !== null && Number(declared) <= maxBytes) return response.text();
  if (declared !== null) {
    await response.body.cancel();
    return undefined;
  }
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
