import type { Model } from "../models/model.ts";
import type { AwsAnswer, AwsRequest } from "../service.ts";
import { answerAs, asAwsError, call, type Operations, parseBody } from "./call.ts";
import { AwsError } from "./errors.ts";

/**
 * The protocol awsJson1_1 (Smithy, "AWS JSON 1.1 protocol"): the operation stands in `X-Amz-Target`, requests and
 * answers are JSON, and an error names its type in `__type`. What is asked and what is answered is held against the model.
 */
export async function answerJson(
  model: Model,
  operations: Operations,
  asked: AwsRequest,
): Promise<AwsAnswer> {
  const answer = answerAs("application/x-amz-json-1.1");
  try {
    const name = operationOf(model, asked);
    return answer(200, await call(model, operations, name, parseBody(asked.body)));
  } catch (error) {
    const { type, status, message, more } = asAwsError(error);
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
