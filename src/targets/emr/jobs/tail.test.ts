import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Stores } from "../../../storage/open.ts";
import type { Item } from "../../../storage/store.ts";
import { driverFolders, logFolder } from "./tail.ts";

/** A bucket with these objects; what is put into `objects` is there. */
function bucket() {
  const objects = new Map<string, Buffer>();
  let broken = 0;
  const store = {
    uri: (path: string) => `s3://b/${path}`,
    async *list(folder: string): AsyncIterable<Item[]> {
      const below = [...objects].filter(([path]) => path.startsWith(folder));
      const folders = below.map(([path]) => path.slice(folder.length).split("/"));
      yield below
        .filter((_, i) => folders[i]?.length === 1)
        .map(([path, body]) => ({
          ...{ path, kind: "file", bytes: body.length, modified: 1000 },
          etag: body.toString("hex"),
        }));
      for (const name of new Set(folders.filter(({ length }) => length > 1).map(([one]) => one)))
        yield [{ path: `${folder}${name}/`, kind: "folder", bytes: 0, modified: 0 }];
    },
    async read(path: string) {
      const body = objects.get(path) ?? Buffer.alloc(0);
      return Readable.from([broken-- > 0 ? body.subarray(0, body.length - 12) : body]);
    },
  };
  const at = async (uri: string) => ({ store, path: uri.slice("s3://b/".length) });
  const lines: string[] = [];
  return {
    stores: { at } as unknown as Stores,
    lines,
    put: (path: string, text: string) => objects.set(path, gzipSync(text)),
    breaks: () => {
      broken = 1;
    },
    take: (name: string, text: Buffer) => void lines.push(`${name}: ${text}`),
  };
}

test("of an object that is replaced by a longer one no line comes twice, none is lost, and none is cut", async () => {
  const { stores, lines, put, take } = bucket();
  const folder = logFolder(stores, "s3://b/steps/s-1/", take);
  await folder.look();
  assert.equal(folder.put("stdout"), undefined);
  put("steps/s-1/stdout.gz", "one\ntw");
  put("steps/s-1/syslog.gz", "not looked at\n");
  await folder.look();
  await folder.look();
  put("steps/s-1/stdout.gz", "one\ntwo\nthr");
  await folder.look();
  assert.deepEqual(lines, ["stdout: one\n", "stdout: two\n"]);
  folder.flush();
  assert.deepEqual(lines.slice(2), ["stdout: thr"]);
  assert.equal(folder.put("stdout"), 1000);
});

test("what an hour puts aside goes on where it was, whichever object comes first", async () => {
  const { stores, lines, put, take } = bucket();
  const folder = logFolder(stores, "s3://b/steps/s-1/", take);
  put("steps/s-1/stderr.gz", "1\n2\n");
  await folder.look();
  // The new one is there, and the old one not yet under its hour.
  put("steps/s-1/stderr.gz", "4\n");
  await folder.look();
  put("steps/s-1/stderr.2014-01-22-01.gz", "1\n2\n3\n");
  await folder.look();
  put("steps/s-1/stderr.2014-01-22-02.gz", "4\n5\n");
  put("steps/s-1/stderr.gz", "6\n");
  await folder.look();
  assert.equal(lines.join(""), "stderr: 1\n2\nstderr: 3\nstderr: 4\nstderr: 5\nstderr: 6\n");
});

test("half an object is read again from where it broke off", async () => {
  const { stores, lines, put, take, breaks } = bucket();
  const folder = logFolder(stores, "s3://b/steps/s-1/", take);
  put("steps/s-1/stdout.gz", "one\ntwo\n");
  breaks();
  await assert.rejects(folder.look());
  await folder.look();
  assert.equal(lines.join("").replaceAll("stdout: ", ""), "one\ntwo\n");
});

test("the driver's containers are the first of each attempt", async () => {
  const { stores, put } = bucket();
  const app = "containers/application_17_0001";
  for (const name of ["01_000001", "01_000002", "02_000001", "01_100001"])
    put(`${app}/container_17_0001_${name}/stdout.gz`, "");
  assert.deepEqual(await driverFolders(stores, `s3://b/${app}/`), [
    `s3://b/${app}/container_17_0001_01_000001/`,
    `s3://b/${app}/container_17_0001_02_000001/`,
  ]);
});
