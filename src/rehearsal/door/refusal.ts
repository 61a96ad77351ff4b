import type { IncomingMessage, ServerResponse } from "node:http";
import type { AwsAnswer } from "../service.ts";
import { answerProblem, Problem, protocolOf, refuse } from "./problem.ts";
import { Instead } from "./reply.ts";
import type { Asked } from "./request.ts";

/** Who is still sending reads no answer: so much is taken and thrown away first. */
const DRAINED_BYTES = 64 * 1024 ** 2;

/** The answer to a request that was refused, or that broke, in the words of its service. */
export async function answerError(
  error: unknown,
  service: string | undefined,
  asked: Asked,
  request: IncomingMessage,
  response: ServerResponse,
  /** Whether the client has begun to send its body. */
  sends: boolean,
): Promise<void> {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (error instanceof Instead && !error.answer) {
    request.socket.resetAndDestroy();
    return;
  }
  const { status, headers, body } = answerOf(error, service, asked);
  if (sends) await drain(request);
  if (!request.complete) response.setHeader("connection", "close");
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(asked.method === "HEAD" ? undefined : body);
}

function answerOf(error: unknown, service: string | undefined, asked: Asked): AwsAnswer {
  if (error instanceof Instead && error.answer) return error.answer;
  const problem =
    error instanceof Problem ? error : refuse("broken", "We encountered an internal error.");
  return answerProblem(problem, protocolOf(service, asked), asked.path);
}

/** Ends with the body, after enough of it, or when nothing comes for a second. */
async function drain(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => {
    let size = 0;
    const late = setTimeout(resolve, 1000);
    request.on("data", (part: Buffer) => {
      size += part.length;
      late.refresh();
      if (size > DRAINED_BYTES) resolve();
    });
    for (const end of ["close", "end", "error"]) {
      request.on(end, () => {
        clearTimeout(late);
        resolve();
      });
    }
    request.resume();
  });
}
