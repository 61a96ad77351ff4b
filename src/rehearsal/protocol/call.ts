import { randomUUID } from "node:crypto";
import type { Model } from "../models/model.ts";
import { problemsOf, SerializationError, validationMessage } from "../models/validate.ts";
import type { AwsAnswer } from "../service.ts";
import { AwsError, validation } from "./errors.ts";

export type Operation = (input: never) => unknown | Promise<unknown>;
export type Operations = Readonly<Record<string, Operation>>;

/** One operation, whatever the protocol: what is asked and what is answered is held against the model. */
export async function call(
  model: Model,
  operations: Operations,
  name: string,
  input: unknown,
): Promise<unknown> {
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
  return output;
}

export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof SerializationError)
    return new AwsError("SerializationException", error.message);
  return new AwsError("InternalServerException", String(error), 500);
}

/** How a protocol answers: each with an id of its own. */
export function answerAs(contentType: string) {
  const id = randomUUID();
  return (status: number, body: unknown, headers: Record<string, string> = {}): AwsAnswer => ({
    status,
    headers: { "content-type": contentType, "x-amzn-requestid": id, ...headers },
    body: JSON.stringify(body),
  });
}

/** A bug of ours must not pass for AWS. */
function checkAnswer(model: Model, name: string, output: unknown): string | undefined {
  const shape = model.operations[name]?.output?.shape;
  if (!shape) return undefined;
  try {
    // AWS answers with empty texts where its own model wants a character: a job run's stateDetails
    // (PerfKitBenchmarker's recorded answer of GetJobRun).
    return problemsOf(model, shape, output).filter((one) => !one.startsWith("Value '' at"))[0];
  } catch (error) {
    return String(error);
  }
}

/** What a body says; nothing is an empty request. */
export function parseBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    throw new SerializationError("Unable to parse the body as JSON");
  }
}
