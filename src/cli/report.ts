import { MayflyError, toMayflyError } from "../base/errors.ts";
import { printable } from "../base/format.ts";
import { redactText } from "../base/redact.ts";
import type { Io } from "./command.ts";
import { paint } from "./paint.ts";

/** Says what went wrong and what to do, as text or as one JSON document, and gives the exit code. */
export function reportError(error: unknown, command: string, json: boolean, io: Io): number {
  const known =
    error instanceof MayflyError ? error : toMayflyError(error, `do "mayfly ${command}"`);
  const message = redactText(known.message);
  if (json) {
    io.out(
      `${JSON.stringify({ error: { code: known.code, message, ...(known.remedy ? { remedy: known.remedy } : {}) } })}\n`,
    );
    return known.exitCode;
  }
  const color = paint(io);
  const lines = (text: string) => text.split("\n").map(printable).join("\n");
  io.err(`${color.red("mayfly:")} ${lines(message)}\n`);
  if (known.remedy) io.err(`  ${lines(redactText(known.remedy))}\n`);
  if (known.code === "bug" && known.cause instanceof Error && io.env.MAYFLY_DEBUG)
    io.err(`${known.cause.stack}\n`);
  return known.exitCode;
}
