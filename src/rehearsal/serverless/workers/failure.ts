import { join } from "node:path";
import { tailOf } from "../../tail.ts";

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
