import { MayflyError } from "../../base/errors.ts";
import { formatDuration } from "../../base/format.ts";
import type { FsOptions } from "../../engine/fs/stores.ts";
import type { Query } from "../../engine/query/open.ts";
import { isBegun, splitStatements } from "../../engine/query/open.ts";
import { intoPlace } from "../../engine/query/out.ts";
import { withSignals } from "../clusters/signals.ts";
import type { Command, Io } from "../command.ts";
import { readFsOptions, s3Options } from "../fs/options.ts";
import { athenaOptions } from "./athena.ts";
import { command, type Describe, describeHere, describeThere } from "./commands.ts";
import { readAsked } from "./options.ts";
import { showResult, withProgress } from "./result.ts";
import { openWhere } from "./where.ts";

const usage =
  "sql ['SELECT …'] [--format table|csv|json|parquet] [--out FILE] [--run RUN] [--on spark|athena]";

export const sql: Command = {
  summary: "ask the outputs of runs, and files, with SQL",
  usage,
  examples: [
    [
      "sql 'select word, n from words order by n desc'",
      "an output of a run is a table under its name",
    ],
    ["sql \"from 's3://results/one-off'\" --format csv", "files: here, in s3:// and in hdfs://"],
    ["sql 'from \"RUN\".words' --out words.parquet", "an older run's; into a file"],
    ["sql 'from words where n > $least' --value least=10", "with a value"],
    ["sql 'select count(*) from flights' --on athena", "what mayfly athena tables has made"],
    ["sql", "a prompt; statements of a file: mayfly sql < FILE"],
  ],
  options: {
    format: { type: "string", value: "FORMAT", help: "table, csv, json, or parquet with --out" },
    out: { type: "string", value: "FILE", help: "into a file, of the format of its name" },
    limit: { type: "string", value: "N", help: "show so many rows; 1000 as a table, else all" },
    run: { type: "string", value: "RUN", help: "its outputs are the tables" },
    value: { type: "string", value: "NAME=VALUE", help: "what $NAME in the text stands for" },
    timeout: { type: "string", value: "S", help: "end the query after so many seconds" },
    on: { type: "string", value: "WHERE", help: "here (DuckDB), spark or athena" },
    ...athenaOptions,
    ...s3Options,
  },
  most: 1,
  async run(input, io) {
    const [text] = input.words;
    const typed = text === undefined && io.terminal.in && io.terminal.out;
    if (text?.trim() === "" || (text === undefined && !typed && !io.input))
      throw new MayflyError("usage", "mayfly sql needs a statement", `usage: mayfly ${usage}`);
    const describe = (input.value("on") ?? "here") === "here" ? describeHere : describeThere;
    const asked = { ...readAsked(input), stores: readFsOptions(input, io), describe };
    const query = await openWhere(input, io);
    try {
      if (typed) {
        const { prompt } = await import("./prompt.ts");
        return await prompt(query, (one, signal) => ask(query, one, asked, signal, io), io);
      }
      await withSignals(async (signal) => {
        const all = text === undefined ? read(io) : [text];
        let done = 0;
        for await (const one of all) {
          if (asked.out && done++ > 0) throw tooManyFor(asked.out.place);
          await ask(query, one, asked, signal, io);
        }
      });
      return 0;
    } finally {
      query.close();
    }
  },
};

const tooManyFor = (place: string) =>
  new MayflyError(
    "usage",
    `cannot write a second result into "${place}": the first one is in it`,
    "one statement for each --out",
  );

type Asked = ReturnType<typeof readAsked> & { stores: FsOptions; describe: Describe };

async function ask(query: Query, text: string, asked: Asked, signal: AbortSignal, io: Io) {
  const { out, shape, asking, stores, describe } = asked;
  if (/^\s*\.\w[^\n]*$/.test(text)) {
    const again = (statement: string) => ask(query, statement, asked, signal, io);
    return command(text, query, again, describe, io);
  }
  if (!out) return showResult(query, text, shape, { ...asking, signal }, io);
  const { place, ms, note } = await withProgress({ ...asking, signal }, io, (wish) =>
    intoPlace(out.place, stores, (file) => query.write(text, file, out.format, wish)),
  );
  io.err(`${[place, formatDuration(ms), ...(note === undefined ? [] : [note])].join(", ")}\n`);
}

/** Statements as they are piped in, one after another. */
async function* read(io: Io): AsyncGenerator<string> {
  let text = "";
  for await (const part of io.input?.() ?? []) {
    const { statements, rest } = splitStatements(text + part);
    yield* statements;
    text = rest;
  }
  if (isBegun(text)) yield text;
}
