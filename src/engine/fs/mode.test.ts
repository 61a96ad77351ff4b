import assert from "node:assert/strict";
import { test } from "node:test";
import { readMode } from "./mode.ts";

test("modes are read as chmod reads them", () => {
  for (const [text, from, to, folder] of [
    ["644", 0o777, 0o644],
    ["1777", 0, 0o1777],
    ["0750", 0o777, 0o750],
    ["u+rwx,g-w", 0o066, 0o746],
    ["a=r", 0o1777, 0o444],
    ["ug=rw,o=", 0o777, 0o660],
    ["+x", 0o644, 0o755],
    ["+w", 0o444, 0o644],
    ["a+w", 0o444, 0o666],
    ["=", 0o777, 0],
    ["u+r-w", 0o200, 0o400],
    ["a+X", 0o644, 0o644],
    ["a+X", 0o744, 0o755],
    ["a+X", 0o600, 0o711, true],
    ["go-rwx", 0o777, 0o700],
    ["+t", 0o755, 0o1755],
    ["-t", 0o1755, 0o755],
    ["o+t", 0o755, 0o755],
  ] as [string, number, number, boolean?][])
    assert.equal(readMode(text, 0o022)(from, folder ?? false).toString(8), to.toString(8), text);
});

test("what is no mode is told", () => {
  for (const text of ["", "8", "9999", "77", "2755", "u", "u+z", "x+r", "u+r,", "+r x", "rwx"])
    assert.throws(() => readMode(text, 0o022), /cannot read the mode/, text);
});
