import type { Sink } from "../http/answer.ts";
import type { HdfsClient } from "./client.ts";

export interface Range {
  start: number;
  end?: number | undefined;
}

/** Bytes of a file, as they come. */
export function readRange(
  client: HdfsClient,
  path: string,
  uri: string,
  { start, end }: Range,
  sink: Sink,
  signal?: AbortSignal,
): Promise<void> {
  const query = {
    ...(start > 0 ? { offset: String(start) } : {}),
    ...(end === undefined ? {} : { length: String(end - start) }),
  };
  const attempted = `read "${uri}"`;
  return client.open({ method: "GET", op: "OPEN", path, attempted, query, signal }, sink);
}
