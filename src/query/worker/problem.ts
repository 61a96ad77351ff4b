import type { Problem } from "./told.ts";

/** DuckDB was told to say its errors as JSON; some have words before it, some are none of its own. */
export function problemOf(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const at = message.indexOf("{");
  try {
    const said = JSON.parse(message.slice(at)) as Record<string, string>;
    if (typeof said.exception_message !== "string") return { message };
    const { exception_message, exception_type: kind, position, type, name, candidates } = said;
    return {
      message: exception_message,
      ...(kind === undefined ? {} : { kind }),
      ...(type === undefined ? {} : { type }),
      ...(name === undefined ? {} : { name }),
      ...(candidates === undefined ? {} : { candidates }),
      ...(position === undefined ? {} : { at: Number(position) }),
    };
  } catch {
    return { message };
  }
}
