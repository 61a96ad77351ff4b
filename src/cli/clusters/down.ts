import { down as endCluster } from "../../engine/clusters/down.ts";
import { clusterNamed } from "../../engine/clusters/records.ts";
import type { Command } from "../command.ts";
import { tellRecovered } from "../runs/recovered.ts";
import { showClosing } from "./closing.ts";
import { noteTo } from "./notes.ts";
import { withSignals } from "./signals.ts";

export const down: Command = {
  summary: "end a cluster, and what was made for it",
  usage: "down NAME [--unprotect]",
  examples: [
    ["down lab", "returns when it is gone"],
    ["down j-2AXXXXXXGAPLF", "by its id"],
    ["down lab --unprotect", "also when someone has protected it from termination"],
  ],
  options: {
    unprotect: { type: "boolean", help: "takes a protection from termination away first" },
  },
  most: 1,
  async run(input, io) {
    await tellRecovered(io);
    const closing = await withSignals((signal) =>
      endCluster(
        clusterNamed(input.words[0]),
        { env: io.env, signal, unprotect: input.flags.has("unprotect") },
        noteTo(io),
      ),
    );
    return showClosing(closing, input.flags.has("json"), io);
  },
};
