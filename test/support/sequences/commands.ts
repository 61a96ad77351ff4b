import assert from "node:assert/strict";
import fc from "fast-check";
import type { MayflyError } from "../../../src/base/errors.ts";
import { extend, resize } from "../../../src/engine/clusters/change.ts";
import { down } from "../../../src/engine/clusters/down.ts";
import { findInAccount, listClusters } from "../../../src/engine/clusters/list.ts";
import { recoverOpenings } from "../../../src/engine/clusters/opening.ts";
import { findLeft, reap } from "../../../src/engine/clusters/reap.ts";
import { clusterNamed, readCluster } from "../../../src/engine/clusters/records.ts";
import { up } from "../../../src/engine/clusters/up.ts";
import { run } from "../../../src/engine/run.ts";
import { recoverRuns } from "../../../src/engine/runs/recover.ts";
import { attemptsOf, readJournal } from "../../../src/journal/journal.ts";
import { CALLER } from "../servers/small-aws.ts";
import { type Model, type Seen, seenBy } from "./model.ts";
import type { Machine, SequenceWorld } from "./world.ts";

const DOING = [
  ...["up", "up", "down", "down", "run", "linger", "reuse", "reuse", "resize", "extend"],
  ...["ls", "account", "reap", "reap-all", "protect", "unprotect", "alike", "kill", "kill", "kill"],
] as const;

/** What somebody does: on which machine, to which name; `count` is how many requests one that is killed still makes. */
export interface Command {
  do: (typeof DOING)[number];
  there: boolean;
  name: number;
  count: number;
  answered: boolean;
}

export const command: fc.Arbitrary<Command> = fc.record({
  do: fc.constantFrom(...DOING),
  there: fc.boolean(),
  name: fc.integer({ min: 0, max: 2 }),
  count: fc.integer({ min: 0, max: 45 }),
  answered: fc.boolean(),
});

const NAMES = ["lab", "den", "pit"];

export async function perform(one: Command, world: SequenceWorld, model: Model): Promise<void> {
  const machine = world.machines[one.there ? 1 : 0] as Machine;
  const name = NAMES[one.name] as string;
  const known = model.known.get(machine.name) as Map<string, string>;
  const env = world.on(machine);
  const { signal } = new AbortController();
  const cwd = machine.project;
  const change = { cluster: name, env, signal };
  const quiet = () => {};
  // One that is over is known until somebody looks at it, be it an opening that is killed right after.
  if (!model.alive.has(known.get(name) ?? "")) {
    const its = readCluster(name)?.id;
    if (its === undefined) known.delete(name);
    else known.set(name, its);
  }
  const id = known.get(name);
  const it = id === undefined ? undefined : model.alive.get(id);

  const runIt = async (target: { linger?: string; reuse?: boolean }) => {
    const handle = await run({ job: "ok", cwd, on: "one", target }, { env });
    const { record, exitCode } = await handle.outcome;
    assert.deepEqual([exitCode, record.state], [0, "succeeded"], JSON.stringify(record));
    assert.ok((record.cost?.usd ?? 0) >= 0);
    await recovered();
    return record;
  };
  /** Those of dead processes are asked to end by whoever comes next on that machine. */
  const recovered = async () => {
    const dead = [...model.dead].filter(([, { machine: where }]) => where === machine.name);
    // What a run of another machine has taken for itself, and died over, is left to that one's lock.
    const free = ({ holder }: Seen) =>
      (model.dead.get(holder)?.machine ?? machine.name) === machine.name;
    for (const [run] of dead) await allGone([run], world, free);
  };
  switch (one.do) {
    case "up": {
      const used = [...model.alive.values()].some((other) => other.name === name);
      const result = await up({ name, on: "one", cwd, env, signal }, quiet).catch(asRefusal);
      await recovered();
      if ("refused" in result) {
        const dying = (await seenBy(world)).some(
          (other) => other.name === name && model.dead.has(other.run),
        );
        // For five minutes nobody knows whether what was asked for right before it died was made.
        const unsure =
          /not known to be gone/.test(result.refused.message) &&
          model.killed.has(`${machine.name} ${name}`);
        assert.ok(used || dying || unsure, `up ${name}: ${result.refused.message}`);
      } else {
        assert.ok(!used, `up ${name} though there is one`);
        known.set(name, result.id);
        const { run: its } = result;
        model.alive.set(result.id, { run: its, name, free: true, protected: false });
      }
      return;
    }
    case "down": {
      const result = await Promise.resolve(name)
        .then(clusterNamed)
        .then((record) => down(record, { env, signal, unprotect: false }, quiet))
        .catch(asRefusal);
      if ("refused" in result) {
        // One that is over is known until somebody looks at it, be it for its name.
        assert.ok(!it, result.refused.message);
        return void known.delete(name);
      }
      assert.ok(id !== undefined);
      if (it?.protected) return assert.match(result.remains.join(), /protected from termination/);
      assert.match(result.gone.join(), new RegExp(id));
      known.delete(name);
      return void model.alive.delete(id);
    }
    case "run": {
      const { receipt } = await runIt({});
      assert.equal(receipt?.gone.filter((each) => each.startsWith("cluster ")).length, 1);
      return;
    }
    case "linger": {
      const { id: its } = await runIt({ linger: "10m" });
      const made = (await seenBy(world)).filter((each) => each.run === its);
      assert.equal(made.length, 1);
      return keep(made[0], false);
    }
    case "reuse": {
      const { id: its, receipt } = await runIt({ reuse: true });
      const made = (await seenBy(world)).filter((each) => each.run === its);
      if (made.length === 1) return keep(made[0], true);
      // It has made none: it has taken one that was free, maybe one that a dead process has left and nobody ended yet.
      assert.ok([...model.alive.values()].some(({ free }) => free) || model.dead.size > 0);
      assert.equal(receipt?.gone.length, 0);
      return;
    }
    case "resize": {
      const workers = 1 + (one.count % 4);
      const result = await resize(change, workers, quiet).catch(asRefusal);
      if ("refused" in result) return assert.ok(!it, result.refused.message);
      const groups = await world.emr.listGroups(result.id);
      const core = groups.find(({ InstanceGroupType }) => InstanceGroupType === "CORE");
      return assert.equal(core?.RequestedInstanceCount, workers);
    }
    case "extend": {
      const result = await extend(change, 3_600_000, quiet).catch(asRefusal);
      if ("refused" in result) return assert.ok(!it, result.refused.message);
      return assert.ok(result.endsAt > Date.now() + 3_600_000);
    }
    case "ls":
    case "account": {
      await recoverRuns(cwd);
      await recoverOpenings(env);
      if (one.do === "account") {
        await findInAccount(cwd, env);
        for (const [each, { name: its }] of model.alive) if (!known.has(its)) known.set(its, each);
        // What a dead process was opening is there for everybody, until somebody ends it.
        for (const { id: each, name: its, run: of, state } of await seenBy(world))
          if (its && model.dead.has(of) && !/^TERMINAT/.test(state) && !known.has(its))
            known.set(its, each);
      }
      for (const { record, now } of await listClusters(env)) {
        if (!model.dead.has(record.run))
          assert.equal(now?.state === "ended", !model.alive.has(record.id), JSON.stringify(now));
        if (now?.state === "ended") known.delete(record.name);
        else assert.equal(now?.protected, model.alive.get(record.id)?.protected ?? false);
      }
      return recovered();
    }
    case "reap":
    case "reap-all": {
      await recoverOpenings(env);
      const all = one.do === "reap-all";
      const verdicts = await findLeft({ cwd, env, signal, all });
      const closing = await reap(verdicts, { env, signal }, quiet);
      assert.deepEqual(closing.pending, []);
      // What a dead process has left carries our tags: wherever it died.
      await allGone([...model.dead.keys()], world, (each) => (all ? true : each.name === ""));
      if (!all) return;
      for (const [each, its] of model.alive) if (!its.protected) model.alive.delete(each);
      for (const [called, each] of [...known])
        if (closing.gone.includes(`cluster ${each}`)) known.delete(called);
      return;
    }
    case "protect":
    case "unprotect": {
      const others = [...model.alive].sort();
      const [each, its] = others[one.count % Math.max(1, others.length)] ?? [];
      if (!each || !its) return;
      its.protected = one.do === "protect";
      return world.emr.protect(each, its.protected);
    }
    case "alike": {
      if (model.alike.size > 2) return;
      const tags = [
        { Key: "mayfly:run", Value: "20260101-000000-abcdef" },
        { Key: "mayfly:owner", Value: one.answered ? `${CALLER}-else` : "somebody" },
        { Key: "mayfly:cluster", Value: name },
      ];
      const flow = {
        ...{ Name: `mayfly ${name} 20260101-000000-abcdef`, ReleaseLabel: "emr-7.12.0" },
        Instances: { InstanceCount: 1, MasterInstanceType: "m5.xlarge", ...KEEP },
        ...{ JobFlowRole: "EMR_EC2_DefaultRole", ServiceRole: "EMR_DefaultRole" },
        // Our own tags but for the owner; or ours as nobody of ours writes them.
        Tags: one.count % 2 ? tags : tags.map(({ Key, Value }) => ({ Key: `x${Key}`, Value })),
      };
      return void model.alike.add(await world.emr.runJobFlow(flow));
    }
    case "kill": {
      const { env: mortal, dead } = world.mortal(one.count, one.answered);
      if (one.name === 0) return killOpening(mortal, dead);
      const target = one.name === 1 ? {} : { reuse: true };
      const begun = run({ job: "ok", cwd, on: "one", target }, { env: mortal });
      world.leave(begun);
      const handle = await Promise.race([begun, dead]);
      if (!handle) return; // before it had an id
      const outcome = handle.outcome.catch(() => undefined);
      world.leave(outcome, handle.cancel);
      const ended = await Promise.race([outcome.then(() => true), dead]);
      model.dead.set(handle.id, { machine: machine.name });
      if (ended && target.reuse) {
        model.dead.delete(handle.id);
        const [made] = (await seenBy(world)).filter(({ run: its }) => its === handle.id);
        return made && keep(made, true);
      }
      world.bury(machine, { run: handle.id });
      // It died after it had left its cluster to the next run: that one stays, as was asked for.
      const left = attemptsOf(readJournal(handle.folder));
      if (!left.some(({ intent, done }) => done && intent.do === "keep-cluster")) return;
      model.dead.delete(handle.id);
      return keep(
        (await seenBy(world)).find(({ run: its }) => its === handle.id),
        true,
      );
    }
  }

  function keep(made: { id: string; run: string; name: string } | undefined, free: boolean) {
    assert.ok(made);
    known.set(made.name, made.id);
    model.alive.set(made.id, { run: made.run, name: made.name, free, protected: false });
  }

  async function killOpening(mortal: NodeJS.ProcessEnv, dead: Promise<void>) {
    const before = new Set((await seenBy(world)).map(({ id: each }) => each));
    const abort = new AbortController();
    const opening = up({ name, on: "one", cwd, env: mortal, signal: abort.signal }, quiet);
    world.leave(opening, () => abort.abort());
    const opened = await Promise.race([opening.catch(asRefusal), dead]);
    if (opened && "refused" in opened) return;
    if (opened) return keep({ ...opened, name }, true);
    world.bury(machine, { cluster: name });
    model.killed.add(`${machine.name} ${name}`);
    const [made] = (await seenBy(world)).filter(({ id: each }) => !before.has(each));
    const dying = { machine: machine.name, opening: name };
    if (made) return void model.dead.set(made.run, dying);
    // It died before there was a cluster: what it made carries its run, which is nobody else's.
    const others = new Set([
      ...[...model.alive.values()].map(({ run: its }) => its),
      ...model.dead.keys(),
    ]);
    for (const { tags } of world.aws.ec2.groups.values()) {
      const its = tags["mayfly:run"];
      if (its && !others.has(its)) model.dead.set(its, dying);
    }
  }
}

const KEEP = { KeepJobFlowAliveWhenNoSteps: true };

const asRefusal = (error: MayflyError) => {
  assert.ok(error.exitCode === 2, `${error.code}: ${error.stack}`);
  return { refused: error };
};

/** Asked to end, a cluster is gone a moment later. */
async function allGone(
  runs: string[],
  world: SequenceWorld,
  which: (one: Seen) => boolean = () => true,
): Promise<void> {
  if (runs.length === 0) return;
  for (let tries = 0; ; tries++) {
    const left = (await seenBy(world)).filter(
      (one) => runs.includes(one.run) && which(one) && !/^TERMINATED/.test(one.state),
    );
    if (left.length === 0) return;
    // Long enough here, and short enough for a sequence that fails to be made shorter.
    assert.ok(tries < 200, `not ended: ${JSON.stringify(left)}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
