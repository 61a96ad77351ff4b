import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModel } from "../models/model.ts";
import { AwsError } from "./errors.ts";
import { answerRest } from "./rest-json.ts";

const model = loadModel("emr-serverless");
const ARN = `arn:aws:emr-serverless:eu-west-3:123456789012:/applications/00g${"a".repeat(13)}`;

async function ask(method: string, path: string, body = "", operations: object = {}) {
  const seen: Record<string, unknown>[] = [];
  const all = ["ListApplications", "ListJobRuns", "UntagResource", "StartJobRun", "CancelJobRun"];
  const own = all.map((name) => [
    name,
    (input: Record<string, unknown>) => {
      seen.push({ name, ...input });
      return name === "ListApplications"
        ? { applications: [] }
        : { applicationId: "a", jobRunId: "b", arn: `${ARN}/jobruns/b`, jobRuns: [] };
    },
  ]);
  const [at = "", query = ""] = path.split("?");
  const answer = await answerRest(
    model,
    { ...Object.fromEntries(own), ...operations },
    {
      service: "emr-serverless",
      region: "eu-west-3",
      accessKey: "AKIA",
      method,
      path: at,
      query,
      headers: {},
      body: Buffer.from(body),
    },
  );
  return { ...answer, seen, said: JSON.parse(String(answer.body)) as { message?: string } };
}

test("members are read from where the model has them, each as its type", async () => {
  const listed = await ask("GET", "/applications?maxResults=7&states=STARTED&states=STOPPED");
  assert.deepEqual(listed.seen, [
    { name: "ListApplications", maxResults: 7, states: ["STARTED", "STOPPED"] },
  ]);
  assert.deepEqual([listed.status, listed.headers["content-type"]], [200, "application/json"]);
  const runs = await ask(
    "GET",
    "/applications/00gx/jobruns?createdAtAfter=1970-01-01T00%3A01%3A00Z",
  );
  assert.deepEqual(runs.seen, [{ name: "ListJobRuns", applicationId: "00gx", createdAtAfter: 60 }]);
  const untagged = await ask("DELETE", `/tags/${encodeURIComponent(ARN)}?tagKeys=a&tagKeys=b%20c`);
  assert.deepEqual(untagged.seen, [
    { name: "UntagResource", resourceArn: ARN, tagKeys: ["a", "b c"] },
  ]);
  const role = "arn:aws:iam::123456789012:role/r";
  const started = await ask(
    "POST",
    "/applications/00gx/jobruns",
    JSON.stringify({
      clientToken: "t",
      executionRoleArn: role,
      applicationId: "not from here",
      name: null,
    }),
  );
  assert.deepEqual(started.seen, [
    { name: "StartJobRun", applicationId: "00gx", clientToken: "t", executionRoleArn: role },
  ]);
  const cancelled = await ask(
    "DELETE",
    "/applications/00gx/jobruns/00gy?shutdownGracePeriodInSeconds=30",
  );
  assert.deepEqual(cancelled.seen, [
    {
      name: "CancelJobRun",
      applicationId: "00gx",
      jobRunId: "00gy",
      shutdownGracePeriodInSeconds: 30,
    },
  ]);
});

test("what cannot be read, or does not keep to the model, is refused before anything is done", async () => {
  for (const [method, path, body, status, type, message] of [
    ["POST", "/applications", "{", 400, "SerializationException", /Unable to parse the body/],
    ["POST", "/applications", "[1]", 400, "SerializationException", /Expected a JSON object/],
    ["POST", "/applications", '{"type":1}', 400, "SerializationException", /Expected string/],
    ["GET", "/applications?maxResults=many", "", 400, "SerializationException", /Expected number/],
    [
      "GET",
      "/applications?maxResults=51",
      "",
      400,
      "ValidationException",
      /less than or equal to 50/,
    ],
    ["GET", "/applications?states=GONE", "", 400, "ValidationException", /enum value set/],
    [
      "GET",
      "/applications/00gx/jobruns?createdAtAfter=soon",
      "",
      400,
      "SerializationException",
      /no date/,
    ],
    [
      "GET",
      "/applications/NOT-AN-ID",
      "",
      400,
      "ValidationException",
      /regular expression pattern/,
    ],
    ["GET", "/applications/%zz", "", 400, "SerializationException", /not encoded/],
    ["GET", "/tags/arn:aws:emr-serverless", "", 400, "ValidationException", /at 'resourceArn'/],
    ["GET", "/nothing", "", 404, "UnknownOperationException", /^$/],
    ["PUT", "/applications", "", 404, "UnknownOperationException", /^$/],
    ["GET", "/applications//jobruns", "", 404, "UnknownOperationException", /^$/],
    [
      "GET",
      "/applications/00gx/sessions",
      "",
      501,
      "NotImplementedException",
      /does not have ListSessions/,
    ],
  ] as const) {
    const answer = await ask(method, path, body);
    assert.deepEqual(
      [answer.status, answer.headers["x-amzn-errortype"], answer.seen],
      [status, type, []],
      path,
    );
    assert.match(answer.said.message ?? "none", message, path);
  }
});

test("an error has the status of its shape, and an answer that breaks the model is none", async () => {
  const refuse = {
    ListApplications: () => {
      throw new AwsError("ServiceQuotaExceededException", "too many");
    },
  };
  const refused = await ask("GET", "/applications", "", refuse);
  assert.deepEqual(
    [refused.status, refused.headers["x-amzn-errortype"], refused.said],
    [402, "ServiceQuotaExceededException", { message: "too many" }],
  );
  const broken = await ask("GET", "/applications", "", { ListApplications: () => ({}) });
  assert.equal(broken.status, 500);
  assert.match(broken.said.message ?? "", /of ListApplications: Value null at 'applications'/);
});
