import type { Answer, Sink } from "./answer.ts";
import { type Ask, type Connection, connect } from "./connection.ts";

/**
 * HTTP/1.1 for many small and a few large bodies: a body goes from the socket through one buffer into
 * its file. undici, which was here before, hands each piece through its parser and a stream: three times
 * the processor's time, and it is the processor that a fast line waits for (docs/fs.md has figures).
 */
export interface Http {
  /** The body of a success goes to `sink` where there is one, and stands in the answer otherwise. */
  send(asked: Ask, sink?: Sink): Promise<Answer>;
  close(): void;
}

const MOST_CONNECTIONS = 64;

export function openHttp(ca?: string[]): Http {
  const idle: { origin: string; connection: Connection }[] = [];
  const busy = new Set<Connection>();
  const waiting: (() => void)[] = [];
  let taken = 0;
  let closed = false;

  const take = (origin: string): Connection => {
    for (let i = idle.length - 1; i >= 0; i--) {
      const one = idle[i];
      if (one?.origin !== origin) continue;
      idle.splice(i, 1);
      if (one.connection.open()) return one.connection;
    }
    return connect(origin, ca);
  };

  return {
    async send(asked, sink) {
      while (!closed && taken >= MOST_CONNECTIONS)
        await new Promise<void>((wake) => waiting.push(wake));
      // What is tried again must end, too.
      if (closed) throw new Error("this connection was closed");
      taken++;
      const connection = take(asked.origin);
      busy.add(connection);
      try {
        const answer = await connection.send(asked, sink);
        if (connection.open()) idle.push({ origin: asked.origin, connection });
        else connection.destroy();
        return answer;
      } catch (error) {
        connection.destroy();
        throw error;
      } finally {
        busy.delete(connection);
        taken--;
        waiting.shift()?.();
      }
    },
    close() {
      closed = true;
      for (const { connection } of idle) connection.destroy();
      for (const connection of busy) connection.destroy();
      for (const wake of waiting.splice(0)) wake();
    },
  };
}
