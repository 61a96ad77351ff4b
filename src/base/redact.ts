const SECRET_NAME =
  /secret|passw|passphrase|\bpwd\b|[._-]pw\b|_pass\b|token|credential|api[._-]?key|access[._-]?key|private[._-]?key|authorization/i;
const KEY_ID = /\b(AKIA|ASIA)[A-Z0-9]{16}\b/g;
const ASSIGNED =
  /((?:secret|password|passwd|token|api[._-]?key|access[._-]?key)[\w.-]*["']?\s*[=:]\s*["']?)([^\s"'&,;]+)/gi;

/** What may be shown or stored of a setting: a secret keeps its name and loses its value. */
export function redactValue(name: string, value: string): string {
  return SECRET_NAME.test(name) ? "***" : redactText(value);
}

/** Arguments of a program: what follows `--password`, and what stands behind `--token=`. */
export function redactArgs(args: readonly string[]): string[] {
  return args.map((arg, i) => {
    const before = args[i - 1] ?? "";
    if (/^--?[\w-]+$/.test(before) && SECRET_NAME.test(before) && !arg.startsWith("-"))
      return "***";
    const [, name, value] = /^(--?[\w.-]+)=(.*)$/s.exec(arg) ?? [];
    return name && value !== undefined ? `${name}=${redactValue(name, value)}` : redactText(arg);
  });
}

export function redactText(text: string): string {
  return text.replace(KEY_ID, "$1***").replace(ASSIGNED, "$1***");
}
