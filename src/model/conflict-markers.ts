/**
 * The first line in a text that git left for a merge conflict: `<<<<<<<`, `
 *
 *
 * |`, `=======` or `>>>>>>>`.
 */
export function conflictMarker(text: string): { readonly start: number; readonly end: number } | undefined {
  const found = /^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)/m.exec(text);
  return found === null ? undefined : { start: found.index, end: found.index + found[0].length };
}
