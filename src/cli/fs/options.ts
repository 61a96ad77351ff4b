import { MayflyError } from "../../base/errors.ts";
import type { FsOptions } from "../../engine/fs/stores.ts";
import { filterPattern, hdfsUser, readNameNodes } from "../../engine/fs/stores.ts";
import type { Input, Io, Option } from "../command.ts";

/** Which S3, and as whom, as aws-cli names them; which HDFS. */
export const s3Options: Record<string, Option> = {
  "live-s3": { type: "boolean", help: "s3:// is S3 itself, with the credentials that are there" },
  "endpoint-url": {
    type: "string",
    value: "URL",
    help: "an S3 at this address; implies --live-s3",
  },
  profile: { type: "string", value: "NAME", help: "a profile of ~/.aws" },
  region: { type: "string", value: "REGION", help: "the region of the bucket" },
  "no-sign-request": { type: "boolean", help: "ask without a name, for public data" },
  "request-payer": { type: "boolean", help: "who reads pays" },
  webhdfs: {
    type: "string",
    value: "URL",
    help: "hdfs:// is the HDFS whose NameNode's web page is there",
  },
};

export const filterOptions: Record<string, Option> = {
  exclude: {
    type: "string",
    value: "GLOB",
    help: "leave out; the last of these that fits decides",
  },
  include: { type: "string", value: "GLOB", help: "not to be left out after all" },
};

export const recursive: Option = { type: "boolean", short: "r", help: "with all that lies below" };

export function readFsOptions(input: Input, io: Io): FsOptions {
  const value = (name: string, key: string) => {
    const text = input.value(name);
    return text === undefined ? {} : { [key]: text };
  };
  const endpoint = input.value("endpoint-url");
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    throw new MayflyError(
      "usage",
      `cannot read --endpoint-url "${endpoint}"`,
      "write it as http://127.0.0.1:9000",
    );
  }
  const webhdfs = input.value("webhdfs");
  return {
    cwd: io.cwd,
    ...(webhdfs === undefined ? {} : { webhdfs: readNameNodes(webhdfs) }),
    hdfsUser: hdfsUser(io.env),
    // An endpoint someone has set means a real or a rehearsed S3, in every command alike.
    liveS3:
      input.flags.has("live-s3") ||
      endpoint !== undefined ||
      Boolean(io.env.AWS_ENDPOINT_URL || io.env.AWS_ENDPOINT_URL_S3),
    requesterPays: input.flags.has("request-payer"),
    aws: {
      env: io.env,
      ...value("endpoint-url", "endpoint"),
      ...value("profile", "profile"),
      ...value("region", "region"),
      anonymous: input.flags.has("no-sign-request"),
    },
  };
}

export function readFilter(input: Input) {
  const rules = input.ordered
    .filter(({ name }) => name === "include" || name === "exclude")
    .map(({ name, value }) => ({ include: name === "include", pattern: filterPattern(value) }));
  return { rules };
}

/** The words of a command that cannot do without. */
export function needWords(input: Input, verb: string, least: number, usage: string): string[] {
  if (input.words.length >= least) return input.words;
  throw new MayflyError(
    "usage",
    `mayfly fs ${verb} needs ${least === 1 ? "a path or URI" : "what to copy and where to"}`,
    `usage: mayfly ${usage}`,
  );
}
