import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type Credentials, EMPTY, signHeaders } from "../../../src/aws/sign.ts";

/** A request as it went by. */
export interface Asked {
  service: string;
  /** EMR's operation, a query service's Action, or method and path of S3. */
  operation: string;
  path: string;
  body: string;
}

/**
 * A door before another: what goes through is kept, and signed anew, for the other answers to its own name alone. With `answer`
 * nothing goes on at all.
 */
export async function recordingDoor(
  to: string,
  credentials: Credentials,
  answer?: (asked: Asked) => string | undefined,
) {
  const all: Asked[] = [];
  const target = new URL(to);
  const server = createServer(async (asked, response) => {
    const parts: Buffer[] = [];
    for await (const part of asked as AsyncIterable<Buffer>) parts.push(part);
    const body = Buffer.concat(parts);
    const one = nameOf(asked.method ?? "", asked.url ?? "", asked.headers, body.toString());
    all.push(one);
    const said = answer?.(one);
    if (said !== undefined) {
      response.setHeader("content-type", "application/x-amz-json-1.1").end(said);
      return;
    }
    const on = request(
      {
        ...{ host: target.hostname, port: target.port, method: asked.method, path: asked.url },
        headers: signed(asked, one.service, target.host, credentials),
      },
      (answered) => {
        response.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(response);
      },
    );
    on.on("error", () => response.destroy());
    on.end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    all,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function signed(
  { method = "", url = "", headers }: IncomingMessage,
  service: string,
  host: string,
  credentials: Credentials,
): Record<string, string> {
  const { pathname, searchParams } = new URL(url, "http://door");
  const plain = Object.entries(headers).flatMap(([name, value]) =>
    name === "authorization" || name === "host" || name === "connection"
      ? []
      : [[name, String(value)]],
  );
  return signHeaders(
    {
      ...{ method, host, path: pathname, query: Object.fromEntries(searchParams) },
      headers: Object.fromEntries(plain) as Record<string, string>,
      payload: String(headers["x-amz-content-sha256"] ?? EMPTY),
    },
    credentials,
    { region: "us-east-1", service, now: new Date() },
  );
}

function nameOf(
  method: string,
  url: string,
  headers: Record<string, string | string[] | undefined>,
  body: string,
): Asked {
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(String(headers.authorization));
  const service = scope?.[1] ?? "";
  const target = String(headers["x-amz-target"] ?? "").split(".")[1];
  const action = service === "s3" ? undefined : /(?:^|&)Action=(\w+)/.exec(body)?.[1];
  return { service, operation: target ?? action ?? `${method} ${url}`, path: url, body };
}
