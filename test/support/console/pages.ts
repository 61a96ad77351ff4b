import { RUNS } from "./project.ts";

/** Every page, in a state in which there is something to see: where it is, and what shows that it is there. */
export const PAGES: { name: string; at: string; shows: string; clicks?: string[] }[] = [
  { name: "runs", at: "#/runs", shows: "text=7 runs shown" },
  { name: "run-live", at: `#/runs/${RUNS.running}`, shows: "text=fit at train.py:40" },
  { name: "run-failed", at: `#/runs/${RUNS.failed}`, shows: "text=did you mean" },
  { name: "logs", at: `#/runs/${RUNS.good}/logs?step=1`, shows: "text=row 39999 " },
  {
    name: "outputs",
    at: `#/runs/${RUNS.better}/outputs`,
    shows: "text=0.91",
    clicks: ["text=First rows"],
  },
  { name: "compare", at: `#/compare/${RUNS.good}/${RUNS.failed}`, shows: "text=(differs)" },
  { name: "clusters", at: "#/clusters", shows: "text=Ends when idle for" },
  {
    name: "storage",
    at: "#/storage?uri=s3://results/&file=s3://results/accuracy/part-0.csv",
    shows: "text=All 7 rows",
  },
  {
    name: "check",
    at: "#/storage/check?uri=landing",
    shows: "text=Not as the others",
    clicks: ["button.main:enabled"],
  },
  {
    name: "sql",
    at: "#/sql?sql=select * from accuracy",
    shows: "text=0.91",
    clicks: ["button.main:enabled"],
  },
  {
    name: "sql-athena",
    at: "#/sql?sql=select * from words&on=athena",
    shows: "text=scanned",
    clicks: ["button.main:enabled"],
  },
  {
    name: "sql-spark",
    at: "#/sql?sql=select label, accuracy from accuracy&on=spark",
    shows: "text=A driver of Spark starts on this machine",
  },
  {
    name: "chart",
    at: "#/sql?sql=select label, accuracy from accuracy",
    shows: "figure svg[role=img]",
    clicks: ["button.main:enabled", "text=chart"],
  },
  { name: "dashboards", at: "#/dashboards", shows: "text=broken-dashboard.yaml" },
  {
    name: "dashboard",
    at: "#/dashboards?file=dashboard.yaml",
    shows: "h2 >> text=Nothing to see",
  },
  { name: "cluster", at: "#/clusters/lab", shows: "text=mayfly:owner" },
  {
    name: "open",
    at: "#/clusters?do=open&name=den&on=small&ttl=4h",
    shows: "text=What would be done",
  },
  {
    name: "left",
    at: "#/clusters?do=left",
    shows: "td >> text=it was opened to stay",
    clicks: ["button.main:enabled"],
  },
  { name: "plan", at: "#/plan?job=one-off&on=small", shows: "text=What would be done" },
  { name: "prices", at: "#/prices?type=m5&region=eu-west-3", shows: "text=m5.xlarge" },
  {
    name: "doctor",
    at: "#/machine/doctor",
    shows: "text=as of",
    clicks: ["button.main:enabled"],
  },
  { name: "warm", at: "#/machine/warm", shows: "td >> text=ready" },
  { name: "prune", at: "#/machine/prune?older=1d", shows: "text=6 items" },
  { name: "rehearsal", at: "#/rehearsal", shows: "text=struck 2 times" },
];
