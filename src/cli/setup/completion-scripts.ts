export interface Words {
  name: string;
  summary: string;
  options: string[];
  /** Fixed words, or what to ask for: jobs or runs. */
  words: "job" | "run" | readonly string[];
}

const asked = (words: Words["words"]) => (typeof words === "string" ? words : undefined);

export function bash(commands: Words[]): string {
  const cases = commands.map(({ name, options, words }) => {
    const list = asked(words)
      ? `$(mayfly completion list ${words} 2>/dev/null)`
      : (words as readonly string[]).join(" ");
    return `    ${name}) words="${list}" options="${options.join(" ")}" ;;`;
  });
  return `_mayfly() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words="" options=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map((c) => c.name).join(" ")} --help --version" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _mayfly mayfly
`;
}

export function zsh(commands: Words[]): string {
  const quote = (text: string) => text.replaceAll("'", "'\\''").replaceAll(":", "\\:");
  const cases = commands.map(({ name, options, words }) => {
    const list = asked(words)
      ? `\${(f)"$(mayfly completion list ${words} 2>/dev/null)"}`
      : (words as readonly string[]).join(" ");
    return `    ${name}) words_=(${list}) options=(${options.join(" ")}) ;;`;
  });
  return `#compdef mayfly
_mayfly() {
  local -a commands words_ options
  commands=(${commands.map((c) => `'${c.name}:${quote(c.summary)}'`).join(" ")})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "$words[2]" in
${cases.join("\n")}
  esac
  if [[ "$PREFIX" == -* ]]; then compadd -- $options; else compadd -- $words_; _files; fi
}
compdef _mayfly mayfly
`;
}

export function fish(commands: Words[]): string {
  const quote = (text: string) => text.replaceAll("'", "\\'");
  const lines = commands.flatMap(({ name, summary, options, words }) => {
    const here = `-n '__fish_seen_subcommand_from ${name}'`;
    const list = asked(words)
      ? `(mayfly completion list ${words} 2>/dev/null)`
      : (words as readonly string[]).join(" ");
    return [
      `complete -c mayfly -n __fish_use_subcommand -a ${name} -d '${quote(summary)}'`,
      ...options.map((option) => `complete -c mayfly ${here} -l ${option.slice(2)}`),
      ...(list === "" ? [] : [`complete -c mayfly ${here} -a '${list}'`]),
    ];
  });
  return `${lines.join("\n")}\n`;
}
