/**
 * Text for a log without the one thing in the middle of a line that a runner of GitHub Actions or Azure obeys. (The other,
 * `::` at its beginning, can't come from a server or a file: what they say is indented, quoted or has a word before it.)
 */
export function withoutRunnerCommands(text: string): string {
  return text.replaceAll("##[", "# #[");
}
