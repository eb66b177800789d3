/** Where the first line of a merge conflict begins that git left in a text: `<<<<<<<`, `|||||||`, `=======` or `>>>>>>>`. */
export function conflictMarker(text: string): { readonly start: number; readonly end: number } | undefined {
  const found = /^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)/m.exec(text);
  return found === null ? undefined : { start: found.index, end: found.index + found[0].length };
}
