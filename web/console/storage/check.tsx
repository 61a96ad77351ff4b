import { useEffect, useState } from "preact/hooks";
import { formatBytes, formatCount, plural } from "../../../src/base/format.ts";
import type { BriefFile, BriefReport, CheckView, Problem, Some } from "../../../src/console/api.ts";
import { post, problemOf } from "../lib/api.ts";
import { listen } from "../lib/events.ts";
import { go, route, to } from "../lib/route.ts";
import { Button, Empty, Head, Scroll, Trouble, time } from "../parts/parts.tsx";
import { Progress, useWork } from "../parts/work.tsx";

/** Whether files agree about their schema: what `mayfly data check` says, as it looks. */
export function CheckPage() {
  const { uri = "" } = route.value.values;
  const [wanted, want] = useState(uri);
  const [most, setMost] = useState("10000");
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => want(uri), [uri]);
  useEffect(() => listen({}), []);
  const doing = useWork(`check ${uri}`);
  const { work, busy } = doing;
  const { report, count = 0, of } = (work?.found ?? {}) as CheckView;
  const begin = () => {
    const next = wanted.trim();
    setProblem(undefined);
    if (next !== uri) go(to(["storage", "check"], { uri: next }));
    doing.begin("api/data/check", { uri: next, files: most }, `check ${next}`);
  };
  const cancel = () =>
    post("api/data/check/cancel", { uri }).catch((error: unknown) => setProblem(problemOf(error)));
  const far =
    of === undefined
      ? `${plural(count, "file")} listed`
      : `${formatCount(count)} of ${plural(of, "file")} looked at`;
  return (
    <>
      <p class="crumbs">
        <a href={to(["storage"], { uri: uri || undefined })}>Storage</a> ›{" "}
        <span class="mono">{uri}</span>
      </p>
      <h1>Check of data</h1>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <input
          class="grow mono"
          data-search
          aria-label="Path, pattern or URI"
          value={wanted}
          onInput={(event) => want(event.currentTarget.value)}
        />
        <label>
          files at most{" "}
          <input
            size={7}
            inputMode="numeric"
            value={most}
            onInput={(event) => setMost(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="main" disabled={busy}>
          Check
        </button>
        <Button disabled={!busy} onClick={() => void cancel()}>
          Cancel
        </Button>
      </form>
      {problem && <Trouble problem={problem} />}
      {(busy || work?.problem || doing.problem) && (
        <Progress doing={doing} goes={`Checking: ${far}.`} />
      )}
      {!work && !busy && !doing.problem && (
        <Empty title="Nothing was looked at yet.">
          <p>
            Looks whether the files below agree about their schema, as{" "}
            <code>mayfly data check</code> does, and what Spark makes of it. Of each file its head
            or its footer is read: a request or two where it lies in S3. Nothing is written.
          </p>
        </Empty>
      )}
      {!busy && report && <Report report={report} at={work?.endedAt ?? 0} />}
    </>
  );
}

function Report({ report, at }: { report: BriefReport; at: number }) {
  const { agree, verdict, files, read, groups, differ, unread, empty, spark, instead } = report;
  const all = files.looked === files.found;
  return (
    <>
      <div class={`notice ${agree ? "" : "warm"}`} role="status">
        <p class="what">{`${verdict.slice(0, 1).toUpperCase()}${verdict.slice(1)}.`}</p>
        <p>
          {plural(files.found, "file")}, {formatBytes(files.bytes)}
          {all ? "" : `, ${formatCount(files.looked)} of them looked at, evenly spread`} (
          {formatBytes(read.bytes)} read), as of {time(at)}.
        </p>
      </div>
      {groups.shown.map((group, i) => (
        <Group key={group.example} group={group} number={i + 1} />
      ))}
      <More of={groups} />
      <Files title={groups.all > 0 ? "Not as the others" : "Cannot be read"} files={differ} />
      <Files title="Not looked into" files={unread} />
      {empty.all > 0 && (
        <>
          <h2>Empty, which Spark does not mind</h2>
          <ul>
            {empty.shown.map((uri) => (
              <li key={uri} class="mono words">
                {uri}
              </li>
            ))}
          </ul>
          <More of={empty} />
        </>
      )}
      {spark.length > 0 && (
        <>
          <h2>What Spark 3.5 does</h2>
          <ul>
            {spark.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      <h2>Write instead</h2>
      {instead.code && (
        <section
          class="code"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too
          tabIndex={0}
          aria-label="what to write instead"
        >
          <pre>{instead.code.join("\n")}</pre>
        </section>
      )}
      <p class="words">{instead.text}</p>
    </>
  );
}

function Group({
  group,
  number,
}: {
  group: BriefReport["groups"]["shown"][number];
  number: number;
}) {
  const { words, columns } = group;
  return (
    <section class="card" aria-label={`group ${number}`}>
      <h2>
        Group {number}: {words}
      </h2>
      <p class="mono words">
        {columns.shown.map(({ name, type }, i) => (
          <span key={name}>
            {i > 0 && ", "}
            {name} <span class="type">{type}</span>
          </span>
        ))}
        {columns.all > columns.shown.length &&
          `, and ${formatCount(columns.all - columns.shown.length)} more`}
      </p>
      <p class="quiet words">for example {group.example}</p>
    </section>
  );
}

function Files({ title, files }: { title: string; files: Some<BriefFile> }) {
  if (files.all === 0) return null;
  return (
    <>
      <h2>{title}</h2>
      <Scroll label={title}>
        <table>
          <Head columns={["File", "Group", "How"]} />
          <tbody>
            {files.shown.map(({ uri, group, problems }) => (
              <tr key={uri}>
                <th scope="row" class="mono words">
                  {uri}
                </th>
                <td>{group}</td>
                <td class="words">
                  {problems.shown.join("; ")}
                  {problems.all > problems.shown.length &&
                    `; and ${problems.all - problems.shown.length} more`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <More of={files} />
    </>
  );
}

const More = ({ of: { shown, all } }: { of: Some<unknown> }) =>
  all > shown.length ? (
    <p class="quiet">
      And {formatCount(all - shown.length)} more; <code>mayfly data check --json</code> names all.
    </p>
  ) : null;
