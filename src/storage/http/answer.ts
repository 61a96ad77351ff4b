export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** What was said, where it did not go to a sink. */
  text: string;
}

/** Has to be done with a piece when it returns, as its memory is used again; a promise holds up the next one. */
export type Sink = (piece: Buffer, headers: Record<string, string>) => Promise<void> | undefined;

export interface Reading {
  /** A promise where the next piece has to wait. */
  take(piece: Buffer): Promise<void> | undefined;
  /** The other side has closed. */
  ended(): void;
  fail(error: Error): void;
}

const MOST_HEAD = 64 * 1024;
const MOST_TEXT = 64 * 1024 * 1024;

/** Takes an answer apart as it comes: head, and a body by its length, in chunks, or up to the end of the connection. */
export function readAnswer(
  headOnly: boolean,
  sink: Sink | undefined,
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
): Reading {
  let head = "";
  let answer: Answer | undefined;
  /** Bytes of the body, or of the chunk, that are still to come. */
  let left = 0;
  let chunked: "no" | "size" | "data" | "end" | "trailer" = "no";
  let line = "";
  let hold: Promise<void> | undefined;
  const said: Buffer[] = [];
  let length = 0;
  let over = false;

  const finish = () => {
    if (over || !answer) return;
    over = true;
    const done = { ...answer, text: Buffer.concat(said).toString("utf8") };
    if (hold) hold.then(() => resolve(done), reject);
    else resolve(done);
  };
  const fail = (error: Error) => {
    if (over) return;
    over = true;
    reject(error);
  };
  const give = (piece: Buffer) => {
    if (!answer) return;
    if (!sink || answer.status >= 300) {
      length += piece.length;
      if (length > MOST_TEXT)
        throw new Error("the answer is longer than anything that was asked for");
      said.push(Buffer.from(piece));
      return;
    }
    const wait = sink(piece, answer.headers);
    if (wait) hold = wait;
  };

  /** What is left of a piece after the head, once that is whole. */
  const takeHead = (piece: Buffer): Buffer => {
    const before = head.length;
    head += piece.toString("latin1");
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      if (head.length > MOST_HEAD) throw new Error("the head of the answer has no end");
      return piece.subarray(piece.length);
    }
    const rest = piece.subarray(end + 4 - before);
    const [first = "", ...lines] = head.slice(0, end).split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
    if (!status) throw new Error(`this is no answer of HTTP: "${first.slice(0, 80)}"`);
    head = "";
    if (status < 200) return rest;
    const headers: Record<string, string> = {};
    for (const one of lines) {
      const colon = one.indexOf(":");
      headers[one.slice(0, colon).toLowerCase()] = one.slice(colon + 1).trim();
    }
    answer = { status, headers, text: "" };
    if (headers["transfer-encoding"]?.toLowerCase() === "chunked") chunked = "size";
    else left = Number(headers["content-length"] ?? Number.POSITIVE_INFINITY);
    if (headOnly || status === 204 || status === 304 || (left === 0 && chunked === "no")) {
      left = 0;
      finish();
    }
    return rest;
  };

  const takeLine = (piece: Buffer): Buffer => {
    const end = piece.indexOf(10);
    line += piece.toString("latin1", 0, end < 0 ? piece.length : end);
    if (line.length > MOST_HEAD) throw new Error("a chunk of the answer has no size");
    if (end < 0) return piece.subarray(piece.length);
    const whole = line.trim();
    line = "";
    if (chunked === "end") chunked = "size";
    else if (chunked === "trailer") {
      if (whole === "") finish();
    } else {
      left = /^[0-9a-f]+/i.test(whole) ? Number.parseInt(whole, 16) : Number.NaN;
      if (Number.isNaN(left)) throw new Error(`"${whole.slice(0, 20)}" is no size of a chunk`);
      chunked = left === 0 ? "trailer" : "data";
    }
    return piece.subarray(end + 1);
  };

  return {
    fail,
    ended() {
      if (answer && chunked === "no" && left === Number.POSITIVE_INFINITY) finish();
      else fail(new Error("the connection ended early"));
    },
    take(piece) {
      hold = undefined;
      try {
        let rest = piece;
        while (rest.length > 0 && !over) {
          if (!answer) rest = takeHead(rest);
          else if (chunked === "no" || chunked === "data") {
            const now = rest.subarray(0, Math.min(left, rest.length));
            give(now);
            left -= now.length;
            rest = rest.subarray(now.length);
            if (left === 0 && chunked === "data") chunked = "end";
            else if (left === 0) finish();
          } else rest = takeLine(rest);
        }
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
      return hold;
    },
  };
}
