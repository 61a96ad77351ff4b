import type { Context, MiddlewareHandler } from "hono";
import { MayflyError } from "../../base/errors.ts";

const HEADERS: Record<string, string> = {
  // Nothing from elsewhere, nothing inline: styles of the editor and of charts are constructed style sheets.
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Frame-Options": "DENY",
};

export const namesOf = (port: number) => [
  `127.0.0.1:${port}`,
  `localhost:${port}`,
  `[::1]:${port}`,
];

/** Stands before all else: a name that somebody has made to lead here is not one of ours. */
export function onlyOurNames(port: () => number): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header("host") ?? "";
    if (!namesOf(port()).includes(host)) throw refused(`the name "${host}" is not this console's`);
    await next();
  };
}

export const withHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
};

/**
 * What asks for data is a page of ours, or no page at all. Browsers say where a request comes from: what writes must say it, what
 * reads must not say anything else. Other servers of this machine are the same site, so that a cookie alone proves nothing.
 */
export const onlyOurPages: MiddlewareHandler = async (c, next) => {
  const writes = c.req.method !== "GET" && c.req.method !== "HEAD";
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  if (writes && origin === undefined) throw refused("it does not say which page asks");
  if (origin !== undefined && origin !== `http://${c.req.header("host")}`)
    throw refused(`the page "${origin}" is not this console's`);
  if (site !== undefined && site !== "same-origin" && !(site === "none" && !writes))
    throw refused(`it comes from another place (${site})`);
  await next();
};

/** A form of another page can send text, but no JSON. */
export async function readJson<T>(c: Context): Promise<T> {
  if (c.req.header("content-type") !== "application/json")
    throw new MayflyError("usage", "cannot read the request: it is no application/json");
  try {
    const body: unknown = await c.req.json();
    if (typeof body === "object" && body !== null) return body as T;
  } catch {
    // told below
  }
  throw new MayflyError("usage", "cannot read the request: its body is no JSON object");
}

/** What should be a text, and may be anything: some objects cannot even be made one. */
export const textOf = (said: unknown): string =>
  typeof said === "string" ? said : said == null ? "" : JSON.stringify(said);

export const refused = (why: string, remedy?: string) =>
  new MayflyError("permission", `this request is refused: ${why}`, remedy);
