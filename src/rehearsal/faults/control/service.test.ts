import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestDoor, sendRaw, WHO } from "../../../../test/support/rehearsal/door.ts";
import { type Credentials, sha256, signHeaders } from "../../../aws/sign.ts";
import { newKey } from "../../door/keys.ts";
import { doorFaults } from "../door/meet.ts";
import { openFaults } from "../faults.ts";
import { OWN_SERVICE } from "./asked.ts";
import { faultService } from "./service.ts";

async function withDoor(
  work: (
    ask: (body: string, who?: Credentials) => Promise<{ status: number; body: string }>,
    book: ReturnType<typeof openFaults>,
    door: Awaited<ReturnType<typeof openTestDoor>>,
  ) => Promise<void>,
) {
  const book = openFaults();
  const services = { [OWN_SERVICE]: faultService(book, WHO.accessKeyId) };
  const door = await openTestDoor({ services, faults: doorFaults(book, "123456789012") });
  const ask = async (body: string, who: Credentials = WHO, service = OWN_SERVICE) => {
    const host = `127.0.0.1:${door.port}`;
    const unsigned = { method: "POST", path: "/", query: {}, headers: {}, host };
    const scope = { region: "eu-west-1", service, now: new Date() };
    const headers = signHeaders({ ...unsigned, payload: sha256(body) }, who, scope);
    return await sendRaw(door.port, {
      ...{ method: "POST", path: "/", body },
      headers: [...Object.entries(headers).flat(), "content-length", String(body.length)],
    });
  };
  try {
    await work(ask, book, door);
  } finally {
    door.close();
  }
}

const LIST = JSON.stringify({ do: "list" });
const ADD = JSON.stringify({ do: "add", rules: [{ kind: "throttle" }] });
const CLEAR = JSON.stringify({ do: "clear" });

test("a cluster's own keys, and those that it makes itself, neither see nor change faults", () =>
  withDoor(async (ask, book, { keys }) => {
    assert.equal((await ask(ADD)).status, 200);
    const role = newKey();
    keys.add(role);
    const temporary = { ...newKey(), token: "t", expires: Date.now() + 60_000 };
    keys.add(temporary);
    const kept = JSON.stringify(book.list());
    for (const { accessKey, secretKey, token } of [role, temporary]) {
      const who = {
        ...{ accessKeyId: accessKey, secretAccessKey: secretKey },
        ...(token ? { sessionToken: token } : {}),
      };
      for (const body of [
        LIST,
        ADD,
        CLEAR,
        JSON.stringify({ ...JSON.parse(ADD), instead: true }),
      ]) {
        const answer = await ask(body, who);
        assert.equal(answer.status, 403, answer.body);
        assert.deepEqual(JSON.parse(answer.body).faults, []);
      }
      // The rehearsal's own name, and not its secret.
      const stolen = await ask(CLEAR, { ...who, accessKeyId: WHO.accessKeyId });
      assert.match(stolen.body, /signature|token/i);
    }
    assert.equal(JSON.stringify(book.list()), kept);
    assert.equal((await ask(CLEAR)).status, 200);
    assert.deepEqual(book.list(), []);
  }));

test("whatever is asked of it, the service answers, and changes nothing where it did not understand", () =>
  withDoor(async (ask, book) => {
    await ask(ADD);
    for (const body of [
      ...["", "{", "null", "5", "[]", "{}", '"list"', '{"do":"constructor"}', '{"do":"add"}'],
      ...['{"do":"add","rules":{}}', '{"do":"add","rules":"x"}', '{"do":"clear","ids":"f1"}'],
      `${'{"do":'.repeat(50_000)}`,
    ])
      assert.equal((await ask(body)).status, 400, body.slice(0, 50));
    for (const rule of [
      null,
      [],
      "x",
      {},
      { kind: "constructor" },
      { kind: { a: 1 } },
      ["throttle"],
    ]) {
      const { status, body } = await ask(JSON.stringify({ do: "add", rules: [rule] }));
      assert.equal(status, 200, body);
      assert.ok(JSON.parse(body).problem.message, JSON.stringify(rule));
    }
    assert.equal(book.list().length, 1);
  }));

test("a service with the name of something of JavaScript's is none", () =>
  withDoor(async (_, __, door) => {
    for (const service of ["constructor"]) {
      const host = `127.0.0.1:${door.port}`;
      const asked = { method: "GET", path: "/", query: {}, headers: {}, host };
      const scope = { region: "eu-west-1", service, now: new Date() };
      const headers = signHeaders({ ...asked, payload: sha256("") }, WHO, scope);
      const { status, body } = await sendRaw(door.port, {
        ...{ method: "GET", path: "/", body: "" },
        headers: Object.entries(headers).flat(),
      });
      assert.match(body, /is not part of this rehearsal/, `${service}: ${status} ${body}`);
    }
  }));
