import type { AthenaNeeds, PlacesView } from "../../../src/console/api.ts";
import { formatCost } from "../../../src/model/money/money.ts";
import { route } from "../lib/route.ts";

/** Where a statement is asked, as it stands in the address. */
export interface Place {
  on: string;
  database?: string | undefined;
  workgroup?: string | undefined;
  results?: string | undefined;
}

export function readPlace(): Place {
  const { on = "here", database, workgroup, results } = route.value.values;
  return on === "athena" ? { on, database, workgroup, results } : { on };
}

const PLACES: Record<string, string> = {
  here: "here (DuckDB)",
  spark: "Spark",
  athena: "Athena",
};

export function Where({
  place,
  needs,
  disabled,
  set,
}: {
  place: Place;
  needs: AthenaNeeds | undefined;
  disabled: boolean;
  set(place: Place): void;
}) {
  const field = (name: "database" | "workgroup" | "results", usual: string | undefined) => (
    <label class={name === "results" ? "grow row" : ""}>
      {name}{" "}
      <input
        class={name === "results" ? "grow mono" : "mono"}
        size={12}
        disabled={disabled}
        value={place[name] ?? ""}
        placeholder={usual ?? ""}
        onInput={(event) => set({ ...place, [name]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <div class="row">
      <label>
        Ask{" "}
        <select
          value={place.on}
          disabled={disabled}
          onChange={(event) => set({ on: event.currentTarget.value })}
        >
          {Object.entries(PLACES).map(([on, title]) => (
            <option key={on} value={on}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {place.on === "athena" && (
        <>
          {field("database", needs?.database)}
          {field("workgroup", needs?.workgroup)}
          {field("results", "s3://…")}
        </>
      )}
    </div>
  );
}

/** What happens once Run is pressed, and what that costs: said before. */
export function WhatItTakes({ place, view }: { place: Place; view: PlacesView | undefined }) {
  if (place.on === "spark") return <p class="quiet">{ofSpark(view?.spark)}</p>;
  if (place.on !== "athena" || !view) return null;
  const { region, profile, price, database, workgroup } = view.athena;
  const result = place.results || "where the workgroup says, or beside the tables,";
  return (
    <>
      <p>A query on Athena costs {formatCost(price)} for each TB that it reads, 10 MB at least.</p>
      <p class="quiet">
        It is asked in {region}
        {profile ? `, as the profile ${profile}` : ""}, in the workgroup{" "}
        {place.workgroup || workgroup}, of the tables of {place.database || database} in Glue's
        catalog. Its result lies in S3, {result} until it is read. AWS is asked nothing before Run.
      </p>
    </>
  );
}

function ofSpark(spark: PlacesView["spark"] | undefined): string {
  if (spark?.state === "ready")
    return "A driver of Spark is ready, for all queries of this console; it ends with it.";
  if (spark?.state === "starting")
    return `A driver of Spark starts. ${spark.note ?? "That takes some ten seconds."}`;
  return "A driver of Spark starts on this machine before the first query: some ten seconds, and minutes where Spark must be fetched (320 MB). It stays for all queries of this console, and ends with it.";
}
