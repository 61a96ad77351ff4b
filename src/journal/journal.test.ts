import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { attemptsOf, journalFile, openJournal, readJournal } from "./journal.ts";

const folder = mkdtempSync(join(tmpdir(), "mayfly-journal-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const path = journalFile(folder);

async function sample(): Promise<string> {
  rmSync(path, { force: true });
  const act = openJournal(folder);
  await act({ do: "make-bucket", id: "bucket-a" }, () => 1);
  await act(
    { do: "start-process", id: "step-0" },
    () => ({ pid: 7 }),
    (made) => made,
  );
  await assert.rejects(
    act({ do: "start-process", id: "step-1" }, () => {
      throw new Error("password=x no");
    }),
  );
  return readFileSync(path, "utf8");
}

test("the intent is on the disk before the call is made", async () => {
  rmSync(path, { force: true });
  await openJournal(folder)({ do: "make-bucket", id: "b" }, () => {
    const { entries } = readJournal(folder);
    assert.deepEqual(
      entries.map((entry) => "intent" in entry && entry.intent.id),
      ["b"],
    );
  });
});

test("what came of each intent is read back; secrets of errors are not kept", async () => {
  const text = await sample();
  assert.deepEqual(
    attemptsOf(readJournal(folder)).map(({ intent, done, seen }) => [intent.id, done, seen]),
    [
      ["bucket-a", true, undefined],
      ["step-0", true, { pid: 7 }],
      ["step-1", false, undefined],
    ],
  );
  assert.ok(!text.includes("password=x"));
});

test("a journal cut at any byte is read as far as it is whole, and can be written on", async () => {
  const text = await sample();
  const whole = text.split("\n").length - 1;
  for (let cut = 0; cut <= text.length; cut++) {
    writeFileSync(path, text.slice(0, cut));
    const before = readJournal(folder);
    const lines = text.slice(0, cut).split("\n").length - 1;
    // A last line may be whole but for its line's end.
    assert.ok(
      before.entries.length === lines || before.entries.length === lines + 1,
      `cut at ${cut}`,
    );
    assert.deepEqual(before.damaged, []);
    if (cut % 17 !== 0) continue;
    await openJournal(folder)({ do: "remove-folder", id: "later" }, () => 0);
    const after = readJournal(folder);
    assert.deepEqual([after.damaged, after.torn], [[], 0], `written on after a cut at ${cut}`);
    assert.equal(after.entries.length, before.entries.length + 2);
  }
  assert.ok(whole >= 6);
});

test("a line that is no entry is named, the others are read", async () => {
  await sample();
  writeFileSync(path, `garbage\n${readFileSync(path, "utf8")}`);
  appendFileSync(path, '{"n":1');
  const content = readJournal(folder);
  assert.deepEqual([content.damaged, content.torn, content.entries.length], [[1], 6, 6]);
});
