import type { TableView } from "../../../src/console/api.ts";
import type { Loaded } from "../lib/load.ts";
import { to } from "../lib/route.ts";
import { Busy, Button, Trouble } from "../parts/parts.tsx";

/** The tables, with their columns: each output of a run is one, under its name. */
export function Schema({
  tables: { data, problem, reload },
  use,
}: {
  tables: Loaded<TableView[]>;
  use(sql: string): void;
}) {
  return (
    <>
      <h2>Tables</h2>
      {problem && <Trouble problem={problem} again={reload} />}
      {!data && !problem && <Busy what="Opening" />}
      {data?.length === 0 && (
        <p class="quiet">
          None yet: the outputs of runs that went well are tables, under their names.
        </p>
      )}
      {data?.map(({ name, columns = [], not, uri, run }) => (
        <details key={name}>
          <summary class="mono">{name}</summary>
          <p class="quiet">
            {uri}, of run <a href={to(["runs", run])}>{run.slice(-6)}</a>
          </p>
          {not && <p class="problem">It cannot be asked: {not}.</p>}
          <ul>
            {columns.map((column) => (
              <li key={column.name} class="mono">
                {column.name} <span class="type">{column.type}</span>
              </li>
            ))}
            <li>
              <Button
                onClick={() => use(`select * from "${name.replaceAll('"', '""')}" limit 100`)}
              >
                Show rows of {name}
              </Button>
            </li>
          </ul>
        </details>
      ))}
    </>
  );
}
