import { useEffect } from "preact/hooks";
import { plural } from "../../../src/base/format.ts";
import type { PriceRow, PriceTable } from "../../../src/console/api.ts";
import { priceCells } from "../../../src/model/money/cells.ts";
import { listen } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { go, query, route, to } from "../lib/route.ts";
import { Busy, Button, Empty, Scroll, Trouble } from "../parts/parts.tsx";
import { Progress, useWork } from "../parts/work.tsx";

interface Updated {
  file: string;
  missing: string[];
  types: string[];
  regions: string[];
}

/** What looks like one type, and not like the beginning of some. */
const TYPE = /^[a-z]\w*\.(\d+x)?\w+$/;

/** What things cost, and from which day the prices are. */
export function PricesPage() {
  const { type = "", region = "" } = route.value.values;
  const path = `api/prices?${query({ region })}`;
  const { data, problem, reload } = useLoad<PriceTable>(path);
  const doing = useWork("prices", reload);
  useEffect(() => listen({}), []);
  const narrow = (values: Record<string, string>) =>
    go(to(["prices"], { type, region, ...values }), true);
  const wanted = type.trim().toLowerCase();
  const rows = data?.rows.filter(({ what }) => what.includes(wanted)) ?? [];
  const shown = region || data?.rows[0]?.region || "";
  const regions = [...new Set([...(data?.regions ?? []), shown])].filter(Boolean).sort();
  const update = () =>
    doing.begin("api/prices/update", {
      types: TYPE.test(wanted) ? [wanted] : [],
      regions: region || TYPE.test(wanted) ? [shown] : [],
    });
  return (
    <>
      <h1>Prices</h1>
      <div class="row">
        <input
          class="grow"
          type="search"
          data-search
          aria-label="Filter by instance type"
          placeholder="m5.xlarge"
          value={type}
          onInput={(event) => narrow({ type: event.currentTarget.value })}
        />
        <select
          aria-label="Region"
          value={shown}
          onChange={(event) => narrow({ region: event.currentTarget.value })}
        >
          {regions.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <Button disabled={doing.busy} onClick={update}>
          Ask AWS
        </Button>
      </div>
      {problem && <Trouble problem={problem} again={reload} />}
      <Progress doing={doing} goes="Asking AWS for prices.">
        <Asked updated={doing.work?.found as Updated | undefined} />
      </Progress>
      {!data && !problem && <Busy what="Reading prices" />}
      {data && rows.length === 0 && <Nothing type={wanted} region={shown} />}
      {rows.length > 0 && (
        <>
          <p class="quiet" role="status">
            {plural(rows.length, "price")}, in dollars
          </p>
          <Table rows={rows} />
        </>
      )}
      {data && (
        <section class="quiet" aria-label="Sources">
          {sourcesOf(data, rows).map(({ of, from }) => (
            <p key={`${of} ${from}`} class="words">
              {of}: {from}
            </p>
          ))}
          <p class="words">prices of your own: {data.own}</p>
        </section>
      )}
    </>
  );
}

/** Of those that are shown. */
const sourcesOf = ({ sources }: PriceTable, rows: PriceRow[]) =>
  sources.filter(({ of, from }) =>
    rows.some(({ prices }) =>
      Object.values(prices).some((price) => price?.of === of && price.from === from),
    ),
  );

function Asked({ updated }: { updated: Updated | undefined }) {
  if (!updated) return null;
  const { types, regions, missing, file } = updated;
  return (
    <>
      <p class="what">
        AWS was asked for {types.join(", ")} in {regions.join(", ")}.
      </p>
      {missing.map((one) => (
        <p key={one}>AWS does not say clearly: {one}</p>
      ))}
      <p class="quiet">kept in {file}</p>
    </>
  );
}

const Nothing = ({ type, region }: { type: string; region: string }) => (
  <Empty title={`No price is known of "${type}" in ${region}.`}>
    <p>
      {TYPE.test(type)
        ? "Ask AWS for it, with the button above: that needs credentials and the permission pricing:GetProducts."
        : "Write a whole instance type, as m5.xlarge, and AWS can be asked for it."}{" "}
      Prices of your own can be written into the file named below. What has no price is unknown in
      every figure.
    </p>
  </Empty>
);

const Table = ({ rows }: { rows: PriceRow[] }) => (
  <Scroll label="prices">
    <table>
      <thead>
        <tr>
          <th scope="col">Region</th>
          <th scope="col">What</th>
          {["On demand", "Spot", "EMR"].map((title) => (
            <th key={title} scope="col" class="number">
              {title}
            </th>
          ))}
          <th scope="col">Per</th>
          <th scope="col">Of</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const [region, what, onDemand, spot, emr, unit, of] = priceCells(row);
          return (
            <tr key={`${region} ${what}`}>
              <td>{region}</td>
              <td class="mono">{what}</td>
              {[onDemand, spot, emr].map((cell, i) => (
                <td key={i} class={cell === "unknown" ? "number quiet" : "number"}>
                  {cell}
                </td>
              ))}
              <td>{unit}</td>
              <td>{of}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  </Scroll>
);
