import { printable } from "../../base/format.ts";
import type { EventBody } from "../../model/event.ts";
import type { Io } from "../command.ts";
import { paint } from "../paint.ts";

/** What happens meanwhile, for who waits. */
export function noteTo(io: Io): (event: EventBody) => void {
  const color = paint(io);
  return (event) => {
    if (event.code === "note") io.err(`${color.dim(`  ${printable(event.text)}`)}\n`);
  };
}
