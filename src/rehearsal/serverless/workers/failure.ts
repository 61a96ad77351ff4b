import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

const TAIL_BYTES = 64 * 1024;

/** As public threads quote it: "ExitCode: 1. Last few exceptions: Caused by: java.io.IOException: …". */
export function failureOf(code: number, folder: string): string {
  const said = `Job failed, please check complete logs in configured logging destination. ExitCode: ${code}.`;
  const exceptions = ["stderr", "stdout"]
    .flatMap((name) => tailOf(join(folder, name)).split("\n"))
    .filter((line) =>
      /^(?!\s*at )\s*(?:Caused by: |Exception in |[\w.]*(?:Error|Exception):)/.test(line),
    )
    .slice(-3);
  return exceptions.length === 0
    ? said
    : `${said} Last few exceptions: ${exceptions.map((line) => line.trim()).join(" ")}`;
}

function tailOf(path: string): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString("utf8");
  } finally {
    closeSync(file);
  }
}
