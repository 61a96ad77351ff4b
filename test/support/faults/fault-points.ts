import { openFaults } from "../../../src/rehearsal/faults/faults.ts";
import { KIND_NAMES, type KindName, kindOf } from "../../../src/rehearsal/faults/rules/kinds.ts";
import { checkRule, type Rule } from "../../../src/rehearsal/faults/rules/rule.ts";
import { oursIn } from "./account.ts";
import { judge, tell } from "./judge.ts";
import { type Drawn, loop, type Total, type Try } from "./loop.ts";
import { makeCache, makeWorld } from "./world.ts";

const ARGS = ["run", "both", "--on", "own"];
/** Once, and more often than a request is asked again. */
const TIMES = [1, 8];
/** A client's patience is real: what hangs does so for a while only. */
const SECONDS: Partial<Record<KindName, number>> = { hang: 2, slow: 2, "not-found": 3 };

/** Each of the rehearsal's faults at each operation that the run asks for, and in its cluster's life. */
async function rulesOf(cache: string): Promise<Rule[]> {
  const world = await makeWorld(cache, openFaults());
  try {
    await world.run(ARGS);
    const asked = [...new Set(world.aws.asked.map(operationOf))];
    return KIND_NAMES.flatMap((kind) => {
      const { at, services } = kindOf(kind);
      const more = SECONDS[kind] === undefined ? {} : { seconds: SECONDS[kind] };
      const about = asked.filter(([service]) => !services || services.includes(service));
      const wishes = [
        ...(at === "cluster"
          ? []
          : about.map(([service, operation]) => ({ kind, service, operation, ...more }))),
        ...(at === "request" ? [] : [{ kind, ...more }]),
      ];
      return wishes.flatMap((wish) => TIMES.flatMap((times) => ruleOf({ ...wish, times })));
    });
  } finally {
    await world.close();
  }
}

/** Nothing where such a rule could never strike. */
function ruleOf(wish: object): Rule[] {
  try {
    return [checkRule(wish)];
  } catch {
    return [];
  }
}

/** As a rule names it: of S3 it is found by method and path. */
function operationOf(asked: string): [string, string] {
  const [service = "", operation = "", url = ""] = asked.split(" ");
  if (service !== "s3") return [service, operation];
  const [path = "", query = ""] = url.replace(/^\/+/, "").split("?");
  if (path === "") return [service, "ListBuckets"];
  if (query.includes("list-type")) return [service, "ListObjectsV2"];
  if (!path.replace(/\/$/, "").includes("/")) return [service, "CreateBucket"];
  return [service, { PUT: "PutObject", HEAD: "HeadObject" }[operation] ?? "GetObject"];
}

const describe = ({ kind, service = "", operation = "", times }: Rule) =>
  `${kind} ${service} ${operation} x${times}`;

/** What is wrong after a run with a fault, and one reap; undefined where it never struck. */
async function suffer(rule: Rule, elsewhere: boolean, cache: string) {
  const book = openFaults();
  const world = await makeWorld(cache, book);
  const story = tell(world);
  try {
    book.add([rule]);
    const late = setTimeout(() => world.signal("SIGTERM"), 150_000);
    const ran = await story.run(ARGS);
    clearTimeout(late);
    const [counted] = book.clear();
    if (!counted || counted.struck === 0) return undefined;
    const left = await oursIn(world.aws);
    // What is left has been told.
    if (left.length > 0 && !/still there|not known to be gone|next command/.test(ran.err))
      story.wrong.push(`says nothing of ${left}`);
    if (ran.code === 0 && left.length > 0) story.wrong.push(`ended with 0, and left ${left}`);
    if (ran.signal) story.wrong.push(`ended by ${ran.signal}`);
    if (ran.code === 5) story.wrong.push("takes it for a bug of its own");
    await judge(world, story, { elsewhere, stays: false });
  } finally {
    await world.close();
  }
  return story.all();
}

export async function faultPoints(drawn: Drawn, say: (line: string) => void): Promise<Total> {
  const cache = makeCache();
  try {
    const rules = await rulesOf(cache.path);
    say(`faults: ${new Set(rules.map(({ kind }) => kind)).size} kinds`);
    const tries = rules.map(
      (rule, i): Try => ({
        what: describe(rule),
        wrong: () => suffer(rule, i % 4 > 1, cache.path),
      }),
    );
    return await loop(tries, drawn, say);
  } finally {
    cache.remove();
  }
}
