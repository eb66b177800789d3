/** The number of lists and objects in 10 MiB of the smallest integrations that the API could list. */
const MOST_CONTAINERS = 300_000;

/**
 * Why a JSON text must not be parsed: "is nested too deeply" or "holds too many lists and objects". For 10 MiB of
 * brackets the parser takes 700 MiB, and deep values overflow the stack of a recursive walk.
 * @param deepest the deepest nesting that is allowed
 */
export function jsonExcess(text: string, deepest: number): string | undefined {
  let depth = 0;
  let containers = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === OPEN_LIST || code === OPEN_MAP) {
      depth += 1;
      containers += 1;
      if (depth > deepest) return "is nested too deeply";
      if (containers > MOST_CONTAINERS) return "holds too many lists and objects";
    } else if (code === CLOSE_LIST || code === CLOSE_MAP) depth -= 1;
  }
  return undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
