import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheFolder } from "../../src/base/places.ts";
import { MARKER, marked } from "../../src/base/processes.ts";
import { filesInside, readInside } from "../../src/rehearsal/instances/read.ts";
import { makeFolder } from "../support/cli.ts";
import { needs } from "../support/needs.ts";
import { openShell, type Shell } from "../support/rehearsal/instance.ts";

/**
 * What a hostile script of a cluster does to this machine: nothing. The first test asks without harm whether
 * the walls stand; no other one is tried when they do not.
 */
const bwrap = needs("bwrap");
const folder = makeFolder({
  "person/.ssh/id_ed25519": "CANARY-SECRET",
  "person/.aws/credentials": "CANARY-SECRET",
  "project/job.py": "CANARY",
  "cache/spark.jar": "CANARY",
});
const canary = (name: string) => join(folder.path, name);
const outside = [folder.path, homedir(), cacheFolder(), resolve(import.meta.dirname, "../..")];
const run = `walls-${process.pid}`;
let neighbour: ChildProcess;
let stand = false;
/** Set where this file runs itself again in a user namespace. */
const ORDINARY = process.env.MAYFLY_ORDINARY !== undefined;

before(() => {
  mkdirSync(canary("instances"));
  neighbour = spawn("sleep", ["600"], { env: { ...process.env, NEIGHBOUR: "CANARY-SECRET" } });
});
after(() => {
  neighbour.kill("SIGKILL");
  folder.remove();
});

const open = (limits = {}) => openShell(canary("instances"), {}, limits);

/** What must be as it was, whatever a script has done. Others may add files meanwhile; none may go. */
function machine() {
  const files = ["person/.ssh/id_ed25519", "person/.aws/credentials", "project/job.py"];
  const folders = ["/", "/etc", "/usr", "/usr/bin", "/usr/lib", "/dev", ...outside.slice(1)];
  return {
    canaries: [...files, "cache/spark.jar"].map((name) => readFileSync(canary(name), "utf8")),
    listed: folders.flatMap((path) => tryList(path).map((name) => join(path, name))),
    passwd: readFileSync("/etc/passwd", "utf8"),
    neighbour: neighbour.exitCode === null && neighbour.signalCode === null,
    evil: ["/dev/shm", ...folders].flatMap(tryList).filter((name) => /^(mayfly-)?evil/.test(name)),
  };
}

function assertUnharmed(was: ReturnType<typeof machine>): void {
  const { listed, ...rest } = machine();
  const { listed: wasListed, ...wasRest } = was;
  assert.deepEqual(rest, wasRest);
  // What is locked comes and goes.
  const lasting = wasListed.filter((path) => !/\.lock$|\/\./.test(path));
  assert.deepEqual(
    lasting.filter((path) => !listed.includes(path)),
    [],
  );
}

function tryList(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

async function attack(
  line: string,
  limits = {},
): Promise<{ one: Shell; out: string; err: string }> {
  assert.ok(stand, "the walls do not stand: nothing hostile is tried");
  const was = machine();
  const one = await open(limits);
  const { out, err } = await one.sh(line, { env: { [MARKER]: run } });
  assertUnharmed(was);
  return { one, out, err };
}

test(
  "the walls: nothing of the person's is there, and nothing of the machine can be written",
  bwrap,
  async () => {
    const one = await open();
    const asked = await one.sh(`
    ls -d ${[...outside, "/etc/shadow"].join(" ")} 2>/dev/null | grep -v '^/root$'
    for f in /system/usr /usr/lib/mayfly/instance /dev /proc/sys/kernel; do
      touch $f/mayfly-canary 2>/dev/null && echo "written: $f"
    done
    grep -E '^Cap(Prm|Eff|Bnd|Inh).*[1-9a-f]' /proc/self/status
    grep -q 'NoNewPrivs:.1' /proc/self/status || echo "new privileges"
    kill -0 ${neighbour.pid} 2>/dev/null && echo "the neighbour"
    ls -d /proc/[0-9]* | wc -l`);
    assert.match(asked.out.trim(), /^\d+$/, asked.out);
    assert.ok(Number(asked.out) < 10, asked.out);
    // As it is named on this machine, and not below the instance's root.
    for (const path of ["/mayfly-canary", "/dev/mayfly-canary", "/usr/mayfly-canary"]) {
      assert.ok(!existsSync(path), path);
    }
    stand = true;
    await one.terminate();
    assert.equal(await one.ended, "terminated");
  },
);

test("sudo rm -rf on everything that it can name", bwrap, async () => {
  const { one } = await attack(
    `sudo rm -rf --no-preserve-root ${outside.join(" ")} ~ /home /root /etc /usr /opt /var /mnt /dev /boot /tmp /`,
  );
  await one.terminate();
});

test("writing where systems break: /etc, /usr, /dev, /dev/shm, /proc, /sys", bwrap, async () => {
  const { one, out } = await attack(`
    echo 'evil::0:0::/:/bin/sh' >>/etc/passwd; echo evil >/usr/bin/ls; echo evil >/usr/lib/evil
    echo evil >/dev/shm/mayfly-evil; echo evil >/dev/vda; echo evil >/dev/sda
    echo c >/proc/sysrq-trigger; echo 1 >/proc/sys/kernel/panic; echo evil >/proc/1/mem
    echo evil >/sys/power/state; mknod /tmp/disk b 254 0 && cat /tmp/disk; mount -t tmpfs x /mnt1
    unshare -Ur mount -t tmpfs x /mnt1 && echo mounted; chroot / true && echo rooted
    nsenter -t 1 -m true && echo entered`);
  assert.equal(out, "");
  await one.terminate();
});

test("reading what is secret: keys, credentials, shadow, other processes", bwrap, async () => {
  const { one, out } = await attack(`
    cat ${canary("person/.ssh/id_ed25519")} ${canary("person/.aws/credentials")} ~/.ssh/* /etc/shadow
    cat /proc/*/environ | tr '\\0' '\\n' | grep CANARY
    cat /proc/1/root${canary("person/.ssh/id_ed25519")} /proc/1/cwd${canary("person/.ssh/id_ed25519")}
    for fd in /proc/self/fd/*; do cat $fd/../../../person/.ssh/id_ed25519 $fd/person/.ssh/id_ed25519; done
    cat /proc/1/fd/3/../person/.ssh/id_ed25519; ls /run/user /run/dbus /var/run/docker.sock; true`);
  assert.equal(out, "");
  await one.terminate();
});

test("killing all processes: the instance's own are gone, and it goes on", bwrap, async () => {
  const { one } = await attack("kill -9 -1; kill -9 1; pkill -9 .; kill -9 $$");
  assert.equal((await one.sh("echo here")).out, "here\n");
  await one.terminate();
});

test(
  "what cannot be started, or ends as nothing else does, leaves it as it was",
  bwrap,
  async () => {
    const shell = await open();
    try {
      const files = {
        stdout: join(shell.folder, "steps/out"),
        stderr: join(shell.folder, "steps/err"),
      };
      for (const [argv, env] of [
        [["echo", "zero\0byte"], {}],
        [["zero\0byte"], {}],
        [["half \ud800 a character"], {}],
        [["true"], { "zero\0byte": "x" }],
        [["true"], { ZERO: "\0" }],
        [["true"], { "A=B": "x" }],
        [["true"], { "": "x" }],
        [["x".repeat(10_000_000)], {}],
      ] as const) {
        const { code } = await shell.run([...argv], { ...files, env });
        assert.ok(
          code === 126 || code === 127 || code === 0,
          JSON.stringify([argv[0]?.slice(0, 50), env, code]),
        );
      }
      assert.equal((await shell.sh("kill -s 40 $$; sleep 9")).code, 168);
      assert.equal((await shell.sh("echo goes on")).out, "goes on\n");
    } finally {
      await shell.terminate();
    }
  },
);

test("a fork bomb leaves this machine able to work", bwrap, async () => {
  assert.ok(stand);
  // The system's root is above the limit, even as somebody else in a user namespace: nobody else is.
  if (ORDINARY) return;
  const was = machine();
  const one = await open({ processes: 400 });
  // First without harm: five hundred that would end by themselves.
  const { out } = await one.sh(`exec python3 -c '
import subprocess
held = []
try:
    for _ in range(500):
        held.append(subprocess.Popen(["sleep", "20"]))
except OSError:
    pass
print(len(held))
[one.kill() for one in held]'`);
  assert.ok(Number(out) < 400, out);
  const bomb = one.sh("bomb() { bomb | bomb & }; bomb; sleep 60", { env: { [MARKER]: run } });
  await sleep(1500);
  const began = Date.now();
  for (let i = 0; i < 20; i++) assert.equal(spawnSync("true").status, 0);
  assert.ok(Date.now() - began < 10_000, `${Date.now() - began} ms`);
  assert.ok(marked(run).length <= 400, `${marked(run).length}`);
  await one.terminate();
  await bomb;
  assert.deepEqual(marked(run), []);
  assertUnharmed(was);
});

test(
  "memory without end: the process is killed, as on a machine whose memory has ended",
  bwrap,
  async () => {
    const one = await open({ memory: 300e6 });
    const { code } = await one.sh(`exec python3 -c '
import time
held = [bytearray(100_000_000) for _ in range(8)]
time.sleep(20)'`);
    assert.equal(code, 137);
    assert.equal((await one.sh("echo here")).out, "here\n");
    await one.terminate();
  },
);

test("filling the disk ends the instance, and with it goes what it wrote", bwrap, async () => {
  assert.ok(stand);
  const one = await open({ bytes: 200e6 });
  const filled = await one.sh(
    "fallocate -l 100G /mnt/all; head -c 300M /dev/zero >/mnt/one; ls -s /mnt/one",
  );
  assert.match(filled.err, /File (too large|size limit exceeded)/);
  const filling = one.sh(
    "for i in $(seq 1000); do head -c 50M /dev/zero >/mnt/$i || sleep 1; done",
  );
  assert.match(await one.ended, /its disk is full: it holds .*200/);
  assert.notEqual((await filling).code, 0);
  const { bytes } = sizeOnDisk(one.folder);
  assert.ok(bytes < 3e9, `${bytes} bytes`);
});

function sizeOnDisk(path: string): { bytes: number } {
  const { stdout } = spawnSync("du", ["-sk", path], { encoding: "utf8" });
  return { bytes: Number.parseInt(stdout, 10) * 1024 };
}

test("links out of the instance lead this machine nowhere", bwrap, async () => {
  const { one } = await attack(`
    mkdir -p /var/log/app; cd /var/log/app; echo fine >fine
    ln -s ${canary("person/.ssh/id_ed25519")} link; ln -s ${canary("person")} folder; mkfifo pipe
    ln -s /etc up; ln -s ../../../../../../../../../etc/passwd climb; ln -s /proc/self/environ env
    rm -rf /var/cache; ln -s ${canary("person")} /var/cache`);
  const root = join(one.folder, "root");
  const read = (name: string) => readInside(root, name).toString();
  assert.equal(read("var/log/app/fine"), "fine\n");
  assert.deepEqual(filesInside(root, "var/log/app"), ["var/log/app/fine"]);
  assert.deepEqual(filesInside(root, "var/cache"), []);
  for (const name of ["link", "folder/.ssh/id_ed25519", "up/passwd", "climb", "env", "pipe"]) {
    assert.throws(() => read(`var/log/app/${name}`), name);
  }
  assert.throws(() => read("../../../person/.ssh/id_ed25519"));
  assert.throws(() => read("var/cache/.ssh/id_ed25519"));
  await one.terminate();
  // The same folder again: nothing is made through the links that lie in it.
  const was = machine();
  const again = await openShell(canary("instances"), { folder: one.folder });
  assertUnharmed(was);
  await again.terminate();
  for (const path of ["root/x", "../else", "root"]) {
    const files = { stdout: join(one.folder, path), stderr: join(one.folder, "e") };
    assert.throws(() => again.run(["true"], files), /it is not in/);
  }
});

test("what a script leaves running lives until the instance is terminated", bwrap, async () => {
  const one = await open();
  const env = { [MARKER]: run };
  await one.sh("nohup setsid sleep 600 >/dev/null 2>&1 & (while :; do date; sleep 1; done) &", {
    env,
  });
  await sleep(300);
  assert.ok(marked(run).length >= 2);
  assert.equal((await one.sh("pgrep -c sleep")).out, "2\n");
  await one.terminate();
  assert.deepEqual(marked(run), []);
});

for (const line of ["sudo shutdown -h now", "halt", "sudo poweroff", "sudo systemctl poweroff"]) {
  test(`"${line}" ends the instance`, bwrap, async () => {
    const one = await open();
    const { code } = await one.sh(`${line}; sleep 60`);
    assert.equal(code, 137);
    assert.equal(await one.ended, "shutdown");
  });
}

test(
  "a program is ended by its signal, with all that it started in its session",
  bwrap,
  async () => {
    const one = await open();
    const cancel = new AbortController();
    const ran = one.sh("sleep 601 & sleep 602", { signal: cancel.signal, env: { [MARKER]: run } });
    await sleep(200);
    cancel.abort();
    assert.equal((await ran).code, 143);
    await sleep(200);
    assert.deepEqual(marked(run), []);
    await one.terminate();
  },
);

test("nothing of it is left when the process that opened it is killed", bwrap, async () => {
  const program = join(canary("instances"), "open.ts");
  writeFileSync(
    program,
    `import { openShell } from ${JSON.stringify(resolve(import.meta.dirname, "../support/rehearsal/instance.ts"))};
const one = await openShell(${JSON.stringify(canary("instances/killed"))});
await one.sh("sleep 603 & setsid nohup sleep 604 & echo", { env: { ${MARKER}: "${run}" } });
console.log("open");
await one.sh("sleep 605");`,
  );
  const child = spawn(process.execPath, ["--no-warnings", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((done) => child.stdout.once("data", done));
  await sleep(300);
  assert.ok(marked(run).length >= 2);
  child.kill("SIGKILL");
  for (let i = 0; i < 40 && marked(run).length > 0; i++) await sleep(50);
  assert.deepEqual(marked(run), []);
  assert.ok(statSync(canary("person")).isDirectory());
});

test("the same as an ordinary user, in a user namespace of his own", needs("unshare"), () => {
  if (process.getuid?.() !== 0 || ORDINARY) return; // this is it
  const again = ["--user", "--map-user=1000", "--map-group=1000", process.execPath];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(
    "unshare",
    [...again, "--no-warnings", "--test", "--test-reporter=tap", import.meta.filename],
    { encoding: "utf8", env: { ...env, MAYFLY_ORDINARY: "1" } },
  );
  assert.equal(status, 0, stdout);
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(stdout)?.[1]);
  assert.deepEqual([count("pass"), count("skipped")], [count("tests"), 0]);
});

test("without bubblewrap no instance is opened, and it is said what to install", async () => {
  const { instances } = await import("../../src/rehearsal/instances/open.ts");
  const { systemEffects } = await import("../../src/spark/install/effects.ts");
  const none = instances(
    () => {},
    {},
    { ...systemEffects, env: { ...process.env, PATH: "/nowhere" } },
  );
  const wish = { clusterId: "j-1", id: "i-1", role: "MASTER", hostname: "h", aws: {} } as const;
  const opened = none.open({ ...wish, folder: canary("no"), hdfs: canary("nohdfs") });
  await assert.rejects(opened, {
    code: "missing",
    message: /no "bwrap" on the PATH/,
    remedy: /apt-get install bubblewrap/,
  });
  assert.ok(!existsSync(canary("no")));
});

test("unsafe: a plain process where there are no walls, when that is asked for", async () => {
  const bin = canary("no-namespaces");
  mkdirSync(bin);
  writeFileSync(join(bin, "bwrap"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const { systemEffects } = await import("../../src/spark/install/effects.ts");
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const effects = { ...systemEffects, env };
  await assert.rejects(openShell(canary("instances"), {}, {}, effects), /may not make namespaces/);
  const one = await openShell(canary("instances"), { unsafe: true }, {}, effects);
  const { out } = await one.sh("pwd; sleep 606 & exit 3", { env: {} });
  assert.equal(out, `${join(one.folder, "root/home/hadoop")}\n`);
  await one.terminate();
  assert.equal(await one.ended, "terminated");
});
