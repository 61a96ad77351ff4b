import assert from "node:assert/strict";
import type { EmrCluster } from "../../../src/aws/emr.ts";
import type { Machine, SequenceWorld } from "./world.ts";

/** What there must be. */
export interface Model {
  /** Ours that must be alive, by id. */
  alive: Map<string, Alive>;
  /** Runs of processes that died, with where: what they made may be there until somebody ends it. */
  dead: Map<string, { machine: string; opening?: string }>;
  /** Openings that were killed: `machine name`. */
  killed: Set<string>;
  /** Not ours, though some of their tags look so. */
  alike: Set<string>;
  /** What each machine calls them. */
  known: Map<string, Map<string, string>>;
}

export interface Alive {
  run: string;
  name: string;
  /** Made of the same words as any other that has it: free to be taken. */
  free: boolean;
  protected: boolean;
}

export const newModel = (machines: Machine[]): Model => ({
  alive: new Map(),
  dead: new Map(),
  killed: new Set(),
  alike: new Set(),
  known: new Map(machines.map(({ name }) => [name, new Map()])),
});

const ENDS = /^TERMINAT/;

export interface Seen {
  id: string;
  run: string;
  owner: string;
  name: string;
  /** The run that works on it, or has died over that. */
  holder: string;
  state: string;
}

/** Of clusters that are over nothing changes any more. */
const over = new WeakMap<SequenceWorld, Map<string, Seen>>();

/** All clusters that EMR has had, as anybody may see them; it is asked by no network, for it is asked after every command. */
export async function seenBy(world: SequenceWorld): Promise<Seen[]> {
  const { emr } = world.aws;
  const known = over.get(world) ?? new Map<string, Seen>();
  over.set(world, known);
  const { Clusters, Marker } = await emr<{ Clusters: EmrCluster[]; Marker?: string }>(
    "ListClusters",
    { CreatedAfter: 0 },
  );
  assert.equal(Marker, undefined, "a second page, which nobody reads here");
  return Promise.all(
    Clusters.map(async ({ Id }) => {
      const before = known.get(Id);
      if (before) return before;
      const { Cluster } = await emr<{ Cluster: EmrCluster }>("DescribeCluster", { ClusterId: Id });
      const { Tags = [], Status } = Cluster;
      const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value ?? "";
      const [run = "", owner = "", name = ""] = [
        "mayfly:run",
        "mayfly:owner",
        "mayfly:cluster",
      ].map(tag);
      const [holder = ""] = tag("mayfly:lock").split(" ");
      const seen = { id: Id, run, owner, name, holder, state: Status.State };
      if (/^TERMINATED/.test(seen.state)) known.set(Id, seen);
      return seen;
    }),
  );
}

/** What holds after every command, whatever it was. */
export async function holds(world: SequenceWorld, model: Model): Promise<void> {
  const seen = await seenBy(world);
  const alive = seen.filter(({ state }) => !ENDS.test(state));
  for (const id of model.alike)
    assert.ok(
      alive.some((one) => one.id === id),
      `${id}, which only looks like ours, is gone`,
    );
  const ours = alive.filter(({ id, run }) => !model.alike.has(id) && !model.dead.has(run));
  assert.deepEqual(
    ours.map(({ id }) => id).sort(),
    [...model.alive.keys()].sort(),
    "what is alive, and what must be",
  );
  const made = seen.filter(({ id }) => !model.alike.has(id)).map(({ run }) => run);
  assert.equal(new Set(made).size, made.length, "a run has made two clusters");
  // What was made for a cluster goes with it.
  const runs = new Set([...[...model.alive.values()].map(({ run }) => run), ...model.dead.keys()]);
  for (const { tags } of [...world.aws.ec2.groups.values(), ...world.aws.ec2.keys.values()])
    if (tags["mayfly:run"] !== undefined)
      assert.ok(runs.has(tags["mayfly:run"]), `left of ${tags["mayfly:run"]}`);
}
