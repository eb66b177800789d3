export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The hidden command that the scripts call. It prints one line for each candidate, with a tab before its description.
 * `:files` asks the shell for file names.
 */
export const COMPLETE_COMMAND = "__complete";
export const FILES_DIRECTIVE = ":files";

/** The scripts never evaluate what they read: a candidate is a plain word, whatever characters it has. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: String.raw`# Completion of buddy-integrations in bash. In ~/.bashrc:
#   eval "$(buddy-integrations completion bash)"
_buddy_integrations() {
  local line program="${"$"}{COMP_WORDS[0]}"
  case "$program" in "~/"*) program="$HOME/${"$"}{program:2}" ;; esac
  COMPREPLY=()
  while IFS= read -r line; do
    [ "$line" = ":files" ] && return
    COMPREPLY+=("${"$"}{line%%$'\t'*}")
  done < <("$program" __complete -- "${"$"}{COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  # Without candidates, no file names instead. Bash 3 has no compopt.
  if [ "${"$"}{#COMPREPLY[@]}" -eq 0 ] && type compopt >/dev/null 2>&1; then compopt +o default; fi
}
complete -o default -F _buddy_integrations buddy-integrations
`,
  zsh: String.raw`#compdef buddy-integrations
# Completion of buddy-integrations in zsh. In ~/.zshrc, after compinit:
#   eval "$(buddy-integrations completion zsh)"
_buddy_integrations() {
  local line value
  local -a lines described
  lines=("${"$"}{(@f)$("${"$"}{${"$"}{(Q)words[1]}/#\~\//$HOME/}" __complete -- "${"$"}{(@Q)words[2,CURRENT-1]}" "${"$"}{(Q)PREFIX}" 2>/dev/null)}")
  if [[ "$lines[1]" == ":files" ]]; then
    [[ "$PREFIX" == --*=* ]] && compset -P '*='
    _files
    return
  fi
  for line in "${"$"}{lines[@]}"; do
    value="${"$"}{line%%$'\t'*}"
    [[ -n "$value" ]] || continue
    if [[ "$line" == *$'\t'* ]]; then
      described+=("${"$"}{value//:/\\:}:${"$"}{line#*$'\t'}")
    else
      described+=("${"$"}{value//:/\\:}")
    fi
  done
  (( ${"$"}{#described} )) && _describe -V 'buddy-integrations' described
}
if [[ "$funcstack[1]" == _buddy_integrations ]]; then
  _buddy_integrations "$@"
else
  compdef _buddy_integrations buddy-integrations
fi
`,
  fish: String.raw`# Completion of buddy-integrations in fish:
#   buddy-integrations completion fish > ~/.config/fish/completions/buddy-integrations.fish
function __buddy_integrations_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l lines ($program __complete -- $words "$current" 2>/dev/null)
    if test "$lines[1]" = ":files"
        set -l prefix (string match -r -- '^--[^=]*=' "$current")
        for file in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current"))
            printf '%s%s\n' "$prefix" "$file"
        end
    else if test (count $lines) -gt 0
        printf '%s\n' $lines
    end
end
complete -c buddy-integrations -k -f -a '(__buddy_integrations_complete)'
`,
};
