import { MayflyError } from "../base/errors.ts";
import type { Session } from "./session.ts";
import { sha256, signHeaders } from "./sign.ts";

export interface Posted {
  status: number;
  text: string;
  /** The service's clock; not a number where it does not say. */
  date: number;
}

export interface PostWish {
  service: string;
  /** Of the signature; the session's unless it is said. */
  region?: string;
  url: URL;
  /** What it asks, in words for whoever has no credentials. */
  asks: string;
  headers: Record<string, string>;
  body: string;
  now: number;
  signal: AbortSignal;
}

/** One signed POST, as services that are not S3 are asked. */
export async function post(session: Session, wish: PostWish): Promise<Posted> {
  const { service, url, asks, body, now, signal, region = session.region } = wish;
  const credentials = await session.credentials();
  if (!credentials)
    throw new MayflyError("missing", `cannot ask AWS ${asks}: there are no credentials`);
  const headers = signHeaders(
    {
      ...{ method: "POST", host: url.host, path: "/", query: {} },
      headers: wish.headers,
      payload: sha256(body),
    },
    credentials,
    { region, service, now: new Date(now) },
  );
  const answer = await fetch(new URL("/", url), { method: "POST", headers, body, signal });
  const text = await answer.text();
  return { status: answer.status, text, date: Date.parse(answer.headers.get("date") ?? "") };
}
