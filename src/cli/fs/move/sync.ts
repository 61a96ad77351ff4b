import { MayflyError } from "../../../base/errors.ts";
import { formatBytes, formatCount, plural, printable } from "../../../base/format.ts";
import {
  type Opened,
  planSync,
  type SyncRequest,
  sync as syncPlaces,
  withStores,
} from "../../../engine/fs/stores.ts";
import type { Command, Input, Io } from "../../command.ts";
import { filterOptions, needWords, readFilter, readFsOptions, s3Options } from "../options.ts";
import { leftOutLine, moveLine, runTransfer, transferOptions } from "./transfer.ts";

const usage = "fs sync FROM TO [--delete] [--checksum]";

export const sync: Command = {
  summary: "make one folder like another: copy what differs",
  usage,
  examples: [
    ["fs sync ./out s3://results/out", "what is new, younger there, or of another length"],
    ["fs sync s3://results/out ./out --delete --dry-run", "what would be copied and removed"],
    ["fs sync hdfs:///data s3://data --checksum", "what has another content"],
  ],
  options: {
    delete: { type: "boolean", help: "remove what the source does not have, when all has arrived" },
    checksum: { type: "boolean", help: "compare contents instead of times" },
    "size-only": { type: "boolean", help: "compare nothing but lengths" },
    "dry-run": { type: "boolean", help: "say what would be done, and do nothing" },
    ...filterOptions,
    ...transferOptions,
    ...s3Options,
  },
  most: 2,
  async run(input, io) {
    const [from = "", to = ""] = needWords(input, "sync", 2, usage);
    const [content, size] = [input.flags.has("checksum"), input.flags.has("size-only")];
    if (content && size)
      throw new MayflyError("usage", "--checksum and --size-only exclude each other");
    const request: SyncRequest = {
      from,
      to,
      filter: readFilter(input),
      remove: input.flags.has("delete"),
      by: content ? "content" : size ? "size" : "time",
    };
    return withStores(readFsOptions(input, io), (stores) =>
      input.flags.has("dry-run")
        ? say(request, stores, input, io)
        : runTransfer(
            "copied",
            input,
            io,
            (options) => syncPlaces(request, stores, options),
            ({ removed, same }) => [
              ...(request.remove ? [`${formatCount(removed)} removed`] : []),
              `${formatCount(same)} as before`,
            ],
          ),
    );
  },
};

async function say(request: SyncRequest, stores: Opened, input: Input, io: Io): Promise<number> {
  const json = input.flags.has("json");
  const count = { copy: 0, remove: 0, same: 0 };
  let bytes = 0;
  for await (const step of planSync(request, stores)) {
    if (step.kind === "left out") {
      if (!json) io.err(leftOutLine(step.uri));
      continue;
    }
    const kind = step.kind === "copy" && (await step.unless?.()) ? "same" : step.kind;
    count[kind]++;
    if (kind === "same") continue;
    if (step.kind === "copy") {
      bytes += step.item.bytes;
      io.out(moveLine(step, json));
    } else if (step.kind === "remove") {
      const uri = step.store.uri(step.item.path);
      io.out(json ? `${JSON.stringify({ remove: uri })}\n` : `remove ${printable(uri)}\n`);
    }
    await io.ready();
  }
  if (!json)
    io.err(
      `would copy ${plural(count.copy, "file")}, ${formatBytes(bytes)}, and remove ${formatCount(count.remove)}; ${formatCount(count.same)} as before\n`,
    );
  return 0;
}
