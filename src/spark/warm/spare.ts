import { constants, openSync } from "node:fs";
import { connect, Socket } from "node:net";
import { constants as system } from "node:os";
import type { Readable } from "node:stream";

/** A process of a spare: its output is ours to read, its end is told by the spare. */
export interface SpareProcess {
  pid: number;
  stdout: Readable;
  stderr: Readable;
  exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface PythonProgram {
  script: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/** A spare driver that is ours; python/spare.py is at the other end, and tells what the messages mean. */
export interface Spare {
  /** Of the Python that keeps it. */
  pid: number;
  jvm: SpareProcess;
  tellJvm(line: string | null): void;
  /** Undefined where a fork would not be what a fresh Python is. */
  fork(program: PythonProgram): Promise<SpareProcess | undefined>;
  /** It ends, with all that it started. */
  release(): void;
}

interface Answer {
  claimed?: boolean;
  pid?: number;
  jvm?: number;
  forked?: number;
  refused?: string;
  out?: string;
  err?: string;
  ended?: number;
  status?: number;
}

/** One that is still at its first exercise answers after that; a new driver takes about as long. */
const ANSWER_MS = 8000;

/** Asks a spare to be this run's. Undefined when it is another one's by now, or gone. */
export function claim(address: string, run: string): Promise<Spare | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const exits = new Map<number, (status: number) => void>();
    const waiting: ((answer: Answer | undefined) => void)[] = [];
    let over = false;
    const say = (message: object) => void (over || socket.write(`${JSON.stringify(message)}\n`));
    const ask = (message: object) =>
      new Promise<Answer | undefined>((done) => {
        if (over) done(undefined);
        // One that does not answer, stopped or stuck, must not hold a run up: it can do without.
        const late = setTimeout(() => socket.destroy(), ANSWER_MS);
        waiting.push((answer) => {
          clearTimeout(late);
          done(answer);
        });
        say(message);
      });
    const end = () => {
      over = true;
      for (const done of waiting.splice(0)) done(undefined);
      // Whoever keeps them is gone, and they with it.
      for (const exit of exits.values()) exit(-9);
      resolve(undefined);
    };
    const follow = (pid: number, answer: Answer): SpareProcess => {
      const exit = new Promise<number>((done) => exits.set(pid, done));
      const streams = [openPipe(answer.out ?? ""), openPipe(answer.err ?? "")] as const;
      say({ opened: true });
      return { pid, stdout: streams[0], stderr: streams[1], exit: exit.then(exitOf) };
    };
    socket.on("error", end).on("close", end);
    readLines(socket, (line) => {
      const answer = JSON.parse(line) as Answer;
      if (answer.ended === undefined) waiting.shift()?.(answer);
      else {
        exits.get(answer.ended)?.(answer.status ?? 1);
        exits.delete(answer.ended);
      }
    });
    void ask({ claim: run }).then((answer) => {
      if (!answer?.claimed || !answer.jvm) return;
      resolve({
        pid: answer.pid ?? 0,
        jvm: follow(answer.jvm, answer),
        tellJvm: (line) => say({ tell: line }),
        async fork(program) {
          const forked = await ask({ fork: program });
          return forked?.forked ? follow(forked.forked, forked) : undefined;
        },
        release: () => void socket.destroy(),
      });
    });
  });
}

function readLines(socket: Socket, take: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}

/** The spare holds the other end until we have said that we read: this neither waits nor ends at once. */
function openPipe(path: string): Socket {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

function exitOf(status: number): { code: number | null; signal: NodeJS.Signals | null } {
  if (status >= 0) return { code: status, signal: null };
  const [name] = Object.entries(system.signals).find(([, number]) => number === -status) ?? [];
  return { code: null, signal: (name ?? "SIGKILL") as NodeJS.Signals };
}
