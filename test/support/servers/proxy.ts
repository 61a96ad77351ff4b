import { connect, createServer, type Socket } from "node:net";

export interface CuttingProxy {
  url: string;
  /** Bytes that went to the server, and that came from it. */
  sent(): number;
  received(): number;
  /** Calls `cut` once, when so many more bytes have gone by in that direction. */
  cutAfter(direction: "sent" | "received", bytes: number, cut: () => void): void;
  /** Lets so many more bytes by in that direction, and then none until the next reset. */
  stopAfter(direction: "sent" | "received", bytes: number): void;
  /** Ends every connection as a fallen line would. */
  reset(): void;
  close(): void;
}

/** Stands between a client and a server on the loopback, and can break what goes by. */
export async function startProxy(port: number): Promise<CuttingProxy> {
  const passed = { sent: 0, received: 0 };
  const sockets = new Set<Socket>();
  let armed: { direction: keyof typeof passed; at: number; cut: () => void } | undefined;
  let stop: { direction: keyof typeof passed; at: number } | undefined;
  const through = (direction: keyof typeof passed, from: Socket, to: Socket) => {
    from.on("data", (piece) => {
      count(direction, piece.length);
      if (stop?.direction !== direction || passed[direction] < stop.at) return;
      from.unpipe(to);
      from.pause();
    });
    from.pipe(to);
  };
  const count = (direction: keyof typeof passed, bytes: number) => {
    passed[direction] += bytes;
    if (armed?.direction !== direction || passed[direction] < armed.at) return;
    const { cut } = armed;
    armed = undefined;
    cut();
  };
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    through("sent", client, upstream);
    through("received", upstream, client);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const own = typeof address === "object" && address ? address.port : 0;
  const reset = () => {
    stop = undefined;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${own}`,
    sent: () => passed.sent,
    received: () => passed.received,
    cutAfter(direction, bytes, cut) {
      armed = { direction, at: passed[direction] + bytes, cut };
    },
    stopAfter(direction, bytes) {
      stop = { direction, at: passed[direction] + bytes };
    },
    reset,
    close() {
      server.close();
      reset();
    },
  };
}
