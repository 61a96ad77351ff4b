import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { BOTO3, pythonTools } from "../python-tools.ts";

/** What a call of boto3 came to: its answer, or its error as the client sees it. */
export interface Called {
  answer?: Record<string, unknown>;
  /** The class of the exception: ClientError, EndpointConnectionError … */
  type?: string;
  code?: string;
  status?: number;
  message?: string;
  ms: number;
}

/** Answers one line with one line. No call is made twice: retries are off. */
const SERVER = `
import json, sys, time, boto3, botocore.exceptions
from botocore.config import Config
clients = {}
def client(service, patience):
    if (service, patience) not in clients:
        how = Config(retries={"max_attempts": 0}, read_timeout=patience, s3={"addressing_style": "path"})
        clients[service, patience] = boto3.client(service, config=how)
    return clients[service, patience]
for line in sys.stdin:
    service, method, args, patience = json.loads(line)
    began = time.time()
    said = {}
    try:
        answer = getattr(client(service, patience), method)(**args)
        if "Body" in answer: answer["Body"] = answer["Body"].read().decode()
        said = {"answer": answer}
    except botocore.exceptions.ClientError as e:
        r = e.response
        said = {"type": "ClientError", "code": r["Error"]["Code"],
                "message": r["Error"].get("Message"), "status": r["ResponseMetadata"]["HTTPStatusCode"]}
    except Exception as e:
        said = {"type": type(e).__name__, "message": str(e)}
    said["ms"] = (time.time() - began) * 1000
    print(json.dumps(said, default=str), flush=True)
`;

export interface Boto {
  /** As in Python: service, method, its arguments; how many seconds it waits for an answer. */
  call(service: string, method: string, args?: object, patience?: number): Promise<Called>;
  /** The answer of a call that must not fail. */
  made<T = Record<string, unknown>>(service: string, method: string, args?: object): Promise<T>;
  close(): void;
}

/** One Python process with boto3, as a program has it that makes many calls. */
export async function openBoto(env: NodeJS.ProcessEnv): Promise<Boto> {
  const { python, env: tools } = await pythonTools(BOTO3);
  const child = spawn(python, ["-c", SERVER], {
    env: { ...env, PYTHONPATH: tools.PYTHONPATH },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting: ((called: Called) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) =>
    waiting.shift()?.(JSON.parse(line) as Called),
  );
  const boto: Boto = {
    call(service, method, args = {}, patience = 30) {
      child.stdin.write(`${JSON.stringify([service, method, args, patience])}\n`);
      return new Promise((resolve) => waiting.push(resolve));
    },
    async made<T>(service: string, method: string, args: object = {}) {
      const { answer, ...said } = await boto.call(service, method, args);
      assert.ok(answer, JSON.stringify([service, method, args, said]));
      return answer as T;
    },
    close: () => void child.stdin.end(),
  };
  return boto;
}
