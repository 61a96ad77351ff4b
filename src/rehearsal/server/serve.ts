import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { readIfThere, writeAtomic } from "../../base/files.ts";
import { identify, type ProcessId } from "../../base/processes.ts";
import { startCompanion } from "../companion/companion.ts";
import { readRehearsal, writeRunning } from "../control/records.ts";
import { companionAt } from "../door/companion.ts";
import { openDoor } from "../door/door.ts";
import { type Key, makeKeys } from "../door/keys.ts";
import { endLeftMachines } from "../emr/machines/seen.ts";
import { doorFaults } from "../faults/door/meet.ts";
import { openFaults } from "../faults/faults.ts";
import { ec2Of, openServices, type ServicesWish } from "./services.ts";

export interface Served {
  stop(): Promise<void>;
  /** Settles when it cannot go on. */
  broken: Promise<string>;
}

/** Each fault that has struck, with its time. */
const FAULTS_LOG = "faults.log";

/** A whole rehearsal in this process, from what its folder says. */
export async function serve(folder: string, python: string): Promise<Served> {
  const known = readRehearsal(folder);
  if (!known) throw new MayflyError("damaged", `"${folder}" holds no rehearsal`);
  const { port, accessKey, secretKey, account, region, speed = 1, unsafe = false } = known;
  const file = join(folder, "keys.json");
  const keys = makeKeys({ accessKey, secretKey }, readKeys(file), (others) =>
    writeAtomic(file, JSON.stringify(others), 0o600),
  );
  const faults = openFaults({
    speed,
    note: (line) => appendFileSync(join(folder, FAULTS_LOG), `${line}\n`, { mode: 0o600 }),
  });
  const companion = await startCompanion({ python, folder, port, account, region });
  const behind = companionAt(companion.port, companion.secret);
  // A rehearsal that was killed had no time to end its machines; those that nobody can end keep no other from starting.
  if (existsSync(join(folder, "state/ec2.json")))
    await endLeftMachines(ec2Of({ companion: behind, region })).catch((error: unknown) =>
      process.stderr.write(`machines are left: ${String(error)}\n`),
    );
  const services = await openOr(companion.stop, {
    folder,
    endpoint: `http://127.0.0.1:${port}`,
    account,
    region,
    keys,
    faults,
    speed,
    unsafe,
    accessKey,
    companion: behind,
  });
  const door = await openDoor({
    port,
    keys,
    services,
    companion: behind,
    onChange: soon(companion.save),
    faults: doorFaults(faults, account),
  }).catch(async (error: NodeJS.ErrnoException) => {
    await Promise.all(Object.values(services).map((service) => service.close()));
    await companion.stop();
    if (error.code !== "EADDRINUSE") throw toMayflyError(error, `listen on port ${port}`);
    throw new MayflyError(
      "busy",
      `cannot start the rehearsal on port ${port}: another program listens there`,
      "end it, or name another one with --port",
    );
  });
  writeRunning(folder, {
    daemon: identify(process.pid) as ProcessId,
    companion: identify(companion.pid) as ProcessId,
    since: Date.now(),
  });
  return {
    broken: companion.ended,
    async stop() {
      door.close();
      door.closeIdleConnections();
      const late = setTimeout(() => door.closeAllConnections(), 1000);
      await Promise.all(Object.values(services).map((service) => service.close()));
      await companion.stop();
      door.closeAllConnections();
      clearTimeout(late);
    },
  };
}

/** It has all on the disk when it ends in peace; this is for when it does not. */
const SAVE_MS = 5000;

function soon(act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      act();
    }, SAVE_MS).unref();
  };
}

/** What cannot be opened leaves no companion behind. */
async function openOr(stop: () => Promise<void>, wish: ServicesWish) {
  try {
    return openServices(wish);
  } catch (error) {
    await stop();
    throw error;
  }
}

function readKeys(file: string): Key[] {
  try {
    const keys = JSON.parse(readIfThere(file) ?? "[]") as Key[];
    return keys.filter(({ accessKey, secretKey }) => accessKey && secretKey);
  } catch {
    return []; // they are handed out again on demand
  }
}
