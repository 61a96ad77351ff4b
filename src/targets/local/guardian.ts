import { spawn } from "node:child_process";
import { MARKER } from "../../base/processes.ts";

/**
 * Ends what carries the run's marker when we die without a word: its end of our pipe closes whatever
 * kills us. It carries no marker itself, and lives in a session of its own.
 */
const SCRIPT = `
marks=$1
while read -r word mark; do
  case $word in
    done) exit 0 ;;
    also) marks="$marks $mark" ;;
  esac
done
marked() {
  for mark in $marks; do
    if [ -r /proc/self/environ ]; then
      grep -lzxF "${MARKER}=$mark" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
    else
      ps -Aww -E -o pid=,command= | grep -F " ${MARKER}=$mark " | grep -v grep | awk '{print $1}'
    fi
  done
}
for signal in TERM TERM KILL KILL KILL; do
  pids=$(marked)
  [ -z "$pids" ] && exit 0
  kill -s $signal $pids 2>/dev/null
  sleep 0.5
done
`;

export interface Guardian {
  /** It answers for the processes with this mark too. */
  also(mark: string): void;
  /** All is well: it may go. */
  dismiss(): Promise<void>;
}

export function startGuardian(run: string): Promise<Guardian> {
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-c", SCRIPT, "mayfly-guardian", run], {
      env: { PATH: process.env.PATH },
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    child.on("error", reject);
    child.stdin.on("error", () => {}); // it may be gone already
    const gone = new Promise<void>((done) => child.on("close", () => done()));
    child.on("spawn", () => {
      child.unref();
      resolve({
        also: (mark) => void child.stdin.write(`also ${mark}\n`),
        async dismiss() {
          child.ref();
          child.stdin.end("done\n");
          await gone;
        },
      });
    });
  });
}
