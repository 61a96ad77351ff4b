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

export function readSpeed(input: Input): number | undefined {
  const text = input.value("speed");
  if (text === undefined) return undefined;
  const speed = Number(text);
  if (/^\d{1,5}$/.test(text) && speed >= 1 && speed <= 10_000) return speed;
  throw new MayflyError(
    "usage",
    `"${text}" is not a speed`,
    "write --speed with a whole number from 1 to 10000: 60 makes a minute of waiting a second",
  );
}
