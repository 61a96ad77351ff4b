import { useEffect, useState } from "preact/hooks";
import { formatBytes } from "../../../src/base/format.ts";
import type { FileItem, FilePage, Problem } from "../../../src/console/api.ts";
import { ask, problemOf, session } from "../lib/api.ts";
import { listen } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { go, query, route, to } from "../lib/route.ts";
import { Busy, Empty, Trouble, time } from "../parts/parts.tsx";
import { Preview } from "./preview.tsx";

/** Files of the project, of S3 and of HDFS: a folder at a time. */
export function StoragePage({ uri }: { uri: string }) {
  const { file } = route.value.values;
  const { data, problem, reload } = useLoad<FilePage>(`api/files?${query({ uri })}`);
  const [wanted, want] = useState(uri);
  useEffect(() => want(uri), [uri]);
  useEffect(() => listen({}), []);
  const known = session.value;
  const live = typeof known !== "string" && "live" in known ? known.live : undefined;
  return (
    <>
      <h1>Storage</h1>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          go(to(["storage"], { uri: wanted }));
        }}
      >
        <a class="button" href={to(["storage"])}>
          Project
        </a>
        <a class="button" href={to(["storage"], { uri: "s3://" })}>
          s3://
        </a>
        <a class="button" href={to(["storage"], { uri: "hdfs:///" })}>
          hdfs://
        </a>
        <input
          class="grow mono"
          data-search
          aria-label="Path or URI"
          value={wanted}
          onInput={(event) => want(event.currentTarget.value)}
        />
        <button type="submit">Go</button>
        {data && uri !== "s3://" && (
          <a class="button" href={to(["storage", "check"], { uri: data.uri })}>
            Check
          </a>
        )}
      </form>
      <p class="quiet">
        {uri.startsWith("s3") &&
          (live?.s3
            ? "S3 itself."
            : "Buckets are folders of this project, in .mayfly/s3; mayfly console --live-s3 shows S3 itself.")}
        {uri.startsWith("hdfs") &&
          (live?.hdfs
            ? "HDFS itself."
            : "HDFS is a folder of this project, .mayfly/hdfs; mayfly console --webhdfs URL shows a real one.")}
      </p>
      <Crumbs uri={data?.uri ?? uri} />
      {problem && <Trouble problem={problem} again={reload} />}
      {!data && !problem && <Busy what="Listing" />}
      {data && uri !== "s3://" && <Upload folder={data.uri} done={reload} />}
      {data?.items.length === 0 && <Empty title="Nothing lies here." />}
      {data && data.items.length > 0 && <Table page={data} uri={uri} />}
      {data?.more && (
        <p class="quiet">There is more than is listed: go into a folder, or use mayfly fs ls.</p>
      )}
      {file !== undefined && <Preview uri={file} close={() => go(to(["storage"], { uri }))} />}
    </>
  );
}

function Crumbs({ uri }: { uri: string }) {
  const [, root = "", rest = uri] = /^(\w+:\/\/\/?|\/)(.*)$/.exec(uri) ?? [];
  const parts = rest.split("/").filter(Boolean);
  if (parts.length === 0) return null;
  const known = session.value;
  const project = typeof known !== "string" && "project" in known ? known.project : "/";
  // Of this machine's folders those above the project are not shown.
  const closed = (to: string) => root === "/" && !`${to}/`.startsWith(`${project}/`);
  return (
    <p class="crumbs mono">
      {root}
      {parts.map((part, i) => {
        const here = `${root}${parts.slice(0, i + 1).join("/")}`;
        return (
          <span key={`${i} ${part}`}>
            {closed(here) ? part : <a href={to(["storage"], { uri: `${here}/` })}>{part}</a>}/
          </span>
        );
      })}
    </p>
  );
}

function Table({ page, uri }: { page: FilePage; uri: string }) {
  const href = ({ kind, uri: its }: FileItem) =>
    kind === "folder" ? to(["storage"], { uri: its }) : to(["storage"], { uri, file: its });
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">Changed</th>
            <th scope="col">
              <span class="quiet">Download</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {page.items.map((item) => (
            <tr key={item.uri}>
              <td class="mono">
                <a data-row href={href(item)}>
                  {item.name}
                </a>
              </td>
              <td class="number">{item.kind === "folder" ? "" : formatBytes(item.bytes)}</td>
              <td>{item.modified === 0 ? "" : time(item.modified)}</td>
              <td>
                {item.kind === "file" && (
                  <a
                    href={`api/files/content?${query({ uri: item.uri })}`}
                    download
                    aria-label={`download ${item.name}`}
                  >
                    ↓
                  </a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Upload({ folder, done }: { folder: string; done(): void }) {
  const [state, set] = useState<{ busy?: string; problem?: Problem; said?: string }>({});
  const upload = async (file: File) => {
    set({ busy: file.name });
    try {
      const uri = `${folder.replace(/\/?$/, "/")}${file.name}`;
      await ask(`api/files/content?${query({ uri })}`, { method: "POST", body: file });
      set({ said: `${file.name} is there` });
      done();
    } catch (error) {
      set({ problem: problemOf(error) });
    }
  };
  return (
    <>
      <p class="row">
        <label>
          Upload{" "}
          <input
            type="file"
            disabled={state.busy !== undefined}
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              if (file)
                void upload(file).finally(() => {
                  currentTarget.value = "";
                });
            }}
          />
        </label>
        <span role="status" class="quiet">
          {state.busy ? `uploading ${state.busy}…` : state.said}
        </span>
      </p>
      {state.problem && <Trouble problem={state.problem} />}
    </>
  );
}
