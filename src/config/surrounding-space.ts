/**
 * Says where a value of one line begins or ends with white space: most often an accidental line end. Texts of several
 * lines, such as PEM keys, normally end with one.
 */
export function surroundingSpace(value: string): string | undefined {
  const inner = value.trim();
  if (inner === value || /[\r\n]/.test(inner)) return undefined;
  if (inner === "") return "holds only white space";
  if (/^\s/.test(value)) return /\s$/.test(value) ? "begins and ends with white space" : "begins with white space";
  return /[\r\n]\s*$/.test(value) ? "ends with a line end" : "ends with white space";
}
