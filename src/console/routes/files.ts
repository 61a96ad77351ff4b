import { createWriteStream, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Context, Hono } from "hono";
import { MayflyError } from "../../base/errors.ts";
import { list, listBuckets } from "../../engine/fs/list.ts";
import { notThere, type Opened, wholeOf, withStores } from "../../engine/fs/stores.ts";
import type { FileItem, FilePage, TextPreview } from "../api.ts";
import type { ConsoleContext } from "../context.ts";
import { forPage } from "../live/desk.ts";
import { attached } from "../safety/attached.ts";
import { refused } from "../safety/guard.ts";

const MOST_LISTED = 2000;
const MOST_SHOWN = 64 * 1024;
const MOST_ROWS = 200;

export function fileRoutes({ project, files, sql }: ConsoleContext): Hono {
  const app = new Hono();
  const options = { ...files, cwd: project };
  const at = (c: Context) => insideProject(c.req.query("uri") ?? ".", project);

  app.get("/", (c) => withStores(options, async (stores) => c.json(await page(at(c), stores))));
  app.get("/rows", async (c) => {
    const query = forPage(await sql.open(), c.req.raw.signal);
    // A file's name stands where a table's would.
    const name = at(c).replaceAll("'", "''");
    return c.json(await query.rows(`SELECT * FROM '${name}'`, { most: MOST_ROWS }));
  });
  app.get("/text", (c) =>
    withStores(options, async (stores) => c.json(await previewText(at(c), stores))),
  );
  app.get("/content", async (c) => {
    const uri = at(c);
    // The stores stay open for as long as the answer is read.
    const { promise, resolve: done } = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<{ stream: Readable; bytes: number }>();
    withStores(options, async (stores) => {
      opened.resolve(await openFile(uri, stores));
      await promise;
    }).catch(opened.reject);
    const { stream, bytes } = await opened.promise;
    stream.once("close", done);
    return c.body(Readable.toWeb(stream) as ReadableStream, 200, {
      ...attached(basename(uri)),
      "Content-Length": String(bytes),
    });
  });
  app.post("/content", async (c) => {
    const uri = at(c);
    const folder = mkdtempSync(join(tmpdir(), "mayfly-upload-"));
    try {
      const file = join(folder, "content");
      const body = c.req.raw.body;
      await pipeline(
        body
          ? Readable.fromWeb(body as import("node:stream/web").ReadableStream)
          : Readable.from([]),
        createWriteStream(file, { mode: 0o600 }),
      );
      await withStores(options, async (stores) => {
        const { store, path } = await stores.at(uri);
        if (await store.stat(path)) {
          throw new MayflyError(
            "refused",
            `cannot upload "${uri}": it is there already`,
            `remove it first: mayfly fs rm ${uri}`,
          );
        }
        await store.put(path, file);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return c.json({ uri });
  });
  return app;
}

/** Of this machine's files a page sees the project's, and not by a link out of it either. */
export function insideProject(uri: string, project: string): string {
  if (/^(s3[an]?|hdfs|webhdfs|swebhdfs):\/\//.test(uri)) return uri;
  const path = resolve(project, uri.replace(/^file:\/\//, ""));
  let there = path;
  while (there !== dirname(there)) {
    try {
      const real = realpathSync(there);
      const root = realpathSync(project);
      if (real === root || real.startsWith(root + sep)) return path;
      break;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code === "ENAMETOOLONG" || code === "ERR_INVALID_ARG_VALUE")
        throw new MayflyError("usage", `cannot use "${uri}": no file has such a name`);
      if (code === "ELOOP")
        throw new MayflyError(
          "not-found",
          `cannot use "${uri}": its links lead in a circle`,
          "remove the link, or name what it was to lead to",
        );
      if (code !== "ENOENT") throw error;
      there = dirname(there);
    }
  }
  throw refused(
    `"${uri}" is not below the project ${project}`,
    "name a place of the project; a console that is started in another folder shows that one",
  );
}

async function page(uri: string, stores: Opened): Promise<FilePage> {
  if (/^s3[an]?:\/*$/.test(uri)) {
    const items = (await listBuckets(stores)).map(
      ({ name, created }): FileItem => ({
        uri: `s3://${name}/`,
        name: `${name}/`,
        kind: "folder",
        bytes: 0,
        modified: created,
      }),
    );
    return { uri: "s3://", items, more: false };
  }
  const items: FileItem[] = [];
  for await (const some of list(uri, false, stores)) {
    for (const { uri: its, name, kind, bytes, modified } of some)
      items.push({ uri: its, name, kind, bytes, modified });
    if (items.length > MOST_LISTED) break;
  }
  items.sort((a, b) => (a.kind === b.kind ? 0 : a.kind === "folder" ? -1 : 1));
  return { uri, items: items.slice(0, MOST_LISTED), more: items.length > MOST_LISTED };
}

async function openFile(uri: string, stores: Opened) {
  const { store, path } = await stores.at(uri);
  const item = await store.stat(path);
  if (!item) throw notThere(uri, "read", stores.wish);
  if (item.kind === "folder")
    throw new MayflyError("usage", `cannot read "${uri}": it is a folder`);
  return { stream: await store.read(path, wholeOf(item)), bytes: item.bytes };
}

async function previewText(uri: string, stores: Opened): Promise<TextPreview> {
  const { stream, bytes } = await openFile(uri, stores);
  const chunks: Buffer[] = [];
  let got = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    got += chunk.length;
    if (got >= MOST_SHOWN) break;
  }
  const head = Buffer.concat(chunks).subarray(0, MOST_SHOWN);
  const binary = head.includes(0);
  return { text: binary ? "" : head.toString("utf8"), bytes, shown: head.length, binary };
}
