import { printable } from "../../base/format.ts";
import type { Io } from "../command.ts";

export interface ShownClosing {
  gone: string[];
  remains: string[];
  pending: string[];
}

/** What is gone and what is not; 4 where something that was to go has not gone. */
export function showClosing(closing: ShownClosing, json: boolean, io: Io): number {
  const { gone, remains, pending } = closing;
  if (json) io.out(`${JSON.stringify(closing)}\n`);
  else {
    for (const one of gone) io.out(`gone: ${printable(one)}\n`);
    for (const one of remains) io.out(`still there: ${printable(one)}\n`);
    for (const one of pending) io.out(`not known to be gone: ${printable(one)}\n`);
    if (pending.length > 0) io.err("mayfly reap looks again\n");
  }
  return pending.length > 0 || remains.length > 0 ? 4 : 0;
}
