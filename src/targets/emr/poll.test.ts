import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsRefusal, LostReply } from "../../aws/asking.ts";
import type { Emr } from "../../aws/emr.ts";
import type { Clock } from "../../base/clock.ts";
import { MayflyError } from "../../base/errors.ts";
import { asSoonAsMay, openPoll } from "./poll.ts";

/** EMR that answers as it is told, and a clock that goes as fast as it is asked. */
function world(answers: (string | Error)[]) {
  let now = 0;
  const asked: string[] = [];
  const pauses: number[] = [];
  const notes: string[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      pauses.push(ms);
      now += ms;
      await new Promise(setImmediate);
    },
  };
  const answer = async (what: string) => {
    asked.push(what);
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next instanceof Error) throw next;
    return { Status: { State: next } };
  };
  const emr = {
    describeCluster: () => answer("cluster"),
    describeStep: (_: string, id: string) => answer(id),
  } as unknown as Emr;
  const poll = openPoll(
    emr,
    "j-1",
    (event) => void (event.code === "note" && notes.push(event.text)),
    clock,
  );
  const until = (state: string, signal?: AbortSignal) =>
    poll.cluster(({ Status }) => (Status.State === state ? state : undefined), {
      ...(signal ? { signal } : {}),
    });
  return { poll, until, asked, pauses, notes, clock };
}
const refused = (said: string, status = 400) => new AwsRefusal("Describe", said, status, "");
const offline = new MayflyError("offline", "cannot ask");

test("however many wait for it, a thing is asked for once a round; the pauses grow", async () => {
  const { until, asked, pauses } = world(["STARTING", "STARTING", "STARTING", "WAITING"]);
  assert.deepEqual(await Promise.all([until("WAITING"), until("WAITING")]), ["WAITING", "WAITING"]);
  assert.deepEqual(asked, Array(4).fill("cluster"));
  assert.equal(pauses[0], 1000);
  assert.ok((pauses[2] ?? 0) > 1000 && (pauses[2] ?? 0) < 3001, String(pauses));
});

test("who is asked too often, does not answer for hours, or says that a session is over ends nothing; each is told once", async () => {
  const hours = Array<Error>(1000).fill(offline);
  const over = Array<Error>(50).fill(refused("ExpiredTokenException"));
  const { until, notes, clock } = world([
    ...["STARTING", refused("ThrottlingException"), refused("ThrottlingException"), "STARTING"],
    ...[...hours, ...over, refused("InternalServerException", 500), "WAITING"],
  ]);
  assert.equal(await until("WAITING"), "WAITING");
  assert.ok(clock.now() > 4 * 3_600_000);
  const again = "the run goes on; asking again";
  assert.deepEqual(notes, [
    `AWS is asked too often (ThrottlingException); ${again}`,
    "AWS answers again",
    `AWS does not answer; ${again}`,
    `the AWS credentials have expired: sign in again; ${again} with what is there then`,
    `AWS does not answer (InternalServerException); ${again}`,
    "AWS answers again",
  ]);
});

test("a no of AWS ends the wait, and so do patience, the signal and what is thrown on an answer", async () => {
  await assert.rejects(world([refused("AccessDeniedException")]).until("WAITING"), /AccessDenied/);
  const { poll, clock } = world([offline]);
  await assert.rejects(
    poll.step("s-1", () => 1, { patienceMs: 60_000 }),
    /cannot ask/,
  );
  assert.ok(clock.now() >= 60_000 && clock.now() < 120_000);
  const stop = new AbortController();
  const one = world([offline]);
  const waits = one.until("WAITING", stop.signal);
  setTimeout(() => stop.abort("SIGINT"), 5);
  await assert.rejects(waits, (error: MayflyError) => error.code === "interrupted");
  const asked = one.asked.length;
  await new Promise((soon) => setTimeout(soon, 10));
  assert.ok(one.asked.length <= asked + 1, "nobody waits: nobody asks");
  const ended = world(["TERMINATED"]).poll.cluster(() => {
    throw new Error("it is gone");
  });
  await assert.rejects(ended, /it is gone/);
});

test("what AWS refuses for a while is asked for again; a reply that was lost is not, nor what it says no to", async () => {
  const notes: string[] = [];
  const { signal } = new AbortController();
  const clock: Clock = { now: () => 0, sleep: async () => {} };
  const ask = (errors: Error[]) =>
    asSoonAsMay(
      async () => {
        const error = errors.shift();
        if (error) throw error;
        return "done";
      },
      { emit: (event) => void (event.code === "note" && notes.push(event.text)), signal },
      clock,
    );
  const refused = (said: string) => new AwsRefusal("AddJobFlowSteps", said, 400, "no");
  const expired = () => refused("ExpiredTokenException");
  assert.equal(await ask([expired(), expired(), refused("ThrottlingException")]), "done");
  assert.equal(notes.length, 2, notes.join("\n"));
  await assert.rejects(ask([new LostReply("AddJobFlowSteps", "cut")]), LostReply);
  await assert.rejects(ask([refused("ValidationException")]), /ValidationException/);
});
