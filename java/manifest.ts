/** What mayfly.jar says about its own making: from which sources, by which compiler. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readJar } from "./jar.ts";

export interface Making {
  /** Such as "javac 17.0.15". */
  javac: string;
  /** SHA-256 of each source file, by its path below `java/`. */
  sources: Record<string, string>;
}

const title = "META-INF/MANIFEST.MF";

export function sourceFiles(folder: string): string[] {
  const src = join(folder, "src", "mayfly");
  const names = readdirSync(src).filter((name) => name.endsWith(".java"));
  return names.sort().map((name) => `src/mayfly/${name}`);
}

/** The hashes do not depend on how git was told to end lines. */
export function hashSources(folder: string): Record<string, string> {
  const hash = (name: string) => {
    const text = readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n");
    return createHash("sha256").update(text).digest("hex");
  };
  return Object.fromEntries(sourceFiles(folder).map((name) => [name, hash(name)]));
}

export function manifestEntry(making: Making): [string, Buffer] {
  const sections = Object.entries(making.sources).map(
    ([name, hash]) => `Name: ${name}\r\n${wrap(`Source-SHA-256: ${hash}`)}\r\n\r\n`,
  );
  const main = `Manifest-Version: 1.0\r\nCompiled-By: ${making.javac}\r\n\r\n`;
  return [title, Buffer.from(main + sections.join(""))];
}

/** A line of a manifest has at most 72 bytes; what is longer goes on after a space. */
function wrap(line: string): string {
  return line.length <= 70 ? line : `${line.slice(0, 70)}\r\n ${wrap(line.slice(70))}`;
}

export function readMaking(jar: Buffer): Making {
  const text = readJar(jar).get(title)?.toString("utf8") ?? "";
  const [main = "", ...sections] = text.replaceAll("\r\n ", "").split("\r\n\r\n");
  const value = (section: string, name: string) =>
    section
      .split("\r\n")
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const sources = sections
    .filter((section) => section !== "")
    .map((section) => [value(section, "Name") ?? "", value(section, "Source-SHA-256") ?? ""]);
  return { javac: value(main, "Compiled-By") ?? "", sources: Object.fromEntries(sources) };
}
