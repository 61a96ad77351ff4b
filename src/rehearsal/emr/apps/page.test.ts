import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Cluster } from "../cluster.ts";
import { linkToPage } from "./page.ts";

test("a page of event logs shows what people have named as text", async () => {
  const cluster = {
    id: "j-1",
    name: "<script>alert(1)</script>",
    request: { LogUri: "s3://logs/" },
    eventLogs: ["application_1"],
  } as Cluster;
  let page = "";
  const link = await linkToPage(cluster, {
    put: async (_, file) => {
      page = readFileSync(file, "utf8");
    },
    link: async (uri) => `http://x/${uri}?a="&b=1`,
  });
  assert.equal(link, 'http://x/s3://logs/j-1/sparklogs/index.html?a="&b=1');
  assert.match(page, /<h1>Spark applications of &lt;script&gt;alert\(1\)&lt;\/script&gt; \(j-1\)</);
  assert.match(
    page,
    /<a href="http:\/\/x\/s3:\/\/logs\/j-1\/sparklogs\/application_1\?a=&quot;&amp;b=1">application_1</,
  );
  assert.doesNotMatch(page, /<script/);
});
