import type { Input, Io } from "./command.ts";

/** Whether it may be done: `--yes`, or somebody who says so. Who cannot be asked has not said it. */
export async function confirm(question: string, input: Input, io: Io): Promise<boolean> {
  if (input.flags.has("yes")) return true;
  if (input.flags.has("json") || input.flags.has("no-input") || !io.terminal.in) return false;
  return /^y(es)?$/i.test((await io.ask(`${question} [y/N] `)).trim());
}
