/** Whether a text holds an address with a user name and a password: `https://user:pw@host`. Takes linear time. */
export function hasUrlCredentials(text: string): boolean {
  // Most texts hold no address.
  if (!text.includes("://")) return false;
  for (const [, authority = ""] of text.matchAll(/:\/\/([^\s/?#"<>\\`{}|]*)/g)) {
    const user = authority.slice(0, Math.max(0, authority.lastIndexOf("@")));
    if (user.includes(":")) return true;
  }
  return false;
}

/** Whether a text holds an address that could contain a credential: one with `@`, `?` or `#` in it. */
export function mayHoldUrlCredentials(text: string): boolean {
  const scheme = text.indexOf("://");
  return scheme !== -1 && /[@?#]/.test(text.slice(scheme));
}
