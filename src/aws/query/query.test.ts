import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { AwsRefusal } from "../asking.ts";
import { EC2, openEc2 } from "../ec2.ts";
import { iamService, openIam } from "../iam.ts";
import { openSession } from "../session.ts";
import { askQuery } from "./ask.ts";
import { items, parseXml, textOf } from "./xml.ts";

test("lists in lists, empty elements and escapes are read; what is not whole is nothing", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<R xmlns="http://x/"><!-- <a> --><set><item><id>1</id><tags><item><key>a&amp;b</key><value/></item></tags></item>
<item><id>2</id></item></set></R>`;
  const read = parseXml(xml);
  const [first, second] = items(read, "set");
  assert.equal(textOf(first, "tags", "item", "key"), "a&b");
  assert.equal(textOf(first, "tags", "item", "value"), "");
  assert.equal(textOf(second, "id"), "2");
  assert.equal(textOf(second, "tags", "item"), undefined);
  for (const half of ["", "no xml", xml.slice(0, -4), "<a></b>", "<a/><b/>"])
    assert.equal(parseXml(half), undefined, half);
});

/** A service that gives these answers, one a request, and what it was asked. */
async function withAnswers(
  answers: [number, string][],
  work: (
    env: NodeJS.ProcessEnv,
    asked: { form: URLSearchParams; signed: string }[],
  ) => Promise<void>,
) {
  const asked: { form: URLSearchParams; signed: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => {
      body += part.toString();
    });
    request.on("end", () => {
      asked.push({
        form: new URLSearchParams(body),
        signed: String(request.headers.authorization),
      });
      const [status, text] = answers.shift() ?? [200, "<R/>"];
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const keys = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
  const env = { ...keys, AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
  try {
    await work(env, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("all pages of a list are asked for, and errors are read in EC2's form", () =>
  withAnswers(
    [
      [
        200,
        "<R><subnetSet><item><subnetId>s-1</subnetId></item></subnetSet><nextToken>n</nextToken></R>",
      ],
      [200, "<R><subnetSet><item><subnetId>s-2</subnetId></item></subnetSet><nextToken/></R>"],
      [
        400,
        "<Response><Errors><Error><Code>DependencyViolation</Code><Message>in use</Message></Error></Errors></Response>",
      ],
      [
        400,
        "<Response><Errors><Error><Code>InvalidGroup.NotFound</Code></Error></Errors></Response>",
      ],
    ],
    async (env, asked) => {
      const ec2 = openEc2(askQuery(await openSession({ env }), EC2));
      const found = await ec2.subnets({ defaults: true });
      assert.deepEqual(
        found.map(({ id }) => id),
        ["s-1", "s-2"],
      );
      assert.equal(asked[1]?.form.get("NextToken"), "n");
      assert.match(asked[0]?.signed ?? "", /\/eu-west-1\/ec2\/aws4_request/);
      await assert.rejects(ec2.deleteGroup("sg-1"), (error: AwsRefusal) => {
        assert.equal(error.said, "DependencyViolation");
        return /in use/.test(error.message);
      });
      await ec2.deleteGroup("sg-1"); // what is gone is gone
    },
  ));

test("IAM is signed for its one region, and its errors are read in its form", () =>
  withAnswers(
    [
      [
        404,
        "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code></Error></ErrorResponse>",
      ],
    ],
    async (env, asked) => {
      const iam = openIam(askQuery(await openSession({ env }), iamService("eu-west-1")));
      assert.equal(await iam.hasRole("x"), false);
      assert.match(asked[0]?.signed ?? "", /\/us-east-1\/iam\/aws4_request/);
    },
  ));
