import * as v from "valibot";
import { didYouMean, nearest } from "../../base/nearest.ts";
import { wordsWithin } from "../file/words.ts";
import { type Dashboard, dashboardSchema, INPUT_FORMS, MARKS } from "./schema.ts";
import { inputsIn } from "./sql.ts";

export type Path = (string | number)[];

export interface Mistake {
  path: Path;
  problem: string;
  remedy: string | undefined;
  /** It is in the name, not in its value. */
  name?: boolean;
}

/** How the file looks itself: a list passes for names in JavaScript, and null for nothing. */
interface Look {
  isNamed(path: Path): boolean;
  isThere(path: Path): boolean;
}

const SHOWN = "docs/dashboards.md shows every word with an example";
const said = (path: Path) => path.join(".");
const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** What does not have the form of a dashboard. */
export function shapeMistakes(content: unknown, look: Look): Mistake[] {
  const file = record(content);
  const named = [["queries"], ["inputs"], ...charts(file).map(({ i }) => ["charts", i, "colors"])]
    .filter((path) => look.isThere(path) && !look.isNamed(path))
    .map((path) => ({ path, problem: `${said(path)} has no names`, remedy: "write NAME: value" }));
  if (named.length > 0) return named;
  const taken = ["queries", "inputs"].flatMap((kind) =>
    Object.keys(record(file[kind]))
      .filter((name) => name in {} || name === "prototype")
      .map((name) => ({
        path: [kind, name],
        name: true,
        problem: `"${name}" cannot be a name here`,
        remedy: "every object of JavaScript has that already: take another one",
      })),
  );
  if (taken.length > 0) return taken;
  const result = v.safeParse(dashboardSchema, content);
  // What a union says of itself does not tell which form was meant; the word that is there does.
  const whole = (result.issues ?? []).filter(
    ({ path }) => !(path?.[0]?.key === "inputs" && path[1]),
  );
  return [
    ...whole.map((issue) => fromIssue(issue, [])),
    ...Object.entries(record(file.inputs)).flatMap(([name, one]) => inputMistakes(name, one)),
  ];
}

const charts = (file: Record<string, unknown>) =>
  (Array.isArray(file.charts) ? file.charts : []).map((one: unknown, i) => ({
    chart: record(one),
    i,
  }));

function inputMistakes(name: string, content: unknown): Mistake[] {
  const path = ["inputs", name];
  if (!/^[A-Za-z_]\w*$/.test(name))
    return [
      {
        path,
        problem: `"${name}" is no name of an input`,
        remedy: "SQL has it as $NAME: letters, digits and _, no digit first",
      },
    ];
  const forms = Object.keys(INPUT_FORMS) as (keyof typeof INPUT_FORMS)[];
  const keys = Object.keys(record(content));
  const [form, other] = forms.filter((one) => keys.includes(one));
  if (!form || other)
    return [
      {
        path,
        problem: `${said(path)} has ${keys.join(" and ") || "nothing"}; an input has exactly one of ${forms.join(", ")}`,
        remedy: keys.map((key) => didYouMean(key, forms)).find(Boolean) ?? SHOWN,
      },
    ];
  return (v.safeParse(INPUT_FORMS[form], content).issues ?? []).map((issue) =>
    fromIssue(issue, path),
  );
}

const EXPECTED: Record<string, string> = {
  Array: "a list",
  Object: "names with their values",
  string: "a text",
  number: "a number",
  boolean: "true or false",
};

function fromIssue(issue: v.BaseIssue<unknown>, prefix: Path): Mistake {
  const path = [...prefix, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  const key = String(path.at(-1) ?? "");
  const present = record(issue.path?.at(-1)?.input);
  const known = wordsAt(path, present);
  if (issue.expected === "never")
    return {
      path,
      name: true,
      problem: `${said(path)} is not a word of ${"mark" in present ? `the mark ${present.mark}` : "this file"}`,
      remedy: didYouMean(key, known) ?? `known here: ${known.join(", ")}`,
    };
  if (
    issue.input === undefined &&
    typeof path.at(-1) === "string" &&
    (issue.kind === "schema" || issue.type === "variant")
  ) {
    const at = path.slice(0, -1);
    const [near] = nearest(
      key,
      Object.keys(present).filter((one) => !known.includes(one)),
    );
    return {
      path: near === undefined ? at : [...at, near],
      name: near !== undefined,
      problem: `${said(at) || "the file"} has no ${key}:`,
      remedy:
        near !== undefined
          ? `"${near}" is not a word here; did you mean "${key}"?`
          : key === "mark"
            ? `one of ${Object.keys(MARKS).join(", ")}`
            : SHOWN,
    };
  }
  if (issue.input === undefined)
    return {
      path: path.slice(0, -1),
      problem: `${said(path.slice(0, -1))} has too few values`,
      remedy: "write [FROM, TO]",
    };
  // JSON has no word for a number without end.
  const json = typeof issue.input === "number" ? `${issue.input}` : JSON.stringify(issue.input);
  const got = (json ?? "nothing").slice(0, 80);
  // Of several forms, the one that got further than its first look was meant.
  const within = issue.issues?.find(({ path: deeper }) => (deeper?.length ?? 0) > 0);
  if (issue.type === "union" && within) return fromIssue(within, path);
  const words = [...(issue.expected ?? "").matchAll(/"([^"]+)"/g)].map(([, word = ""]) => word);
  const expected =
    issue.kind === "validation" || issue.kind === "transformation"
      ? issue.message
      : words.length > 1
        ? `one of ${words.join(", ")}`
        : (EXPECTED[issue.expected ?? ""] ?? issue.expected ?? issue.message);
  return {
    path,
    problem: `${said(path) || "the file"} is ${got}; expected ${expected}`,
    remedy: (typeof issue.input === "string" ? didYouMean(issue.input, words) : undefined) ?? SHOWN,
  };
}

/** The words that may stand where the last one of a path does. */
function wordsAt(path: Path, present: Record<string, unknown>): string[] {
  const within = path.slice(0, -1).map(String);
  const [top, , ...deeper] = within;
  if (top === "inputs")
    return Object.keys(INPUT_FORMS).flatMap((form) =>
      form in present ? Object.keys(INPUT_FORMS[form as "date"].entries) : [],
    );
  if (top !== "charts") return Object.keys(dashboardSchema.entries);
  const mark = MARKS[present.mark as keyof typeof MARKS];
  if (deeper.length === 0 && mark) return Object.keys(mark.entries);
  return [...new Set(Object.values(MARKS).flatMap((one) => wordsWithin(one, deeper)))];
}

/** What has the right form and means nothing: a query that is not there, an input that nobody uses. */
export function meaningMistakes({ queries = {}, inputs = {}, charts: all }: Dashboard): Mistake[] {
  const names = Object.keys(queries);
  const known = Object.keys(inputs);
  const used = new Set(Object.values(queries).flatMap(inputsIn));
  const noQuery = (path: Path, name: string): Mistake[] =>
    Object.hasOwn(queries, name)
      ? []
      : [
          {
            path,
            problem: `there is no query "${name}"`,
            remedy:
              didYouMean(name, names) ??
              (names.length > 0
                ? `there are ${names.join(", ")}`
                : `write it below queries: as ${name}: select …`),
          },
        ];
  return [
    ...all.flatMap((chart, i) =>
      "query" in chart ? noQuery(["charts", i, "query"], chart.query) : [],
    ),
    ...all.flatMap((chart, i) =>
      "colors" in chart && chart.colors && !chart.color
        ? [
            {
              path: ["charts", i, "colors"],
              problem: "colors without color",
              remedy: "add color: and the column that the colours stand for",
            },
          ]
        : [],
    ),
    ...Object.entries(queries).flatMap(([name, sql]) =>
      inputsIn(sql)
        .filter((one) => !known.includes(one))
        .map((one) => ({
          path: ["queries", name],
          problem: `the query uses $${one}, and there is no such input`,
          remedy: didYouMean(one, known) ?? `write it below inputs: as ${one}: { select: [a, b] }`,
        })),
    ),
    ...Object.entries(inputs).flatMap(([name, input]): Mistake[] => [
      ...(used.has(name)
        ? []
        : [
            {
              path: ["inputs", name],
              problem: `no query uses the input "${name}"`,
              remedy: `write $${name} in one, or leave the input out`,
            },
          ]),
      ...("select" in input && !Array.isArray(input.select)
        ? listMistakes(name, input.select.query)
        : []),
      ...valueMistakes(["inputs", name], input),
    ]),
  ];

  function listMistakes(name: string, query: string): Mistake[] {
    const path = ["inputs", name, "select", "query"];
    const missing = noQuery(path, query);
    if (missing.length > 0 || inputsIn(queries[query] ?? "").length === 0) return missing;
    return [
      {
        path,
        problem: `the query "${query}" uses inputs itself`,
        remedy: "a list to choose from comes from a query without inputs",
      },
    ];
  }
}

type Input = NonNullable<Dashboard["inputs"]>[string];

function valueMistakes(path: Path, input: Input): Mistake[] {
  const wrong = (word: string, problem: string, remedy: string) => [
    { path: [...path, word], problem, remedy },
  ];
  if ("select" in input) {
    const { select, default: value } = input;
    if (!Array.isArray(select) || value === undefined || select.includes(value)) return [];
    const words = select.map(String);
    return wrong(
      "default",
      `"${value}" is not in the list`,
      didYouMean(String(value), words) ?? `it has ${words.join(", ")}`,
    );
  }
  const word = "range" in input ? "range" : "date";
  const [from, to] = "range" in input ? input.range : input.date;
  const badDay =
    "date" in input &&
    [from, to, input.default].find((day) => day !== undefined && !isDay(String(day)));
  if (badDay) return wrong(word, `"${badDay}" is no day`, "write it as 2026-01-31");
  if (from > to) return wrong(word, `${from} is after ${to}`, `write [${to}, ${from}]`);
  const value = input.default;
  if (value === undefined || (value >= from && value <= to)) return [];
  return wrong("default", `${value} is not between ${from} and ${to}`, "choose one that is");
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
