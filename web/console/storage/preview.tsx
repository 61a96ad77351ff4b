import { useEffect, useRef } from "preact/hooks";
import { formatBytes, plural } from "../../../src/base/format.ts";
import type { Rows, TextPreview } from "../../../src/console/api.ts";
import { useLoad } from "../lib/load.ts";
import { query, to } from "../lib/route.ts";
import { Grid } from "../parts/grid.tsx";
import { Busy, Button, Trouble } from "../parts/parts.tsx";

const DATA = /\.(parquet|csv|tsv|json|jsonl|ndjson)(\.gz)?$/i;

/** What is in a file: rows where it has some, text otherwise. */
export function Preview({ uri, close }: { uri: string; close(): void }) {
  const place = useRef<HTMLElement>(null);
  // A long folder would hide it below its end.
  useEffect(() => {
    place.current?.scrollIntoView({ block: "start" });
    place.current?.focus({ preventScroll: true });
  }, [uri]);
  return (
    <section ref={place} class="card" tabIndex={-1} aria-label={`preview of ${uri}`}>
      <div class="row">
        <h2 class="grow mono">{uri}</h2>
        <a class="button" href={`api/files/content?${query({ uri })}`} download>
          Download
        </a>
        <a class="button" href={to(["storage", "check"], { uri })} aria-label={`Check ${uri}`}>
          Check
        </a>
        <Button onClick={close}>Close</Button>
      </div>
      {DATA.test(uri) ? <DataRows uri={uri} /> : <Text uri={uri} />}
    </section>
  );
}

function DataRows({ uri }: { uri: string }) {
  const { data, problem } = useLoad<Rows>(`api/files/rows?${query({ uri })}`);
  if (problem) return <Trouble problem={problem} />;
  if (!data) return <Busy what="Reading" />;
  return (
    <>
      <p class="quiet">
        {data.more ? "The first" : "All"} {plural(data.rows.length, "row")}.
      </p>
      <Grid columns={data.columns} rows={data.rows} label={`rows of ${uri}`} />
    </>
  );
}

function Text({ uri }: { uri: string }) {
  const { data, problem } = useLoad<TextPreview>(`api/files/text?${query({ uri })}`);
  if (problem) return <Trouble problem={problem} />;
  if (!data) return <Busy what="Reading" />;
  if (data.binary) return <p>It is no text; {formatBytes(data.bytes)}.</p>;
  return (
    <>
      {data.shown < data.bytes && (
        <p class="quiet">
          The first {formatBytes(data.shown)} of {formatBytes(data.bytes)}.
        </p>
      )}
      <section
        class="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too
        tabIndex={0}
        aria-label="its text"
      >
        <pre>{data.text}</pre>
      </section>
    </>
  );
}
