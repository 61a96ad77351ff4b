import { namesOf } from "../../door/names/s3-names.ts";
import { type Asked, decodeBytes, headerOf, pairsOf } from "../../door/request.ts";
import type { Model } from "../../models/model.ts";
import { s3Operation } from "./s3-operations.ts";
import { modelOf } from "./services.ts";

/** What is asked of whom, as a rule names it. */
export interface Call {
  service: string;
  operation: string;
  bucket?: string;
  key?: string;
  asked: Asked;
  /** Of all but S3. */
  body?: Buffer;
}

/** `hostBucket` is the bucket that the host's name names. */
export function s3Call(asked: Asked, hostBucket: string | undefined): Call {
  const { bucket, key } = namesOf(decodeBytes(asked.path) ?? "/", hostBucket);
  const operation = s3Operation({
    method: asked.method,
    bucket,
    key,
    names: (pairsOf(asked.query) ?? []).map(([name]) => name),
    copies: headerOf(asked, "x-amz-copy-source") !== undefined,
  });
  return {
    service: "s3",
    operation,
    asked,
    ...(bucket === undefined ? {} : { bucket }),
    ...(key === "" ? {} : { key }),
  };
}

/**
 * Of all other services: JSON names it in a header, the query protocols in `Action` (Smithy, "AWS JSON 1.1 protocol" and "AWS
 * query protocol"); of REST it is what the model has for method and path, or these two where there is no model.
 */
export function otherCall(service: string, asked: Asked, body: Buffer): Call {
  const target = headerOf(asked, "x-amz-target");
  const named =
    target?.slice(target.lastIndexOf(".") + 1) ?? parametersOf(asked, body).get("Action");
  const model = modelOf(service);
  const operation =
    named ?? (model && restOperation(model, asked)) ?? `${asked.method} ${asked.path}`;
  return { service, operation, asked, body };
}

/** Of the query protocols. */
export function parametersOf(asked: Asked, body: Buffer | undefined): Map<string, string> {
  const form = /x-www-form-urlencoded/.test(headerOf(asked, "content-type") ?? "");
  const text = form && body ? body.toString("latin1") : "";
  return new Map([...new URLSearchParams(asked.query), ...new URLSearchParams(text)]);
}

/** The longest of the paths that fit: `/applications/{id}/jobruns` is not `/applications/{id}`. */
export function restOperation(model: Model, { method, path }: Asked): string | undefined {
  const fitting = Object.entries(model.operations).filter(
    ([, { http }]) => http.method === method && pathFits(http.requestUri, path),
  );
  return fitting.sort(
    ([, a], [, b]) => fixed(b.http.requestUri) - fixed(a.http.requestUri),
  )[0]?.[0];
}

function pathFits(uri: string, path: string): boolean {
  const parts = (text: string) => (text.split("?")[0] ?? "").replace(/\/$/, "").split("/");
  const [wanted, given] = [parts(uri), parts(path)];
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (/^\{.*\}$/.test(part) ? given[i] !== "" : part === given[i]))
  );
}

const fixed = (uri: string) => uri.split("/").filter((part) => !part.startsWith("{")).length;
