import { useEffect, useRef, useState } from "preact/hooks";
import { formatDuration, plural } from "../../../src/base/format.ts";
import type { Problem, Rows } from "../../../src/console/api.ts";
import { kindOf } from "../../dashboard/draw/rows.ts";
import { problemOf } from "../lib/api.ts";
import { Grid } from "../parts/grid.tsx";
import { Empty, Trouble } from "../parts/parts.tsx";

const MARKS = ["bar", "line", "dot", "area"] as const;
type Mark = (typeof MARKS)[number];

export function Result({ result }: { result: Rows }) {
  const { columns, rows, more, ms, note } = result;
  const [as, show] = useState<"rows" | "chart">("rows");
  return (
    <>
      <div class="row">
        <span class="grow quiet" role="status">
          {more ? `the first ${plural(rows.length, "row")}` : plural(rows.length, "row")} in{" "}
          {formatDuration(ms)}
          {note === undefined ? "" : `; ${note}`}
        </span>
        <label>
          <input type="radio" name="as" checked={as === "rows"} onChange={() => show("rows")} />{" "}
          rows
        </label>
        <label>
          <input type="radio" name="as" checked={as === "chart"} onChange={() => show("chart")} />{" "}
          chart
        </label>
      </div>
      {rows.length === 0 ? (
        <Empty title="The query went well; no row fits.">
          <p>{columns.map(({ name }) => name).join(", ")}</p>
        </Empty>
      ) : as === "rows" ? (
        <Grid columns={columns} rows={rows} label="result" />
      ) : (
        <Chart result={result} />
      )}
    </>
  );
}

function Chart({ result }: { result: Rows }) {
  const place = useRef<HTMLDivElement>(null);
  const { columns } = result;
  const names = columns.map(({ name }) => name);
  const number = columns.findLast(({ type }) => kindOf(type) === "number")?.name;
  const [mark, setMark] = useState<Mark>("bar");
  const [x, setX] = useState(names.find((name) => name !== number) ?? names[0] ?? "");
  const [y, setY] = useState(number ?? names.at(-1) ?? "");
  const [color, setColor] = useState("");
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    let closed = false;
    import("../other/drawing.ts").then(
      ({ card }) => {
        if (closed || !place.current) return;
        const title = `${y} by ${x}`;
        const chart = { mark, query: "result", x, y, title, ...(color ? { color } : {}) };
        const width = Math.max(300, place.current.clientWidth - 40);
        const wish = { document, width, tips: true, id: "chart" };
        place.current.replaceChildren(card(chart, result, wish));
      },
      (error: unknown) => setProblem(problemOf(error)),
    );
    return () => {
      closed = true;
    };
  }, [mark, x, y, color, result]);
  const choose = (
    label: string,
    value: string,
    options: readonly string[],
    set: (to: string) => void,
  ) => (
    <label>
      {label}{" "}
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        {options.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      <div class="row">
        {choose("mark", mark, MARKS, (one) => setMark(one as Mark))}
        {choose("across", x, names, setX)}
        {choose("up", y, names, setY)}
        {choose("colour", color, ["", ...names], setColor)}
      </div>
      {problem && <Trouble problem={problem} />}
      <div ref={place} class="mf-dashboard" />
    </>
  );
}
