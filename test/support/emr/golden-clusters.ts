import { forgetCluster } from "../../../src/engine/clusters/records.ts";
import { up } from "../../../src/engine/clusters/up.ts";
import { startSmallAws } from "../servers/small-aws.ts";

/** Transcripts of what is done with clusters, on as much of AWS as that needs. */
const SMALL: NodeJS.ProcessEnv = {};
const TARGETS = {
  "mayfly.yaml": "targets: { small: { kind: emr, workers: 2 } }\n",
};

/** An account with nothing in it. */
async function startAws(): Promise<() => void> {
  const aws = await startSmallAws();
  Object.assign(SMALL, aws.env);
  return () => {
    forgetCluster("lab");
    void aws.close();
  };
}

/** The same with a cluster that has been opened before. */
async function startLab(folder: string): Promise<() => void> {
  const end = await startAws();
  const { signal } = new AbortController();
  await up(
    { name: "lab", on: "small", cwd: folder, env: { ...process.env, ...SMALL }, signal },
    () => {},
  );
  return () => {
    end();
    // The state folder is one for all transcripts.
    forgetCluster("lab");
  };
}

const steadyId = (text: string) =>
  text
    .replace(/j-[A-Z0-9]{13} */g, (id) => `j-ID${id.endsWith(" ") ? " " : ""}`)
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, "DATE")
    .replace(/^(CLUSTER|lab) .*idle.*|^CLUSTER.*AGE.*/gm, (line) =>
      line.replace(/idle +[\dN.]+ s +\d+ h \d+ min/, "idle AGE LEFT").replace(/ +/g, " "),
    );

/** In which of its states a cluster is seen depends on the moment. */
const steadyState = (text: string) => steadyId(text).replace(/.*cluster j-ID is [A-Z]+\n/g, "");

export const on = (args: string[], files: Record<string, string> = {}) => ({
  files: { ...files, ...TARGETS },
  ...{ before: startLab, env: SMALL, args },
  out: steadyId,
  err: steadyState,
});

export const clusterTranscripts = {
  up: [
    { ...on(["up", "lab", "--on", "small", "--budget", "$5"]), before: startAws },
    on(["up", "lab", "--on", "small"]),
    { files: TARGETS, args: ["up", "lab", "--on", "smal", "--plan"] },
    { files: TARGETS, args: ["up"] },
    { files: TARGETS, args: ["up", "small"] },
    { files: TARGETS, args: ["up", "2nd lab"] },
    { files: TARGETS, args: ["up", "lab", "--on", "local"] },
    { files: TARGETS, args: ["up", "lab", "--ttl", "soon"] },
    { files: TARGETS, args: ["up", "lab", "--budget", "much"] },
  ],
  down: [
    on(["down", "lab"]),
    on(["down", "lap"]),
    { args: ["down"] },
    { args: ["down", "lab", "--force"] },
  ],
  resize: [
    on(["resize", "lab", "4"]),
    on(["resize", "lab", "0"]),
    on(["resize", "lab"]),
    on(["resize", "lab", "more"]),
  ],
  extend: [
    on(["extend", "lab", "2h"]),
    on(["extend", "lab"]),
    on(["extend", "lab", "long"]),
    on(["extend", "lob", "2h"]),
  ],
  reap: [
    on(["reap", "--all", "--yes"]),
    { args: ["reap", "now"] },
    on(["reap", "--older-than", "yesterday"]),
    { args: ["reap", "--force"] },
  ],
};
