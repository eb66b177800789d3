import type { InputType, ZlibOptions } from "node:zlib";

/** UTF-8, without a byte order mark. */
export function utf8Text(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/**
 * The text of a compressed body; `undefined` if it is larger than `maxBytes`. A body that is cut off is returned as far as
 * it goes. A body with an unknown coding is returned as it is: it isn't JSON, so it is refused later. Rejects if the bytes
 * can't be decompressed.
 */
export async function decodeBody(bytes: Buffer, coding: string, maxBytes: number): Promise<string | undefined> {
  const zlib = await import("node:zlib");
  const { Z_SYNC_FLUSH: finishFlush, BROTLI_OPERATION_FLUSH } = zlib.constants;
  const options = { finishFlush, maxOutputLength: maxBytes };
  switch (coding.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return decompress(zlib.gunzip, bytes, options);
    case "deflate":
      return decompress(zlib.inflate, bytes, options);
    case "br":
      return decompress(zlib.brotliDecompress, bytes, { ...options, finishFlush: BROTLI_OPERATION_FLUSH });
    default:
      return utf8Text(bytes);
  }
}

type Decompress = (
  bytes: InputType,
  options: ZlibOptions,
  callback: (error: Error | null, result: Buffer) => void,
) => void;

function decompress(by: Decompress, bytes: Buffer, options: ZlibOptions): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    by(bytes, options, (error, result) => {
      if (error === null) resolve(utf8Text(result));
      else if ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE") resolve(undefined);
      else reject(error);
    });
  });
}
