import { setTimeout as sleep } from "node:timers/promises";

/** Ctrl-C, as soon as the command waits for it. */
export async function interrupt(): Promise<() => void> {
  const before = process.listenerCount("SIGINT");
  const watching = (async () => {
    while (process.listenerCount("SIGINT") === before) await sleep(20);
    process.emit("SIGINT");
  })();
  return () => void watching;
}

/** Transcripts of `mayfly console`. */
export const consoleTranscripts = {
  console: [
    {
      before: interrupt,
      args: ["console", "--no-open"],
      out: (text: string) => text.replace(/token=[\w-]+/, "token=TOKEN"),
    },
    { args: ["console", "--port", "http"] },
    { args: ["console", "demo"] },
    { args: ["console", "--no-opn"] },
    { args: ["console", "--endpoint-url", "here"] },
  ],
};
