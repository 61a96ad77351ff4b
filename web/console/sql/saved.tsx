import { useState } from "preact/hooks";
import type { Problem, SavedQuery } from "../../../src/console/api.ts";
import { post, problemOf } from "../lib/api.ts";
import type { Loaded } from "../lib/load.ts";
import { Button, Trouble } from "../parts/parts.tsx";

/** Kept as files in the project's folder `queries`. */
export function Saved({
  saved: { data, problem, reload },
  use,
  text,
}: {
  saved: Loaded<SavedQuery[]>;
  use(sql: string): void;
  text(): string;
}) {
  const [name, setName] = useState("");
  const [state, set] = useState<{ said?: string; problem?: Problem }>({});
  const save = async () => {
    try {
      const { path } = await post<{ path: string }>("api/sql/saved", { name, sql: text() });
      set({ said: `saved in ${path}` });
      reload();
    } catch (error) {
      set({ problem: problemOf(error) });
    }
  };
  return (
    <>
      <h2>Saved queries</h2>
      {problem && <Trouble problem={problem} again={reload} />}
      {data?.length === 0 && <p class="quiet">None yet.</p>}
      <ul style={{ paddingLeft: 0 }}>
        {data?.map((one) => (
          <li key={one.name}>
            <Button onClick={() => use(one.sql)}>{one.name}</Button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p class="row">
          <input
            class="grow"
            aria-label="Save under this name"
            placeholder="name"
            required
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit">Save</button>
        </p>
      </form>
      {state.said && (
        <p class="quiet" role="status">
          {state.said}
        </p>
      )}
      {state.problem && <Trouble problem={state.problem} />}
    </>
  );
}
