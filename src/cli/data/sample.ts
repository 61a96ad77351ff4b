import { MayflyError } from "../../base/errors.ts";
import { formatBytes, formatCount, parseBytes, plural, printable } from "../../base/format.ts";
import type { Amount } from "../../engine/data/sample/amount.ts";
import { type Sampled, sampleData } from "../../engine/data/sample/sample.ts";
import { withStores } from "../../engine/fs/stores.ts";
import type { Command, Input } from "../command.ts";
import { readFsOptions, s3Options } from "../fs/options.ts";
import { needUri, readCount } from "./options.ts";

const usage = "data sample URI TO (--rows N | --bytes SIZE | --fraction F) [--seed N] [--force]";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export const sample: Command = {
  summary: "bring a representative part of it to this machine",
  usage,
  examples: [
    ["data sample s3://data/in ./in --rows 10000", "rows from all files, headers kept"],
    ["data sample s3://data/in s3://small/in --fraction 0.01", "into the laptop's bucket"],
    ["data sample 's3://data/in/day=*' ./in --bytes 50MB", "about so much"],
  ],
  options: {
    rows: { type: "string", value: "N", help: "so many rows" },
    bytes: { type: "string", value: "SIZE", help: "about so many bytes: 800KB, 50MB, 2GB" },
    fraction: { type: "string", value: "F", help: "this part of it: 0.01, or 1%" },
    seed: { type: "string", value: "N", help: "another sample of the same kind (1)" },
    force: { type: "boolean", help: "replace what is in the folder" },
    ...s3Options,
  },
  most: 2,
  async run(input, io) {
    const uri = needUri(input, "sample", usage);
    const to = input.words[1];
    if (!to) {
      throw new MayflyError(
        "usage",
        `cannot sample "${uri}": where to is not said`,
        `usage: mayfly ${usage}`,
      );
    }
    const abort = new AbortController();
    const request = {
      signal: abort.signal,
      uri,
      to,
      amount: readAmount(input),
      seed: readCount(input, "seed", 1),
      force: input.flags.has("force"),
    };
    const stop = () => abort.abort();
    for (const signal of SIGNALS) process.on(signal, stop);
    const sampled = await withStores(readFsOptions(input, io), (stores) =>
      sampleData(request, stores),
    ).finally(() => {
      for (const signal of SIGNALS) process.off(signal, stop);
    });
    if (input.flags.has("json")) io.out(`${JSON.stringify(sampled)}\n`);
    else for (const line of show(sampled)) io.err(`${printable(line)}\n`);
    return sampled.leftOut.length > 0 ? 1 : 0;
  },
};

function readAmount(input: Input): Amount {
  const given = ["rows", "bytes", "fraction"].filter((name) => input.value(name) !== undefined);
  if (given.length !== 1) {
    throw new MayflyError(
      "usage",
      given.length === 0
        ? "cannot sample: how much is not said"
        : `cannot sample: --${given.join(" and --")} are two amounts`,
      "say one of --rows 10000, --bytes 50MB, --fraction 0.01",
    );
  }
  const [name = ""] = given;
  const text = input.value(name) ?? "";
  if (name === "rows") return { rows: readCount(input, "rows", 0) };
  if (name === "bytes") return { bytes: readSize(text) };
  const [, digits = "", percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text) ?? [];
  const fraction = Number(digits) / (percent ? 100 : 1);
  if (digits !== "" && fraction > 0 && fraction <= 1) return { fraction };
  throw new MayflyError(
    "usage",
    `cannot read --fraction "${text}": it is no part of a whole`,
    "write a number above 0 and up to 1, or a percentage: 0.01, 1%",
  );
}

function readSize(text: string): number {
  const size = parseBytes(text);
  if (size !== undefined && size >= 1) return Math.floor(size);
  throw new MayflyError(
    "usage",
    `cannot read --bytes "${text}": it is no size`,
    "write 50MB, 800KB or a number of bytes",
  );
}

function show(sampled: Sampled): string[] {
  const { uri, to, files, rows, bytes, read, of, notes, leftOut, seed } = sampled;
  const counted = rows === undefined ? "" : `, ${plural(rows, "row")}`;
  return [
    `${uri} → ${to}: ${plural(files, "file")}${counted}, ${formatBytes(bytes)}, of ${plural(of.files, "file")} and ${formatBytes(of.bytes)} (${formatBytes(read)} read, seed ${seed})`,
    ...notes.map((note) => `  ${note}`),
    ...leftOut.slice(0, 20).map((one) => `  left out: ${one.uri}: ${one.reason}`),
    ...(leftOut.length > 20
      ? [`  and ${formatCount(leftOut.length - 20)} more; --json names all`]
      : []),
  ];
}
