import { formatTable, plural } from "../../base/format.ts";
import { projectFolder } from "../../engine/project.ts";
import type { AthenaPlace, AthenaWish } from "../../engine/query/athena/place.ts";
import type { Command, Input, Io, Option, Verb } from "../command.ts";

/** Where tables are, and where Athena leaves what it finds. */
export const athenaOptions: Record<string, Option> = {
  database: { type: "string", value: "NAME", help: "in Glue's catalog; the project's name" },
  workgroup: { type: "string", value: "NAME", help: "of Athena; primary" },
  results: {
    type: "string",
    value: "S3-URI",
    help: "where results lie until they are read; what the workgroup says, or beside the tables",
  },
};

export const awsOptions: Record<string, Option> = {
  profile: { type: "string", value: "NAME", help: "a profile of ~/.aws" },
  region: { type: "string", value: "REGION", help: "the region of the catalog" },
};

export async function openAthenaPlace(input: Input, io: Io): Promise<AthenaPlace> {
  const { openPlace } = await import("../../engine/query/athena/place.ts");
  return openPlace(projectFolder(io.cwd), readAthena(input, io));
}

export function readAthena(input: Input, io: Io): AthenaWish {
  const value = (name: string) => input.value(name);
  const aws = { profile: value("profile"), region: value("region") };
  return {
    aws: {
      env: io.env,
      ...(aws.profile ? { profile: aws.profile } : {}),
      ...(aws.region ? { region: aws.region } : {}),
    },
    database: value("database"),
    workgroup: value("workgroup"),
    results: value("results"),
  };
}

async function withPlace<T>(input: Input, io: Io, work: (place: AthenaPlace) => Promise<T>) {
  const place = await openAthenaPlace(input, io);
  try {
    return await work(place);
  } finally {
    await place.stores.close();
  }
}

const { database } = athenaOptions as { database: Option };

export const tables: Command = {
  summary: "make tables over the outputs of runs, or bring them up to date",
  usage: "athena tables [OUTPUT | NAME=s3://BUCKET/FOLDER …] [--database NAME]",
  examples: [
    ["athena tables", "over each output that lies in S3, by its real schema, with its partitions"],
    ["athena tables flights delays", "over these"],
    ["athena tables trips=s3://data/trips", "over a folder"],
  ],
  options: { database, ...awsOptions },
  async run(input, io) {
    const { makeTables } = await import("../../engine/query/athena/tables.ts");
    const made = await withPlace(input, io, (place) => makeTables(place, input.words));
    if (input.flags.has("json")) io.out(`${JSON.stringify(made)}\n`);
    else {
      const rows = made.map(({ name, did, columns, partitions, uri, why }) => [
        name,
        did,
        columns === undefined ? "" : plural(columns, "column"),
        partitions === undefined ? "" : plural(partitions, "partition"),
        why === undefined ? uri : `${uri}: ${why}`,
      ]);
      for (const line of formatTable(rows)) io.out(`${line}\n`);
    }
    return made.every(({ did }) => did === "left out") ? 1 : 0;
  },
};

export const drop: Command = {
  summary: "remove tables that Mayfly has made; the data stay",
  usage: "athena drop [TABLE …] [--database NAME]",
  examples: [
    ["athena drop", "all of this project's, and the database when it is empty then"],
    ["athena drop flights", "one"],
  ],
  options: { database, ...awsOptions },
  async run(input, io) {
    const { dropTables } = await import("../../engine/query/athena/tables.ts");
    const dropped = await withPlace(input, io, (place) => dropTables(place, input.words));
    if (input.flags.has("json")) io.out(`${JSON.stringify(dropped)}\n`);
    else {
      for (const name of dropped.tables) io.out(`${name}\n`);
      if (dropped.database) io.out(`${dropped.database}\n`);
      const stay = dropped.others > 0 ? `; ${plural(dropped.others, "other")} in it stay` : "";
      io.err(`${plural(dropped.tables.length, "table")} removed${stay}\n`);
    }
    return 0;
  },
};

export const clean: Command = {
  summary: "remove results that queries have left in S3",
  usage: "athena clean",
  examples: [["athena clean", "those of queries that were killed before they were read"]],
  options: { ...athenaOptions, ...awsOptions },
  most: 0,
  async run(input, io) {
    const { cleanResults } = await import("../../engine/query/athena/results.ts");
    const cleaned = await withPlace(input, io, cleanResults);
    if (input.flags.has("json")) io.out(`${JSON.stringify(cleaned)}\n`);
    else {
      for (const uri of cleaned) io.out(`${uri}\n`);
      io.err(`${plural(cleaned.length, "result")} removed\n`);
    }
    return 0;
  },
};

export const VERBS: Record<string, Verb> = {
  tables: { summary: tables.summary, load: async () => tables },
  drop: { summary: drop.summary, load: async () => drop },
  clean: { summary: clean.summary, load: async () => clean },
};
