import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { EventBody } from "../model/event.ts";
import type { RunRecord } from "../model/run.ts";
import type { Session } from "../targets/target.ts";
import { bringOutputs } from "./bring.ts";

const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
after(() => rmSync(folder, { recursive: true }));

test("outputs come into the run's folder or where the job wants them; what broke off is named, with the way to the rest", async () => {
  const home = join(folder, "home");
  const there = (name: string) => ({ name, uri: `s3://b/${name}`, path: "" });
  const outputs = ["a", "../b", "c"].map((name) => ({
    ...there(name),
    files: 1,
    bytes: 2,
    format: "text",
  }));
  const record = { outputs } as unknown as RunRecord;
  const events: EventBody[] = [];
  const session = {
    bring: async ({ name }: { name: string }, to: string) => {
      if (name === "c") throw new Error("broken off");
      mkdirSync(to, { recursive: true });
      writeFileSync(join(to, "part-0.txt"), "1\n");
    },
  } as unknown as Session;
  const found = [{ ...there("a"), home }, there("../b"), there("c")];
  await assert.rejects(
    bringOutputs(found, session, record, {
      folder,
      act: async (_, call) => call(),
      emit: (event) => void events.push(event),
    }),
    /broken off/,
  );
  assert.deepEqual(
    record.outputs?.map(({ path, rows, brought }) => [path, rows, brought]),
    [
      [home, 1, true],
      [join(folder, "outputs/__b"), 1, true],
      ["", undefined, undefined],
    ],
  );
  assert.deepEqual(
    events.map(({ code }) => code),
    ["output", "output", "note"],
  );
  const note = events.at(-1);
  assert.match(
    note?.code === "note" ? note.text : "",
    /c is whole at s3:\/\/b\/c; mayfly fs cp .* brings the rest/,
  );
});
