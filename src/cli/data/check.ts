import { MayflyError } from "../../base/errors.ts";
import { checkAll } from "../../engine/data/report/report.ts";
import { withStores } from "../../engine/fs/stores.ts";
import type { Command } from "../command.ts";
import { readFsOptions, s3Options } from "../fs/options.ts";
import { needUri, readCount } from "./options.ts";
import { showReport } from "./show-report.ts";

const usage = "data check URI [--files N] [--fix [--out FILE] [--force]]";

export const check: Command = {
  summary: "do the files under a prefix agree about their schema?",
  usage,
  examples: [
    ["data check s3://data/in/", "which files are not as the others, and what Spark makes of it"],
    ["data check 'in/2024-*/*.csv'", "what a pattern fits"],
    ["data check in --fix", "write read_in.py, which reads them right"],
  ],
  options: {
    files: { type: "string", value: "N", help: "look at so many, evenly spread (10000)" },
    fix: { type: "boolean", help: "write a program that reads them right" },
    out: { type: "string", value: "FILE", help: "its name; read_NAME.py otherwise" },
    force: { type: "boolean", help: "overwrite it" },
    ...s3Options,
  },
  most: 1,
  async run(input, io) {
    const uri = needUri(input, "check", usage);
    const files = readCount(input, "files", 10_000);
    const wanted = input.value("out") !== undefined || input.flags.has("force");
    if (wanted && !input.flags.has("fix")) {
      throw new MayflyError(
        "usage",
        "cannot use --out or --force: nothing is written without --fix",
        "add --fix, or leave them out",
      );
    }
    const fix = input.flags.has("fix")
      ? { cwd: io.cwd, file: input.value("out"), force: input.flags.has("force") }
      : undefined;
    const report = await withStores(readFsOptions(input, io), (stores) =>
      checkAll({ uri, files, fix }, stores),
    );
    if (input.flags.has("json")) io.out(`${JSON.stringify(report)}\n`);
    else for (const line of showReport(report)) io.out(`${line}\n`);
    return report.agree ? 0 : 1;
  },
};
