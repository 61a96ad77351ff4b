import { MayflyError } from "../../base/errors.ts";
import type { DashboardRequest } from "../../engine/dashboard/build.ts";
import type { Input, Io, Option } from "../command.ts";

export const inputOption: Record<string, Option> = {
  input: {
    type: "string",
    value: "NAME=VALUE",
    help: "a value of an input, in place of its default",
  },
};

export function readRequest(input: Input, io: Io, word: string | undefined): DashboardRequest {
  const inputs = input.values("input").map((text): [string, string] => {
    const at = text.indexOf("=");
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
    throw new MayflyError("usage", `cannot read --input "${text}"`, "write --input NAME=VALUE");
  });
  return { word, inputs: Object.fromEntries(inputs), cwd: io.cwd, env: io.env };
}

/** What a page could not take with it. */
export function tellFixed(fixed: string[], io: Io): void {
  if (fixed.length === 0) return;
  io.err(
    `the page holds one value of ${fixed.join(", ")}: all combinations would be more than 200 results or 20 MB\n`,
  );
}
