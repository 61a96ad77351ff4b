import { useEffect, useRef } from "preact/hooks";
import { gone, session } from "./lib/api.ts";
import { listen } from "./lib/events.ts";
import { helpOpen, PAGES, SHORTCUTS } from "./lib/keys.ts";
import { lazily } from "./lib/lazily.tsx";
import { route, to } from "./lib/route.ts";
import { DashboardsPage } from "./other/dashboards.tsx";
import { RehearsalPage } from "./other/rehearsal.tsx";
import { Busy, Dialog, Empty, Trouble } from "./parts/parts.tsx";
import { ComparePage } from "./runs/compare.tsx";
import { RunsPage } from "./runs/list.tsx";
import { RunPage } from "./runs/run.tsx";
import { StoragePage } from "./storage/page.tsx";

const CheckPage = lazily(async () => (await import("./storage/check.tsx")).CheckPage);
const ClustersPage = lazily(async () => (await import("./clusters/page.tsx")).ClustersPage);
const MachinePage = lazily(async () => (await import("./machine/page.tsx")).MachinePage);
const PlanPage = lazily(async () => (await import("./money/plan.tsx")).PlanPage);
const PricesPage = lazily(async () => (await import("./money/prices.tsx")).PricesPage);
const SqlPage = lazily(async () => (await import("./sql/page.tsx")).SqlPage);

export function App() {
  const [page = "runs"] = route.value.path;
  const main = useRef<HTMLElement>(null);
  const title = PAGES.find(([, name]) => name === page)?.[2] ?? "Mayfly";
  useEffect(() => {
    document.title = title === "Mayfly" ? title : `${title} · Mayfly`;
    if (page !== "runs") listen({});
  }, [page, title]);
  const known = session.value;
  const may = typeof known !== "string" && "project" in known;
  return (
    <>
      <nav aria-label="Pages">
        <p class="brand">Mayfly</p>
        {PAGES.map(([, name, text]) => (
          <a key={name} href={to([name])} aria-current={name === page ? "page" : undefined}>
            {text}
          </a>
        ))}
        <div class="foot">
          {may && <p title="the project">{known.project}</p>}
          <p>
            <kbd>?</kbd> shortcuts
          </p>
        </div>
      </nav>
      <main ref={main} tabIndex={-1}>
        {gone.value && (
          <Trouble
            problem={{
              code: "gone",
              message: "The console does not answer any more.",
              remedy:
                "Start it again in the project's folder: mayfly console. What is shown here is as it was.",
            }}
          />
        )}
        {known === "asking" ? <Busy what="Signing in" /> : may ? <Page /> : <SignedOut />}
      </main>
      {helpOpen.value && <Help />}
    </>
  );
}

function Page() {
  const { path, values } = route.value;
  const [page = "runs", first, second] = path;
  if (page === "runs" && first !== undefined)
    return <RunPage id={first} tab={second ?? "overview"} key={first} />;
  if (page === "runs") return <RunsPage />;
  if (page === "compare") return <ComparePage left={first ?? ""} right={second ?? ""} />;
  if (page === "clusters") return <ClustersPage name={first} />;
  if (page === "plan") return <PlanPage />;
  if (page === "prices") return <PricesPage />;
  if (page === "machine") return <MachinePage tab={first} />;
  if (page === "storage" && first === "check") return <CheckPage />;
  if (page === "storage") return <StoragePage uri={values.uri ?? "."} />;
  if (page === "sql") return <SqlPage />;
  if (page === "dashboards") return <DashboardsPage file={values.file} />;
  if (page === "rehearsal") return <RehearsalPage />;
  return (
    <Empty title={`There is no page "${page}".`}>
      <p>
        <a href="#/runs">The runs</a> are a good place to begin.
      </p>
    </Empty>
  );
}

function SignedOut() {
  const known = session.value;
  if (typeof known === "string" || "project" in known) return null;
  return (
    <>
      <h1>Not signed in</h1>
      <Trouble problem={known} />
    </>
  );
}

function Help() {
  return (
    <Dialog
      title="Keyboard"
      close={() => {
        helpOpen.value = false;
      }}
    >
      <table>
        <tbody>
          {SHORTCUTS.map(([keys, what]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <form method="dialog" class="row end">
        <button type="submit">Close</button>
      </form>
    </Dialog>
  );
}
