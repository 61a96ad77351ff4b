import { useState } from "preact/hooks";
import { formatBytes, plural } from "../../../src/base/format.ts";
import type { Rows, RunRecord } from "../../../src/console/api.ts";
import { useLoad } from "../lib/load.ts";
import { to } from "../lib/route.ts";
import { Grid } from "../parts/grid.tsx";
import { Busy, Button, Empty, Trouble } from "../parts/parts.tsx";

type Output = NonNullable<RunRecord["outputs"]>[number];

export function Outputs({ record }: { record: RunRecord }) {
  const { outputs = [], state, id } = record;
  if (outputs.length === 0)
    return (
      <Empty title={state === "running" ? "No outputs yet." : "This run has no outputs."}>
        <p>
          {state === "running"
            ? "They are described when its last step has ended."
            : "Name places under outputs: in mayfly.yaml, and what a job writes there is described here."}
        </p>
      </Empty>
    );
  return outputs.map((output) => <One key={output.uri} run={id} output={output} />);
}

function One({ run, output }: { run: string; output: Output }) {
  const [open, setOpen] = useState(false);
  const { name, uri, rows, files, bytes, format, schema = [], missing } = output;
  return (
    <section class="card" aria-label={`output ${name}`}>
      <h2>{name}</h2>
      <p>
        <a href={to(["storage"], { uri })}>{uri}</a>
      </p>
      {missing ? (
        <p>Nothing was written there.</p>
      ) : (
        <>
          <p>
            {rows === undefined ? "" : `${plural(rows, "row")}, `}
            {plural(files, "file")}, {formatBytes(bytes)}, {format}
          </p>
          {schema.length > 0 && (
            <details>
              <summary>{plural(schema.length, "column")}</summary>
              <ul>
                {schema.map((column) => (
                  <li key={column.name}>
                    {column.name} <span class="type">{column.type}</span>
                  </li>
                ))}
              </ul>
            </details>
          )}
          <p class="row">
            <Button aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? "Hide the rows" : "First rows"}
            </Button>
            <a
              class="button"
              href={to(["sql"], { sql: `select * from "${name.replaceAll('"', '""')}" limit 100` })}
            >
              Query it
            </a>
          </p>
          {open && <First run={run} name={name} />}
        </>
      )}
    </section>
  );
}

function First({ run, name }: { run: string; name: string }) {
  const path = `api/runs/${encodeURIComponent(run)}/outputs/${encodeURIComponent(name)}`;
  const { data, problem, reload } = useLoad<Rows>(path);
  if (problem) return <Trouble problem={problem} again={reload} />;
  if (!data) return <Busy what="Reading" />;
  return (
    <>
      <p class="quiet">As it lies there now; a later run may have written it anew.</p>
      <Grid columns={data.columns} rows={data.rows} label={`first rows of ${name}`} />
    </>
  );
}
