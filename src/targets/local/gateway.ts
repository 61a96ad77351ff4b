import { existsSync, readFileSync, rmSync } from "node:fs";
import { type Clock, systemClock } from "../../base/clock.ts";
import type { Ended, Running } from "./process.ts";

/** What PySpark needs to reach a JVM that is there already. */
export interface Gateway {
  port: number;
  secret: string;
}

/**
 * Waits until the JVM has written where it listens (`_PYSPARK_DRIVER_CONN_INFO_PATH`), or has ended
 * instead: a wrong setting or a package that cannot be had ends it before.
 */
export async function waitForGateway(
  jvm: Running,
  file: string,
  clock: Clock = systemClock,
): Promise<Gateway | Ended> {
  let ended: Ended | undefined;
  void jvm.ended.then((result) => {
    ended = result;
  });
  for (;;) {
    if (existsSync(file)) return parse(readFileSync(file), file);
    if (ended) return ended;
    await clock.sleep(5);
  }
}

/** Big-endian: the port in four bytes, the length of the secret in four, the secret. */
function parse(bytes: Buffer, file: string): Gateway {
  const length = bytes.readInt32BE(4);
  rmSync(file, { force: true });
  return { port: bytes.readInt32BE(0), secret: bytes.toString("utf8", 8, 8 + length) };
}
