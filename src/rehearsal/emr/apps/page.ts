import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logShipper, type Put } from "../../logs.ts";
import { escapeMarkup, htmlPage } from "../../markup.ts";
import type { Cluster } from "../cluster.ts";
import { logFolder } from "../view.ts";

export interface Bucket {
  put: Put;
  /** An address at which anybody can read it for so long. */
  link(uri: string, seconds: number): Promise<string>;
}

/** EMR's guide, "View persistent application user interfaces": a link holds for an hour. */
const SECONDS = 3600;

/**
 * What a link to an application user interface leads to: a page in the cluster's log bucket with the event logs of its Spark
 * applications, which any Spark History Server reads. Undefined for a cluster without logs.
 */
export async function linkToPage(cluster: Cluster, bucket: Bucket): Promise<string | undefined> {
  const { uri } = logShipper(logFolder(cluster), bucket.put);
  const page = uri("sparklogs/index.html", "");
  if (!page) return undefined;
  const rows: string[] = [];
  for (const name of cluster.eventLogs ?? []) {
    const link = await bucket.link(uri(`sparklogs/${name}`, "") ?? "", SECONDS);
    rows.push(`<li><a href="${escapeMarkup(link)}">${escapeMarkup(name)}</a>`);
  }
  const folder = mkdtempSync(join(tmpdir(), "mayfly-"));
  try {
    const file = join(folder, "index.html");
    const title = `Spark applications of ${cluster.name} (${cluster.id})`;
    writeFileSync(
      file,
      htmlPage(
        title,
        `<h1>${escapeMarkup(title)}</h1>
<p>Event logs, as they are now. A rehearsal has no Spark History Server; one of your own reads them.</p>
<ul>${rows.join("\n")}</ul>
`,
      ),
    );
    await bucket.put(page, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return bucket.link(page, SECONDS);
}
