import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

const root = resolve(import.meta.dirname, "..");
const src = join(root, "src");

/** The table of ARCHITECTURE.md: folder → what it may import. */
function readTable(): Map<string, string[]> {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const rows = text.matchAll(/^\| `([\w./]+)` \| ([^|]+) \| [^|]+ \|$/gm);
  return new Map(
    [...rows].map(([, folder = "", may = ""]) => [
      folder,
      may.trim() === "–" ? [] : may.trim().split(/\s+/),
    ]),
  );
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
    .map((name) => join(folder, name));
}

const isTest = (file: string) => file.endsWith(".test.ts");

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) =>
    resolve(dirname(file), match[1] as string),
  );
}

function folderOf(file: string): string {
  const parts = relative(src, file).split("/");
  return parts[0] as string;
}

const files = sources(src).filter((file) => !isTest(file));

test("there is no second way to S3 or HDFS: who wants it opens a store", () => {
  const own = (file: string) => relative(src, file).startsWith("storage/");
  for (const file of files.filter((one) => !own(one))) {
    const text = readFileSync(file, "utf8");
    assert.doesNotMatch(
      text,
      /storage\/(s3|hdfs|http)\/|@aws-sdk\/client-s3|"undici"/,
      relative(root, file),
    );
  }
});

test("every import is allowed by the table of ARCHITECTURE.md", () => {
  const table = readTable();
  const used = new Map([...table.keys()].map((folder) => [folder, new Set<string>()]));
  for (const file of files) {
    const from = folderOf(file);
    assert.ok(table.has(from), `${relative(root, file)}: "${from}" has no row in ARCHITECTURE.md`);
    for (const target of importsOf(file)) {
      const to = folderOf(target);
      assert.ok(
        existsSync(target),
        `${relative(root, file)} imports ${target}, which does not exist`,
      );
      if (to === from) continue;
      assert.ok(
        table.get(from)?.includes(to),
        `${relative(root, file)} imports ${to}, which ${from} may not`,
      );
      used.get(from)?.add(to);
    }
  }
  for (const [folder, may] of table) {
    assert.ok(
      existsSync(join(src, folder)),
      `ARCHITECTURE.md has a row for "${folder}", which is gone`,
    );
    for (const one of may)
      assert.ok(used.get(folder)?.has(one), `"${folder}" does not import "${one}" any more`);
  }
});

test("kinds of targets do not import each other", () => {
  for (const file of files.filter((one) => relative(src, one).startsWith("targets/"))) {
    const kind = relative(join(src, "targets"), file).split("/");
    if (kind.length < 2) continue;
    for (const target of importsOf(file)) {
      const other = relative(join(src, "targets"), target).split("/");
      if (other[0] === ".." || other.length < 2) continue;
      assert.equal(other[0], kind[0], `${relative(root, file)} imports the kind ${other[0]}`);
    }
  }
});

test("there are no import cycles", () => {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    assert.ok(
      !path.includes(file),
      `cycle: ${[...path, file].map((one) => relative(src, one)).join(" → ")}`,
    );
    if (done.has(file)) return;
    // Commands are loaded by the list of all of them only when used; that is no cycle of modules.
    for (const next of importsOf(file)) if (next.endsWith(".ts")) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

test("files are small and folders are not crowded", () => {
  const lengths = files.map((file) => ({
    file,
    lines: readFileSync(file, "utf8").split("\n").length - 1,
  }));
  lengths.sort((a, b) => a.lines - b.lines);
  for (const { file, lines } of lengths)
    assert.ok(lines <= 400, `${relative(root, file)} has ${lines} lines`);
  const p90 = lengths[Math.floor(lengths.length * 0.9)];
  const median = lengths[Math.floor(lengths.length / 2)];
  assert.ok((p90?.lines ?? 0) <= 250, `the 90th percentile is ${p90?.lines} lines`);
  assert.ok((median?.lines ?? 0) <= 120, `the median is ${median?.lines} lines`);
  const beside = ["test", "bench", "tools"].flatMap((name) => sources(join(root, name)));
  const folders = new Set([...files, ...beside].map((file) => dirname(file)));
  for (const folder of folders) {
    const count = readdirSync(folder).filter(
      (name) => statSync(join(folder, name)).isFile() && !isTest(name) && !name.endsWith(".json"),
    ).length;
    assert.ok(count <= 12, `${relative(root, folder)} has ${count} files`);
  }
});

test("no place of a registry or of one machine is written down", () => {
  const hosts = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "repo1.maven" + ".org",
    "deb.debian" + ".org",
  ];
  const texts = ["src", "test", "tools", "bench", "docs", "python", "java", "examples", ".ci"]
    .map((name) => join(root, name))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
    )
    .filter(
      (file) => /\.(ts|py|java|md|yaml|json|sh|txt|scala)$/.test(file) && statSync(file).isFile(),
    )
    .concat(
      ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "package-lock.json", "mayfly"].map(
        (name) => join(root, name),
      ),
    )
    .filter((file) => existsSync(file));
  for (const file of texts) {
    const text = readFileSync(file, "utf8");
    for (const host of hosts)
      assert.ok(!text.includes(host), `${relative(root, file)} names ${host}`);
  }
});

test("the README is short, and what it points to is there", () => {
  const text = readFileSync(join(root, "README.md"), "utf8");
  assert.ok(text.split("\n").length <= 151, `${text.split("\n").length - 1} lines`);
  for (const [, path = ""] of text.matchAll(/\]\(([^)#]+)\)/g))
    assert.ok(existsSync(join(root, path)), path);
});
