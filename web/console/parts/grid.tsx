import { useRef, useState } from "preact/hooks";
import { kindOf } from "../../dashboard/draw/rows.ts";

const ROW = 28;
const AROUND = 10;

type Cell = string | number | boolean | null | object;

const shown = (cell: Cell) =>
  cell === null ? "" : typeof cell === "object" ? JSON.stringify(cell) : String(cell);

/** What its cell cuts stands whole where somebody points; a megabyte helps nobody. */
const isLong = (cell: Cell) => cell !== null && shown(cell).length > 40;
const MOST_SHOWN = 10_000;

/** Rows of a result; only those are drawn that are seen. */
export function Grid({
  columns,
  rows,
  label,
}: {
  columns: { name: string; type: string }[];
  rows: Cell[][];
  label: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const height = place.current?.clientHeight || 600;
  const first = Math.max(0, Math.floor(top / ROW) - AROUND);
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW) + AROUND);
  return (
    <section
      ref={place}
      class="grid"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too
      tabIndex={0}
      aria-label={label}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map(({ name, type }, i) => (
              <th
                key={`${i} ${name}`}
                scope="col"
                class={kindOf(type) === "number" ? "number" : ""}
              >
                {name} <span class="type">{type}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Space rows={first} columns={columns.length} />
          {rows.slice(first, last).map((row, i) => (
            <tr key={first + i} aria-rowindex={first + i + 2}>
              {row.map((cell, j) => (
                <td
                  key={j}
                  title={isLong(cell) ? shown(cell).slice(0, MOST_SHOWN) : undefined}
                  class={
                    cell === null
                      ? "null"
                      : kindOf(columns[j]?.type ?? "") === "number"
                        ? "number"
                        : ""
                  }
                >
                  {cell === null ? "null" : shown(cell)}
                </td>
              ))}
            </tr>
          ))}
          <Space rows={rows.length - last} columns={columns.length} />
        </tbody>
      </table>
    </section>
  );
}

const Space = ({ rows, columns }: { rows: number; columns: number }) =>
  rows > 0 ? (
    <tr>
      <td colSpan={columns} style={{ height: `${rows * ROW}px`, padding: 0 }} />
    </tr>
  ) : null;
