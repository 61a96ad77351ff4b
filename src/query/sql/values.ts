import { MayflyError } from "../../base/errors.ts";
import type { Json } from "../../model/json.ts";
import { lex } from "./lex.ts";
import { replaceIn } from "./mentions.ts";

/** For engines that are not given values beside a text: `$name` becomes what it stands for, as SQL writes that. */
export function withValues(
  sql: string,
  values: Record<string, Json>,
  engine: "spark" | "athena",
): string {
  const literal = (value: Json): string => {
    if (Array.isArray(value))
      return `array${engine === "spark" ? "(" : "["}${value.map(literal).join(", ")}${engine === "spark" ? ")" : "]"}`;
    if (typeof value !== "string") return JSON.stringify(value);
    return engine === "spark"
      ? `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`
      : `'${value.replaceAll("'", "''")}'`;
  };
  const changes = lex(sql)
    .filter(({ kind }) => kind === "parameter")
    .map(({ value: name, at, end }) => {
      const value = values[name];
      if (value === undefined)
        throw new MayflyError("usage", `cannot run this query: there is no value for $${name}`);
      return { at, end, by: literal(value) };
    });
  return replaceIn(sql, changes).text;
}
