import { type Clock, systemClock } from "../../base/clock.ts";
import { MayflyError } from "../../base/errors.ts";
import type { Sink } from "../http/answer.ts";
import { openHttp } from "../http/http.ts";
import type { HdfsWish } from "./address.ts";
import {
  failure,
  needsKerberos,
  remoteException,
  unreachable,
  unreachableDataNode,
} from "./errors.ts";
import { type Upload, upload } from "./upload.ts";

export interface HdfsRequest {
  method: "GET" | "PUT" | "DELETE";
  op: string;
  /** Without a leading slash. */
  path: string;
  /** What it is for, in an error: `read "hdfs:///x"`. */
  attempted: string;
  query?: Record<string, string>;
  /** Made anew for each attempt; it goes to a DataNode, never to the NameNode. */
  content?: () => Upload;
  signal?: AbortSignal | undefined;
}

/** One conversation with a real HDFS. What is no success comes as an error; what HDFS itself says, as `HdfsError`. */
export interface HdfsClient {
  wish: HdfsWish;
  /** The bytes of a file, as they come; nothing is tried again once they have begun. */
  open(request: HdfsRequest, sink: Sink): Promise<void>;
  /** Everything else; an answer without words is an empty object. */
  send(request: HdfsRequest): Promise<unknown>;
  close(): void;
}

interface Answer {
  status: number;
  text: string;
}

const ATTEMPTS = 6;

export async function openHdfs(wish: HdfsWish, clock: Clock = systemClock): Promise<HdfsClient> {
  const http = openHttp();
  const { nameNodes, user } = wish;
  /** Counts on where one does not answer, or is on standby. */
  let active = 0;

  const ask = ({ origin, path }: Target, { method, signal }: HdfsRequest, sink?: Sink) => {
    const headers = { host: new URL(origin).host };
    return http.send({ method, origin, path, headers, signal }, sink);
  };

  /** The NameNode does it, or says which DataNode gives or takes the bytes. */
  const once = async (
    nameNode: string,
    asked: HdfsRequest,
    redirected: (dataNode: string) => void,
    sink: Sink | undefined,
  ): Promise<Answer> => {
    const query = new URLSearchParams({ op: asked.op, "user.name": user, ...asked.query });
    const words = String(query).replaceAll("+", "%20");
    const url = `${nameNode}/webhdfs/v1/${encodePath(asked)}?${words}`;
    const first = await ask(targetOf(url, wish), asked, sink);
    const { location } = first.headers;
    if (first.status !== 307 || location === undefined) return first;
    const there = targetOf(location, wish);
    redirected(there.origin);
    if (asked.content) return upload(there, asked.content(), asked.signal);
    return ask(there, asked, sink);
  };

  const retrying = async (asked: HdfsRequest, sink?: Sink): Promise<Answer> => {
    const { attempted, signal } = asked;
    let begun = false;
    const counted =
      sink &&
      ((piece: Buffer, headers: Record<string, string>) => {
        begun = true;
        return sink(piece, headers);
      });
    for (let attempt = 1; ; attempt++) {
      const nameNode = nameNodes[active % nameNodes.length] ?? "";
      const last = attempt >= ATTEMPTS;
      let dataNode: string | undefined;
      try {
        const redirected = (origin: string) => {
          dataNode = origin;
        };
        const answer = await once(nameNode, asked, redirected, counted);
        if (answer.status < 300) return answer;
        const said = remoteException(answer.text);
        if (answer.status === 401 || said?.exception === "AuthenticationException")
          throw needsKerberos(attempted, nameNode);
        if (!said && answer.status < 500) throw noWebHdfs(attempted, nameNode, answer.status);
        const standby = said?.exception === "StandbyException" && nameNodes.length > 1;
        const again = !said || standby || said.exception === "RetriableException";
        if (last || !again)
          throw failure(attempted, said ?? { exception: `status ${answer.status}`, message: "" });
      } catch (error) {
        if (error instanceof MayflyError) throw error;
        if (signal?.aborted) throw new MayflyError("interrupted", "interrupted");
        if (begun) throw error;
        if (last)
          throw dataNode === undefined
            ? unreachable(attempted, nameNode, error)
            : unreachableDataNode(attempted, dataNode, error);
      }
      // Many are asked at once: only the first of them goes on to the next.
      if (nameNodes[active % nameNodes.length] === nameNode) active++;
      await clock.sleep(Math.random() * Math.min(20_000, 100 * 2 ** attempt), signal);
    }
  };

  return {
    wish,
    async open(asked, sink) {
      await retrying(asked, sink);
    },
    async send(asked) {
      const { text } = await retrying(asked);
      try {
        return text === "" ? {} : JSON.parse(text);
      } catch {
        throw noWebHdfs(asked.attempted, nameNodes[active % nameNodes.length] ?? "", 200);
      }
    },
    close: () => http.close(),
  };
}

export interface Target {
  origin: string;
  path: string;
}

/** Not by a URL: that would take a `..` out of a path, and lead elsewhere. */
function targetOf(url: string, { reach = (host) => host }: HdfsWish): Target {
  const [, scheme, host = "", path = "/"] = /^(https?:\/\/)([^/]+)(.*)$/s.exec(url) ?? [];
  return { origin: `${scheme}${reach(host)}`, path };
}

function noWebHdfs(attempted: string, nameNode: string, status: number): MayflyError {
  return unreachable(attempted, nameNode, `what answers there is no WebHDFS (${status})`);
}

function encodePath({ path, attempted }: HdfsRequest): string {
  const parts = path.replace(/\/$/, "").split("/");
  if (path !== "" && parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new MayflyError(
      "refused",
      `cannot ${attempted}: HDFS has no names with "//", "." or ".." in them`,
      "write the path as HDFS has it",
    );
  }
  return parts.map(encodeURIComponent).join("/");
}
