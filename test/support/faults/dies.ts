import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/**
 * Given to a program with `node --import`: counts what it writes of its records, and kills it with SIGKILL before, in the midst of
 * or after one of these writes. `MAYFLY_DIES=7:torn`; all of them are listed in the file MAYFLY_WRITES.
 */
const [, at, moment] = /^(\d+):(before|torn|after)$/.exec(process.env.MAYFLY_DIES ?? "") ?? [];
const list = process.env.MAYFLY_WRITES;
const { writeSync, openSync, closeSync, renameSync, rmSync, appendFileSync } = fs;
const journals = new Set<number>();
let count = 0;

const die = () => process.kill(process.pid, "SIGKILL");

function around<T>(what: string, write: () => T, half?: () => void): T {
  const now = ++count === Number(at);
  if (list) appendFileSync(list, `${what}\n`);
  if (now && moment === "before") die();
  if (now && moment === "torn") {
    half?.();
    die();
  }
  const result = write();
  if (now) die();
  return result;
}

/** Of a run, of a cluster, of who runs it. */
const isRecord = (path: unknown) =>
  /(run|cluster|opening)\.json$|\/active\/[0-9a-f-]+$|\/clusters\/[\w.-]+$/.test(String(path));

fs.openSync = ((path, ...rest) => {
  const file = openSync(path, ...rest);
  if (String(path).endsWith("journal.jsonl")) journals.add(file);
  return file;
}) as typeof openSync;
fs.closeSync = (file) => {
  journals.delete(file);
  closeSync(file);
};
fs.writeSync = ((file: number, text: string, ...rest: []) => {
  if (!journals.has(file)) return writeSync(file, text, ...rest);
  const [, what] = /"(?:do|done|failed)":"([^"]*)"/.exec(text) ?? [];
  const name = `journal ${/"(intent|done|failed)"/.exec(text)?.[1]} ${what}`;
  return around(
    name,
    () => writeSync(file, text, ...rest),
    () => writeSync(file, text.slice(0, text.length / 2)),
  );
}) as typeof writeSync;
fs.renameSync = (from, to) => {
  if (!isRecord(to)) return renameSync(from, to);
  around(`record ${nameOf(to)}`, () => renameSync(from, to));
};
fs.rmSync = (path, options) => {
  if (!isRecord(path)) return rmSync(path, options);
  around(`forget ${nameOf(path)}`, () => rmSync(path, options));
};
syncBuiltinESMExports();

function nameOf(path: unknown): string {
  return String(path)
    .split("/")
    .slice(-2)
    .join("/")
    .replace(/\d{8}-\d{6}-[0-9a-f]{6}/, "RUN");
}
