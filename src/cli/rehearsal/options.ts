import { MayflyError } from "../../base/errors.ts";
import { DEFAULT_NAME } from "../../rehearsal/control/records.ts";
import type { Input, Option } from "../command.ts";

export const nameOption: Record<string, Option> = {
  name: { type: "string", value: "NAME", help: "one of several, side by side" },
};

export function readName(input: Input): string {
  return input.value("name") ?? DEFAULT_NAME;
}

export function readPort(input: Input): number | undefined {
  const text = input.value("port");
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new MayflyError(
    "usage",
    `"${text}" is not a port`,
    "write --port with a number up to 65535",
  );
}
