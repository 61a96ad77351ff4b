import type { ChildProcess } from "node:child_process";
import { eventually } from "../eventually.ts";

/** Waits until a server answers, and fails when it ends instead. */
export async function untilReady(
  what: string,
  child: ChildProcess,
  answers: () => Promise<boolean>,
  said: () => string = () => "",
): Promise<void> {
  await eventually(`${what} that answers`, async () => {
    if (child.exitCode !== null) throw new Error(`${what} did not start\n${said()}`);
    return (await answers().catch(() => false)) || undefined;
  });
}
