import { randomUUID } from "node:crypto";
import type { Model } from "../models/model.ts";
import { SerializationError, validationMessage } from "../models/validate.ts";
import type { AwsAnswer, AwsRequest } from "../service.ts";
import { AwsError, validation } from "./errors.ts";

export type Operation = (input: never) => unknown | Promise<unknown>;

/**
 * The protocol awsJson1_1 (Smithy, "AWS JSON 1.1 protocol"): the operation stands in `X-Amz-Target`, requests and
 * answers are JSON, and an error names its type in `__type`. What is asked and what is answered is held against the model.
 */
export async function answerJson(
  model: Model,
  operations: Record<string, Operation>,
  asked: AwsRequest,
): Promise<AwsAnswer> {
  const id = randomUUID();
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
    status,
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amzn-requestid": id,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  try {
    const name = operationOf(model, asked);
    const input = parse(asked.body);
    const shape = model.operations[name]?.input?.shape;
    const problem = shape && validationMessage(model, shape, input);
    if (problem) throw validation(problem);
    const operation = operations[name];
    if (!operation)
      throw new AwsError(
        "NotImplementedException",
        `The rehearsal does not have ${name}; docs/rehearsal-coverage.md says what it has`,
        501,
      );
    const output = (await operation(input as never)) ?? {};
    const wrong = checkAnswer(model, name, output);
    if (wrong) throw new AwsError("InternalServerException", `of ${name}: ${wrong}`, 500);
    return answer(200, output);
  } catch (error) {
    const known =
      error instanceof AwsError
        ? error
        : error instanceof SerializationError
          ? new AwsError("SerializationException", error.message)
          : new AwsError("InternalServerException", String(error), 500);
    const { type, status, message, more } = known;
    // Clients of either spelling are about; EMR's shapes say Message, the framework's errors message.
    const body = { __type: type, ...more, message, Message: message };
    return answer(status, body, { "x-amzn-errortype": type });
  }
}

function operationOf(model: Model, { headers, method }: AwsRequest): string {
  const [prefix, name = ""] = (headers["x-amz-target"] ?? "").split(".");
  const known = prefix === model.metadata.targetPrefix && Object.hasOwn(model.operations, name);
  if (method === "POST" && known) return name;
  throw new AwsError("UnknownOperationException", "");
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new SerializationError("Unable to parse the body as JSON");
  }
  return value;
}

/** A bug of ours must not pass for AWS. */
function checkAnswer(model: Model, name: string, output: unknown): string | undefined {
  const shape = model.operations[name]?.output?.shape;
  if (!shape) return undefined;
  try {
    return validationMessage(model, shape, output);
  } catch (error) {
    return String(error);
  }
}
