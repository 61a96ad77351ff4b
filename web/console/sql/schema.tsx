import type { TableView } from "../../../src/console/api.ts";
import type { Loaded } from "../lib/load.ts";
import { to } from "../lib/route.ts";
import { Busy, Button, Trouble } from "../parts/parts.tsx";

/** The tables of a place, with their columns: each output of a run is one, under its name. */
export function Schema({
  tables: { data, problem, reload },
  on,
  use,
  list,
}: {
  tables: Loaded<TableView[]>;
  on: string;
  use(sql: string): void;
  /** Where they are not asked for by themselves. */
  list?: () => void;
}) {
  // Spark quotes names in its own way.
  const quote = on === "spark" ? "`" : '"';
  const quoted = (name: string) => `${quote}${name.replaceAll(quote, quote + quote)}${quote}`;
  return (
    <>
      <h2>Tables</h2>
      {problem && <Trouble problem={problem} again={reload} />}
      {list && (
        <p>
          <Button onClick={list}>Ask Glue for them</Button>
        </p>
      )}
      {!list && !data && !problem && <Busy what="Opening" />}
      {data?.length === 0 && (
        <p class="quiet">
          {on === "athena"
            ? "None there: mayfly athena tables makes them, over the outputs of runs that lie in S3."
            : "None yet: the outputs of runs that went well are tables, under their names."}
        </p>
      )}
      {data?.map(({ name, columns = [], not, uri, run }) => (
        <details key={name}>
          <summary class="mono">{name}</summary>
          <p class="quiet">
            {uri}
            {run !== "" && (
              <>
                , of run <a href={to(["runs", run])}>{run.slice(-6)}</a>
              </>
            )}
          </p>
          {not && <p class="problem">It cannot be asked: {not}.</p>}
          <ul>
            {columns.map((column) => (
              <li key={column.name} class="mono">
                {column.name} <span class="type">{column.type}</span>
              </li>
            ))}
            <li>
              <Button onClick={() => use(`select * from ${quoted(name)} limit 100`)}>
                Show rows of {name}
              </Button>
            </li>
          </ul>
        </details>
      ))}
    </>
  );
}
