import { useEffect, useState } from "preact/hooks";
import { formatDuration, plural } from "../../../src/base/format.ts";
import type { Ended, LeftView } from "../../../src/console/api.ts";
import { briefMoney } from "../../../src/model/money/money.ts";
import { listen } from "../lib/events.ts";
import { Button, Confirm, Empty, Head, Scroll } from "../parts/parts.tsx";
import { Outcome, Progress, useWork } from "../parts/work.tsx";

/** What carries our tags and was left: shown, then a question, then it ends. As `mayfly reap`. */
export function Left() {
  const [all, takeAll] = useState(false);
  const [olderThan, setOlder] = useState("");
  const [owner, setOwner] = useState("");
  const [asking, ask] = useState(false);
  const looking = useWork("left");
  const ending = useWork("reap");
  useEffect(() => listen({}), []);
  const wish = { all, olderThan, owner };
  const { found, said } = (looking.work?.found ?? {}) as Partial<LeftView>;
  const going = found?.filter(({ stays }) => !stays) ?? [];
  // What was asked for is what was looked for, and nothing has ended since.
  const ended = ending.work?.endedAt ?? 0;
  const stale = ended > (looking.work?.endedAt ?? 0);
  return (
    <>
      <p class="crumbs">
        <a href="#/clusters">Clusters</a> › what was left
      </p>
      <h1>What was left</h1>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          looking.begin("api/left/look", wish);
        }}
      >
        <label>
          <input
            type="checkbox"
            checked={all}
            onChange={(event) => takeAll(event.currentTarget.checked)}
          />{" "}
          also clusters that were opened to stay
        </label>
        <label>
          older than{" "}
          <input
            size={5}
            placeholder="1d"
            value={olderThan}
            onInput={(event) => setOlder(event.currentTarget.value.trim())}
          />
        </label>
        <label>
          of{" "}
          <input
            size={16}
            aria-label="of this owner"
            placeholder="our own"
            value={owner}
            onInput={(event) => setOwner(event.currentTarget.value.trim())}
          />
        </label>
        <button type="submit" class="main" disabled={looking.busy || ending.busy}>
          Look
        </button>
      </form>
      <Progress
        doing={looking}
        goes="Looking in the accounts and regions of this project's targets."
      />
      <Progress doing={ending} goes="It is being ended; it takes minutes.">
        {ending.work?.found !== undefined && <Outcome ended={ending.work.found as Ended} />}
        <p class="what">What was to end has been dealt with.</p>
      </Progress>
      {!found && !looking.busy && (
        <Empty title="Nothing was looked for yet.">
          <p>
            Finds by tag what our runs have left in the cloud, from whichever machine, and shows it:
            what each costs an hour, and why what stays does. Nothing ends before a question.
          </p>
        </Empty>
      )}
      {found?.length === 0 && !looking.busy && (
        <Empty title="Nothing is left of ours.">
          <p>No cluster, security group or key pair there carries our tags.</p>
        </Empty>
      )}
      {found && found.length > 0 && !stale && (
        <>
          <div class="row">
            <p class="grow quiet" role="status">
              {plural(going.length, "thing")} to be ended, {found.length - going.length} that stay
            </p>
            <Button
              kind="danger"
              disabled={going.length === 0 || looking.busy || ending.busy}
              onClick={() => ask(true)}
            >
              End these
            </Button>
          </div>
          <Table found={found} />
        </>
      )}
      {asking && (
        <Confirm
          title={`End ${plural(going.length, "thing")}`}
          close={() => ask(false)}
          does={() => ending.begin("api/left/end", { ...said, shown: going.map(({ key }) => key) })}
        >
          <ul>
            {going.map(({ key, ours }) => (
              <li key={key}>
                {ours.what} {ours.id}
              </li>
            ))}
          </ul>
          <p>The tags of each are looked at once more right before. Data in HDFS is lost.</p>
        </Confirm>
      )}
    </>
  );
}

const Table = ({ found }: Pick<LeftView, "found">) => (
  <Scroll label="what was left">
    <table>
      <Head columns={["What", "Region", "Run", "Age", "An hour (estimate)", "Becomes"]} />
      <tbody>
        {found.map(({ key, ours: { what, id, region, run, createdAt, perHour }, stays }) => (
          <tr key={key}>
            <td>
              {what} <span class="mono">{id}</span>
            </td>
            <td>{region}</td>
            <td class="mono">{run}</td>
            <td>{createdAt === undefined ? "" : formatDuration(Date.now() - createdAt)}</td>
            <td>{perHour ? briefMoney(perHour) : ""}</td>
            <td class="words">{stays ? `stays: ${stays}` : "to be ended"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);
