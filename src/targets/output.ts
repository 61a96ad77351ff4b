import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";

export type Stream = "stdout" | "stderr";

/** Where the output of a step goes: its log files first, then whoever looks on. */
export interface Output {
  write(stream: Stream, bytes: Buffer): void;
  /** The log only, as long as this is set: what a JVM says while it resolves packages. */
  quiet: boolean;
  close(): void;
}

export function openOutput(folder: string, show: (stream: Stream, text: string) => void): Output {
  mkdirSync(folder, { recursive: true });
  const open = (stream: Stream) => ({
    file: openSync(join(folder, `${stream}.log`), "a"),
    // A character may be cut between two reads.
    decoder: new StringDecoder("utf8"),
  });
  const streams = { stdout: open("stdout"), stderr: open("stderr") };
  const output: Output = {
    quiet: false,
    write(stream, bytes) {
      writeSync(streams[stream].file, bytes);
      const text = streams[stream].decoder.write(bytes);
      if (text !== "" && !output.quiet) show(stream, text);
    },
    close() {
      for (const stream of ["stdout", "stderr"] as const) {
        const rest = streams[stream].decoder.end();
        if (rest !== "") show(stream, rest);
        closeSync(streams[stream].file);
      }
    },
  };
  return output;
}
