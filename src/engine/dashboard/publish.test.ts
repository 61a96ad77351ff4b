import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { publishPage } from "./publish.ts";

/** As much of S3 as a page needs, which everyone may read while it is told so. */
async function startBucket() {
  const objects = new Map<string, string>();
  const said = { open: false };
  const server = createServer(async (request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://s3");
    let body = "";
    for await (const piece of request) body += piece;
    const signed = request.headers.authorization !== undefined;
    const reads = request.method === "GET" || request.method === "HEAD";
    if (!signed && !(reads && said.open)) return response.writeHead(403).end();
    if (request.method === "PUT") objects.set(path, body);
    else if (request.method === "POST" && searchParams.has("delete")) {
      for (const [, key] of body.matchAll(/<Key>([^<]*)</g)) objects.delete(`/pages/${key}`);
      return response.end("<DeleteResult/>");
    } else if (path.split("/").length > 2 && !objects.has(path))
      return response.writeHead(404).end();
    const found = objects.get(path) ?? "<ListBucketResult></ListBucketResult>";
    return response.writeHead(200, { etag: '"e"', "content-length": found.length }).end(found);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_REGION: "us-east-1" },
  };
  return { objects, said, env, close: () => server.close() };
}

test("a page goes into a private bucket only: one that everyone reads keeps what it has", async () => {
  const folder = makeFolder();
  const { objects, said, env, close } = await startBucket();
  const options = { cwd: folder.path, liveS3: true, aws: { env } };
  const publish = (name: string) =>
    publishPage("<p>new</p>", `s3://pages/${name}.html`, 60, options);
  try {
    const { link } = await publish("a");
    assert.match(link, /X-Amz-Expires=60/);
    assert.equal(objects.get("/pages/a.html"), "<p>new</p>");
    objects.set("/pages/theirs.html", "<p>old</p>");
    said.open = true;
    await assert.rejects(publish("theirs"), /everyone can read .* nothing was changed/);
    assert.equal(objects.get("/pages/theirs.html"), "<p>old</p>");
    await assert.rejects(publish("b"), /everyone can read .* taken away again/);
    assert.deepEqual([...objects.keys()].sort(), ["/pages/a.html", "/pages/theirs.html"]);
  } finally {
    close();
    folder.remove();
  }
});
