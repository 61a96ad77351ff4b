import type { Io } from "./command.ts";

type Paint = (text: string) => string;

/** Colour only where someone looks at a terminal and has not asked for none. */
export function paint(
  io: Pick<Io, "terminal" | "env">,
): Record<"red" | "green" | "dim" | "bold" | "yellow", Paint> {
  const on = io.terminal.err && !io.env.NO_COLOR;
  const wrap =
    (code: number): Paint =>
    (text) =>
      on ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { red: wrap(31), green: wrap(32), dim: wrap(2), bold: wrap(1), yellow: wrap(33) };
}
