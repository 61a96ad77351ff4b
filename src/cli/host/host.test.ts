import assert from "node:assert/strict";
import { test } from "node:test";
import { ioInto } from "../../../test/support/cli.ts";
import type { EventBody } from "../../model/event.ts";
import { foldJavaFrames } from "./fold.ts";
import { textHost } from "./text.ts";

function shown(...events: EventBody[]): { out: string; err: string } {
  const said = { out: "", err: "" };
  const host = textHost(ioInto(said, "/", {}));
  for (const event of events) host.show({ at: 0, run: "r", ...event });
  host.close();
  return said;
}

test("Java's frames become one line, and what only looks like one is kept", () => {
  const folding = foldJavaFrames();
  assert.equal(
    folding.push("Error: x\n\tat a.B.c(D.scala:1)\n\tat a.B.d(D.scala:2)\n\t... 3 more\nnext\n"),
    "Error: x\n    … 3 Java frames (in the log)\nnext\n",
  );
  assert.equal(folding.push("  at"), "");
  assert.equal(folding.push(" home\n"), "  at home\n");
  assert.equal(folding.end(), "");
});

test("a line that never ends is shown as it comes, and costs no more the longer it gets", () => {
  const folding = foldJavaFrames();
  let text = folding.push(" ");
  for (let i = 0; i < 2000; i++) text += folding.push("x".repeat(100));
  assert.ok(text.length > 190_000, "held back only as long as it may be a frame");
  assert.equal(text + folding.end(), ` ${"x".repeat(200_000)}`);
});

test("what a name holds cannot move the cursor; what a program prints is its own", () => {
  const { out, err } = shown(
    {
      code: "run.started",
      job: "j\u001b[2J",
      target: "local",
      folder: "/",
      project: "/",
      steps: ["a\rb", "c"],
    },
    { code: "step.started", step: 0, name: "a\rb", kind: "command" },
    { code: "step.output", step: 0, stream: "stdout", text: "\u001b[32mgreen\u001b[0m\n" },
    { code: "note", text: "tab\there, bell \u0007" },
  );
  assert.equal(out, "\u001b[32mgreen\u001b[0m\n");
  assert.equal(err, "j\\u{1b}[2J on local run r\n[1/2] a\\u{d}b\n  tab here, bell \\u{7}\n");
});
