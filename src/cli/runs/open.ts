import { MayflyError } from "../../base/errors.ts";
import { openUi, type Ui } from "../../engine/runs/open.ts";
import { openBrowser } from "../browser.ts";
import type { Command } from "../command.ts";
import { locateRun } from "./locate.ts";

const UIS = ["spark", "history"];

export const open: Command = {
  summary: "the Spark UI or the history of a run",
  usage: "open [RUN] [spark|history]",
  examples: [
    ["open", "the last run: live while it runs, its history afterwards"],
    ["open 3fa9c1 history", "Spark's History Server, until Ctrl-C"],
    ["open last spark --no-browser", "only the address"],
  ],
  options: { "no-browser": { type: "boolean", help: "only print the address" } },
  words: "run",
  most: 2,
  async run(input, io) {
    const ui = input.words.find((word) => UIS.includes(word)) as Ui | undefined;
    const [wanted, extra] = input.words.filter((word) => word !== ui);
    if (extra !== undefined) {
      throw new MayflyError("usage", `cannot open "${extra}"`, `UIs: ${UIS.join(", ")}`);
    }
    const opened = await openUi(await locateRun(wanted, io), ui);
    io.out(
      input.flags.has("json")
        ? `${JSON.stringify({ ui: opened.ui, url: opened.url })}\n`
        : `${opened.url}\n`,
    );
    if (!input.flags.has("no-browser") && io.terminal.out) openBrowser(opened.url);
    const { history } = opened;
    if (!history) return 0;
    io.err("Spark's History Server runs until Ctrl-C\n");
    process.once("SIGINT", history.close);
    process.once("SIGTERM", history.close);
    await history.ended;
    return 0;
  },
};
