import { mkdirSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { readIfThere, writeAtomic } from "../../base/files.ts";
import type { Rehearsal } from "./records.ts";

/** Stands above each section that is ours, and nothing without it is ever changed. */
const OURS = "# written by mayfly rehearsal";

interface Place {
  file: string;
  /** The section's title, without brackets. */
  title: string;
}

/** The files that every AWS tool reads; `config` calls a profile `profile NAME`, `credentials` by its name alone. */
function placesOf(profile: string, env: NodeJS.ProcessEnv): { config: Place; credentials: Place } {
  const aws = join(env.HOME || homedir(), ".aws");
  return {
    config: {
      file: env.AWS_CONFIG_FILE || join(aws, "config"),
      title: profile === "default" ? "default" : `profile ${profile}`,
    },
    credentials: {
      file: env.AWS_SHARED_CREDENTIALS_FILE || join(aws, "credentials"),
      title: profile,
    },
  };
}

/** Throws before anything is written, when the person has a profile of this name. */
export function checkProfile(profile: string, env: NodeJS.ProcessEnv): void {
  if (!/^[\w.@+-]{1,64}$/.test(profile)) {
    throw new MayflyError(
      "usage",
      `"${profile}" cannot be the name of a profile`,
      "letters, digits and _ . @ + -",
    );
  }
  for (const place of Object.values(placesOf(profile, env))) {
    const text = readIfThere(place.file) ?? "";
    if (hasSection(withoutOurs(text, place.title), place.title)) {
      throw new MayflyError(
        "refused",
        `cannot write the profile "${profile}": "${place.file}" has one that is not ours`,
        "choose another name for --profile",
      );
    }
  }
}

export function writeProfile(profile: string, known: Rehearsal, env: NodeJS.ProcessEnv): void {
  checkProfile(profile, env);
  const { config, credentials } = placesOf(profile, env);
  put(config, [`region = ${known.region}`, `endpoint_url = http://127.0.0.1:${known.port}`]);
  put(credentials, [
    `aws_access_key_id = ${known.accessKey}`,
    `aws_secret_access_key = ${known.secretKey}`,
  ]);
}

export function removeProfile(profile: string, env: NodeJS.ProcessEnv): void {
  for (const { file, title } of Object.values(placesOf(profile, env))) {
    const text = readIfThere(file);
    if (text === undefined) continue;
    const rest = withoutOurs(text, title);
    if (rest !== text) write(file, rest);
  }
}

function put({ file, title }: Place, lines: string[]): void {
  const before = withoutOurs(readIfThere(file) ?? "", title);
  const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  write(file, `${before}${gap}${OURS}\n[${title}]\n${lines.join("\n")}\n`);
}

/** A link stays a link, and who may read it stays as it was. */
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const stat = statSync(file, { throwIfNoEntry: false });
  writeAtomic(stat ? realpathSync(file) : file, text, stat ? stat.mode & 0o777 : 0o600);
}

/** Our section goes to the next title, comment or empty line: what a person wrote behind it is theirs. */
function withoutOurs(text: string, title: string): string {
  const name = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(
    new RegExp(`(?:^|\\n)${OURS}\\n\\[${name}\\]\\n(?:[^\\[#\\n][^\\n]*\\n?)*`),
    (found) => (found.startsWith("\n") ? "\n" : ""),
  );
}

function hasSection(text: string, title: string): boolean {
  const name = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(" ", "\\s+");
  return new RegExp(`^\\s*\\[\\s*${name}\\s*\\]`, "m").test(text);
}
