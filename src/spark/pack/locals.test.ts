import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { digestOfLocal, localPathOf } from "./locals.ts";

const top = mkdtempSync(join(tmpdir(), "mayfly-locals-"));
after(() => rmSync(top, { recursive: true, force: true }));

it("tells a path of this machine from a name and from an address", () => {
  const table: [line: string, path: string | undefined][] = [
    ["six", undefined],
    ["six==1.16.0 --hash=sha256:00", undefined],
    ["pandas[aws]>=2 ; python_version < '3.11'", undefined],
    ["-c limits.txt", undefined],
    ["--extra-index-url https://x/simple", undefined],
    ["six @ https://x/six-1.0-py3-none-any.whl", undefined],
    ["git+https://x/y.git", undefined],
    [".", top],
    ["-e .", top],
    ["--editable=./lib", join(top, "lib")],
    ["./lib[all] ; python_version >= '3'", join(top, "lib")],
    ["dist/x-1.0-py3-none-any.whl", join(top, "dist/x-1.0-py3-none-any.whl")],
    ["./dist/x-1.0.tar.gz --hash=sha256:00", join(top, "dist/x-1.0.tar.gz")],
    ["helper @ ./lib", join(top, "lib")],
    [`helper @ file://${top}/lib`, join(top, "lib")],
  ];
  for (const [line, path] of table) assert.equal(localPathOf(line, top), path, line);
});

it("sees a change of what lies there, in a folder what is built from it, and names what is missing", () => {
  const wheel = join(top, "x-1.0-py3-none-any.whl");
  mkdirSync(join(top, "lib/src"), { recursive: true });
  mkdirSync(join(top, "lib/build"), { recursive: true });
  const digest = () => digestOfLocal(["six", "./x-1.0-py3-none-any.whl", "-e ./lib"], top);
  const seen = new Set<string>();
  const changed = (path: string, text: string) => {
    writeFileSync(path, text);
    const before = seen.size;
    seen.add(digest());
    return seen.size > before;
  };
  assert.ok(changed(wheel, "one"));
  assert.ok(changed(wheel, "two"));
  assert.ok(!changed(wheel, "two"));
  assert.ok(changed(join(top, "lib/src/a.py"), "a = 1"));
  assert.ok(changed(join(top, "lib/src/b.py"), "a = 1"));
  assert.ok(!changed(join(top, "lib/build/c.py"), "left by a build"));
  assert.throws(
    () => digestOfLocal(["./no.whl"], top),
    /"\.\/no\.whl": ".*no\.whl" does not exist/,
  );
});
