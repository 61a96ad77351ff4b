import { createServer } from "node:http";
import { interrupt } from "../console/golden.ts";
import { ranProject } from "./project.ts";

/** Transcripts of what is done with dashboards, on a run that has written one table. */
const DASHBOARD = `title: Sales
inputs: { shop: { select: [North, South] } }
queries: { sales: "select day, amount from sales where shop = $shop" }
charts: [{ title: By day, query: sales, mark: bar, x: day, y: amount }]
`;
const FILES = {
  "mayfly.yaml": "jobs: { plain: { steps: [{ command: [echo, hello] }] } }\n",
  "dashboard.yaml": DASHBOARD,
};
const JOB = {
  ...FILES,
  "mayfly.yaml":
    "jobs: { sales: { steps: [{ command: [echo, hello] }], dashboard: dashboard.yaml } }\n",
};
const WRONG = { ...FILES, "dashboard.yaml": DASHBOARD.replace("mark: bar", "mark: bars") };
const COLUMN = { ...FILES, "dashboard.yaml": DASHBOARD.replace("y: amount", "y: amounts") };
const NAMED = {
  ...{ AWS_ENDPOINT_URL: "", AWS_REGION: "us-east-1" },
  ...{ AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" },
};

async function before(folder: string): Promise<() => void> {
  ranProject(folder, {
    sales: "day,shop,amount\n2026-01-01,North,10\n2026-01-02,North,12\n2026-01-02,South,7\n",
  });
  return () => {};
}

/** A bucket that takes whatever it is given. */
async function withBucket(folder: string): Promise<() => void> {
  await before(folder);
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      // A private bucket, whatever is asked of it.
      if (request.headers.authorization === undefined) return response.writeHead(403).end();
      response.setHeader("x-amz-bucket-region", "us-east-1").setHeader("etag", '"0"');
      response.setHeader("content-length", request.method === "HEAD" ? "3" : "0").end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  NAMED.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return () => void server.close();
}

/** Whose size follows from what the page is made of. */
const unsized = (text: string) =>
  text
    .replace(/[\d.]+ [KM]B/g, "N KB")
    .replace(/\$0\.\d+ \(estimate, prices of [\d-]+\)/, "$… (estimate, prices of …)")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, "… UTC");
const unsigned = (text: string) => text.replace(/(Date|Signature)=\w+|%2F\d{8}%2F/g, "$1…");

const all = (
  words: string,
  more: { env?: NodeJS.ProcessEnv; files?: Record<string, string> } = {},
) => ({
  ...{ files: FILES, before, err: unsized, ...more },
  args: ["dashboard", ...words.split(" ")],
});
const PLACE = "s3://results/sales.html";

export const dashboardTranscripts = {
  "dashboard build": [
    all("build sales --input shop=South", { files: JOB }),
    all("build", { files: WRONG }),
    all("build", { files: COLUMN }),
    all("build plain"),
    all("build dashboards.yaml"),
    all("build --input shop=West"),
    all("build --input shops=North"),
    all("build --input North"),
  ],
  "dashboard serve": [
    {
      ...all("serve --no-open"),
      before: async (folder: string) => {
        await before(folder);
        return interrupt();
      },
      out: (text: string) => text.replace(/token=[\w-]+/, "token=TOKEN"),
    },
    all("serve", { files: WRONG }),
    all("serve --port http"),
    all("serve plain"),
  ],
  "dashboard export": [
    all("export --format csv --format svg"),
    all("export --format jpg"),
    all("export --chart Day"),
    all("export --width 20"),
    all("export nowhere"),
  ],
  "dashboard publish": [
    { ...all(`publish ${PLACE}`, { env: NAMED }), before: withBucket, out: unsigned },
    all(`publish ${PLACE} --endpoint-url http://127.0.0.1:9 --expires 8d`),
    all(`publish ${PLACE}`),
    all("publish s3://results/ --live-s3"),
    all("publish"),
  ],
};
