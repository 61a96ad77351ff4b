import { COMMON, type Command, type Verb } from "./command.ts";
import { COMMANDS } from "./index.ts";

export function help(): string {
  const names = Object.keys(COMMANDS);
  const width = Math.max(...names.map((name) => name.length));
  return `Mayfly runs a Spark job: here, now, unchanged.

Examples
  mayfly run word_count.py -- --top 10      a script, with its own arguments
  mayfly run examples/one-off               a folder with a mayfly.yaml
  mayfly run app.jar --class com.acme.Main  a jar
  mayfly ls                                 what ran

Commands
${names.map((name) => `  ${name.padEnd(width)}  ${COMMANDS[name]?.summary}`).join("\n")}

mayfly COMMAND --help shows its examples and options. Exit codes: docs/errors.md.
`;
}

export function commandHelp(name: string, command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON }).map(([key, option]) => [
    `${option.short ? `-${option.short}, ` : ""}--${key}${option.type === "string" ? ` ${option.value ?? "VALUE"}` : ""}`,
    option.help,
  ]);
  const lines = command.examples.map(([line, what]) => [`mayfly ${line}`, what]);
  return `mayfly ${name}: ${command.summary}

Examples
${columns(lines)}

Usage
  mayfly ${command.usage}

Options
${columns(options)}
`;
}

export function groupHelp(name: string, summary: string, verbs: Record<string, Verb>): string {
  const rows = Object.entries(verbs).map(([verb, { summary }]) => [verb, summary]);
  return `mayfly ${name}: ${summary}

Words
${columns(rows as [string, string][])}

mayfly ${name} WORD --help shows examples and options.
`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const width = Math.min(46, Math.max(...rows.map((row) => row[0]?.length ?? 0)));
  return rows
    .map(([left = "", right = ""]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())
    .join("\n");
}
