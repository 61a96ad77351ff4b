import { startSmallAws } from "../servers/small-aws.ts";
import { smallAthena } from "./small-athena.ts";

/** Transcripts of SQL, here and on as much of Athena as that needs. */
const RUN = "20260102-030405-abc123";
const record = {
  ...{ version: 1, id: RUN, job: "job.py", source: "job.py", target: "local", kind: "local" },
  ...{ state: "succeeded", createdAt: 1, steps: [], request: {} },
  outputs: [
    {
      ...{ name: "words", uri: "s3://out/words", path: "FOLDER/.mayfly/s3/out/words" },
      ...{ files: 1, bytes: 30, format: "csv", rows: 3 },
    },
  ],
};
const files = {
  "mayfly.yaml": "jobs: {}\n",
  ".mayfly/s3/out/words/part-0.csv": "n,word\n1,one\n2,two\n3,\n",
  [`.mayfly/runs/${RUN}/run.json`]: JSON.stringify(record),
};
const own = { MAYFLY_CACHE: "" };
const err = (text: string) => text.replace(/\d+\.\d s$/m, "N s");
const sql = (...args: string[]) => ({
  files,
  env: own,
  before: ownCache,
  args: ["sql", ...args],
  err,
});

/** What is fetched and what is in the making lies in the folder of the transcript. */
async function ownCache(folder: string) {
  own.MAYFLY_CACHE = `${folder}/.cache`;
  return () => {};
}

const AWS: NodeJS.ProcessEnv = {};

async function startAthena(): Promise<() => void> {
  const catalog = smallAthena();
  const aws = await startSmallAws({}, {}, { services: catalog.services });
  aws.put("demo/words/day=1/a.csv", "n,word\n1,one\n");
  Object.assign(AWS, aws.env);
  const theirs = { Name: "theirs", Parameters: {}, partitions: [] };
  const ours = {
    ...{ Name: "words", partitions: [] },
    Parameters: { "mayfly:owner": "arn:aws:iam::123456789012:user/somebody" },
  };
  const tables = new Map([theirs, ours].map((one) => [one.Name, one]));
  catalog.databases.set("demo", { input: { Name: "demo" }, tables });
  return () => void aws.close();
}

const athena = (...args: string[]) => ({
  files,
  env: AWS,
  before: startAthena,
  args: ["athena", ...args],
});
const NOBODY = {
  AWS_CONFIG_FILE: "/nonexistent",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_REGION: "us-east-1",
};

export const queryTranscripts = {
  sql: [
    sql("select word, n from words order by n desc"),
    sql("select wrd\nfrom words"),
    sql("from wrods"),
    sql("select * from words whre n > 1"),
    sql("copy words to 'out.csv'"),
    sql("from '/etc/passwd'"),
    sql("from 's3://out/wrds'"),
    sql("from words", "--format", "jsn"),
    sql("from words", "--out", "words"),
    sql("from words where n = $n"),
    sql("from words", "--on", "sprak"),
    sql(),
  ],
  "athena tables": [
    athena("tables", "words=s3://demo/words", "--database", "new"),
    athena("tables", "words"),
    athena("tables", "nothing"),
    athena("tables", "theirs=s3://demo/words", "--database", "demo"),
    { files, args: ["athena", "tables"], env: NOBODY },
  ],
  "athena drop": [
    athena("drop", "--database", "demo"),
    athena("drop", "word", "--database", "demo"),
    athena("drop", "theirs", "--database", "demo"),
    { files, args: ["athena", "drop"], env: NOBODY },
  ],
  "athena clean": [
    athena("clean"),
    athena("clean", "everything"),
    athena("clean", "--all"),
    { files, args: ["athena", "clean"], env: NOBODY },
  ],
};
