import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { openStores } from "../open.ts";
import { sync } from "./sync.ts";

/** A server that lists in no order, as S3's directory buckets do, or whose keys change from page to page. */
async function withListing(pages: string[][], work: (env: NodeJS.ProcessEnv) => Promise<void>) {
  const server = createServer((asked, answer) => {
    const url = new URL(asked.url ?? "", "http://x");
    if (!url.searchParams.has("list-type")) {
      answer.writeHead(206, { "content-length": 1 }).end("x");
      return;
    }
    const at = Number(url.searchParams.get("continuation-token") ?? 0);
    const keys = pages[at] ?? [];
    const more = at + 1 < pages.length;
    answer.end(
      `<ListBucketResult><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${at + 1}</NextContinuationToken>` : ""}${keys.map((key) => `<Contents><Key>in/${key}</Key><Size>1</Size><LastModified>2020-01-01T00:00:00Z</LastModified></Contents>`).join("")}</ListBucketResult>`,
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  try {
    await work({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_REGION: "us-east-1",
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

for (const [what, pages] of Object.entries({
  "in no order": [
    ["b", "a", "z"],
    ["d", "c"],
  ],
  "with a key that comes twice, as it was written anew between two pages": [
    ["a", "b"],
    ["b", "c", "d", "z"],
  ],
}))
  test(`a listing ${what}: nothing that is there is removed`, async () => {
    const folder = makeFolder();
    mkdirSync(join(folder.path, "out"));
    for (const name of ["a", "b", "c", "d", "extra", "z"])
      writeFileSync(join(folder.path, "out", name), "x");
    await withListing(pages, async (env) => {
      const roots = { s3: folder.path, hdfs: folder.path, mounts: {} };
      const filter = { rules: [] };
      const stores = openStores({ roots, cwd: folder.path, liveS3: true, aws: { env } });
      const request = {
        from: "s3://data/in/",
        to: "out",
        filter,
        remove: true,
        by: "time",
      } as const;
      const { removed, failed, files } = await sync(request, stores);
      await stores.close();
      assert.deepEqual([files, removed, failed], [0, 1, []]);
    });
    assert.deepEqual(readdirSync(join(folder.path, "out")).sort(), ["a", "b", "c", "d", "z"]);
    folder.remove();
  });
