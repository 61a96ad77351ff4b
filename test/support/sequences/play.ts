import assert from "node:assert/strict";
import { recoverOpenings } from "../../../src/engine/clusters/opening.ts";
import { findLeft, reap } from "../../../src/engine/clusters/reap.ts";
import { recoverRuns } from "../../../src/engine/runs/recover.ts";
import { type Command, perform } from "./commands.ts";
import { holds, newModel, seenBy } from "./model.ts";
import { sequenceWorld } from "./world.ts";

/** One sequence in an account of its own; in the end one command on each machine leaves nothing of ours. */
export async function play(commands: Command[], done: (command: Command) => void): Promise<void> {
  const world = await sequenceWorld();
  try {
    const model = newModel(world.machines);
    for (const one of commands) {
      await perform(one, world, model);
      await holds(world, model);
      done(one);
    }
    for (const [id, one] of model.alive) if (one.protected) await world.emr.protect(id, false);
    for (const machine of world.machines) {
      const env = world.on(machine);
      const { signal } = new AbortController();
      await recoverRuns(machine.project);
      await recoverOpenings(env);
      const verdicts = await findLeft({ cwd: machine.project, env, signal, all: true });
      await reap(verdicts, { env, signal }, () => {});
    }
    model.alive.clear();
    model.dead.clear();
    await holds(world, model);
    assert.equal(
      (await seenBy(world)).filter(({ state }) => !/^TERMINAT/.test(state)).length,
      model.alike.size,
    );
  } finally {
    await world.close();
  }
}
