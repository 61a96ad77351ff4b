import type { Model, Operation, Ref } from "../models/model.ts";
import { SerializationError } from "../models/validate.ts";
import type { AwsAnswer, AwsRequest } from "../service.ts";
import { answerAs, asAwsError, call, type Operations, parseBody } from "./call.ts";
import { AwsError } from "./errors.ts";

/**
 * The protocol restJson1 (Smithy, "AWS restJson1 protocol"): method and path name the operation, members stand in the
 * path, in the query, in headers or in the JSON of the body, and an error names its type in a header. An error's
 * status is the model's.
 */
export async function answerRest(
  model: Model,
  operations: Operations,
  asked: AwsRequest,
): Promise<AwsAnswer> {
  const answer = answerAs("application/json");
  try {
    const { operation, labels } = route(model, asked);
    const input = read(model, operation, labels, asked);
    const output = await call(model, operations, operation.name, input);
    return answer(operation.http.responseCode ?? 200, output);
  } catch (error) {
    const { type, status, message, more } = asAwsError(error);
    const body = { ...more, message };
    return answer(model.shapes[type]?.error?.httpStatusCode ?? status, body, {
      "x-amzn-errortype": type,
    });
  }
}

interface Routed {
  operation: Operation;
  labels: Record<string, string>;
}

function route(model: Model, { method, path }: AwsRequest): Routed {
  const parts = path.split("/");
  for (const operation of Object.values(model.operations)) {
    if (operation.http.method !== method) continue;
    const labels = match(operation.http.requestUri.split("/"), parts);
    if (labels) return { operation, labels };
  }
  throw new AwsError("UnknownOperationException", "", 404);
}

/** Labels are compared while they are encoded: a slash in an ARN parts nothing. */
function match(pattern: string[], parts: string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [i, one] of pattern.entries()) {
    const name = /^\{(\w+)\}$/.exec(one)?.[1];
    const part = parts[i] ?? "";
    if (name === undefined ? one !== part : part === "") return undefined;
    if (name !== undefined) labels[name] = decode(part);
  }
  return labels;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SerializationError(`"${text}" is not encoded as a part of an address`);
  }
}

function read(
  model: Model,
  { input }: Operation,
  labels: Record<string, string>,
  asked: AwsRequest,
): Record<string, unknown> {
  const body = readBody(asked.body);
  const query = new URLSearchParams(asked.query);
  const found: Record<string, unknown> = {};
  for (const [member, ref] of Object.entries(model.shapes[input?.shape ?? ""]?.members ?? {})) {
    const name = ref.locationName ?? member;
    const value =
      ref.location === undefined ? body[name] : readText(model, ref, textsAt(ref, name));
    if (value !== undefined && value !== null) found[member] = value;
  }
  return found;

  function textsAt({ location }: Ref, name: string): string[] {
    if (location === "querystring") return query.getAll(name);
    const one = location === "uri" ? labels[name] : asked.headers[name.toLowerCase()];
    return one === undefined ? [] : [one];
  }
}

function readBody(body: Buffer): Record<string, unknown> {
  const value = parseBody(body);
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new SerializationError("Expected a JSON object");
}

/** A value that stands outside of the body, where everything is text. */
function readText(model: Model, { shape }: Ref, texts: string[]): unknown {
  const [text] = texts;
  if (text === undefined) return undefined;
  const { type, member } = model.shapes[shape] ?? { type: "string" };
  switch (type) {
    case "list":
      return texts.map((one) => readText(model, member ?? { shape: "" }, [one]));
    case "boolean":
      if (text === "true" || text === "false") return text === "true";
      throw new SerializationError("Expected boolean");
    case "integer":
    case "long":
    case "double":
    case "float":
      if (text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
      throw new SerializationError("Expected number");
    case "timestamp":
      return readTime(text);
    default:
      return text;
  }
}

/** In a query, times are dates as in RFC 3339; in seconds, as they are in a body. */
function readTime(text: string): number {
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms / 1000;
  throw new SerializationError(`"${text}" is no date`);
}
