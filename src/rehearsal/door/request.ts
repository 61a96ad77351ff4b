import type { IncomingMessage } from "node:http";

/** A request as it stands on the wire; texts hold one character a byte (latin1). */
export interface Asked {
  method: string;
  /** Still encoded, without the query. */
  path: string;
  query: string;
  /** In their order, names in small letters: a signature covers each value of a name. */
  headers: [string, string][];
}

export function readAsked(request: Pick<IncomingMessage, "method" | "url" | "rawHeaders">): Asked {
  const url = request.url ?? "/";
  const mark = url.indexOf("?");
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    headers.push([(request.rawHeaders[i] ?? "").toLowerCase(), request.rawHeaders[i + 1] ?? ""]);
  }
  return {
    method: request.method ?? "GET",
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    headers,
  };
}

export function headerOf(asked: Pick<Asked, "headers">, name: string): string | undefined {
  return asked.headers.find(([one]) => one === name)?.[1].trim();
}

/** A request with the same header twice means two things to two readers. */
export function hasTwice(asked: Pick<Asked, "headers">, name: string): boolean {
  return asked.headers.filter(([one]) => one === name).length > 1;
}

/** The decoded pairs of a query; undefined where a `%` stands without two digits. */
export function pairsOf(query: string): [string, string][] | undefined {
  const pairs: [string, string][] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const mark = part.indexOf("=");
    const name = decodeBytes(mark < 0 ? part : part.slice(0, mark));
    const value = decodeBytes(mark < 0 ? "" : part.slice(mark + 1));
    if (name === undefined || value === undefined) return undefined;
    pairs.push([name, value]);
  }
  return pairs;
}

/** Percent-decoding to bytes, one character each; nothing else is changed. */
export function decodeBytes(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  return text.replace(/%(..)/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** Every byte but the unreserved ones of RFC 3986, as the IAM user guide's UriEncode does. */
export function encodeBytes(text: string, safe = ""): string {
  return text.replace(/[^A-Za-z0-9\-._~]/g, (c) =>
    safe.includes(c) ? c : `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Bytes as the text that they spell; undefined where they are not UTF-8. */
export function utf8Of(bytes: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(bytes, "latin1"));
  } catch {
    return undefined;
  }
}
