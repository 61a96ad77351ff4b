import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { TIMER } from "../../src/targets/emr/life/timer.ts";

/**
 * The timer as the primary runs it, in bash, on a machine of which nothing is real but the shell: `sleep` lets its time
 * pass at once, `aws` tells what the cluster's tags are at that second, and `sudo shutdown` says when it came.
 */
export interface TimedCluster {
  ttl: number;
  /** From this second on EMR says so of the time to live, and of protection. */
  says: { at: number; ttl?: number; protected?: boolean }[];
  /** EMR is not asked for so long: from, to. */
  silent?: [number, number];
  /** Seconds that the machine had been up before. */
  up: number;
  most: number;
}

export function endOf({
  ttl,
  says,
  silent = [-1, -1],
  up,
  most,
}: TimedCluster): number | undefined {
  const cases = says
    .map((one) => {
      const set = [
        ...(one.ttl === undefined ? [] : [`tag=${one.ttl}`]),
        ...(one.protected === undefined ? [] : [`safe=${one.protected ? "True" : "False"}`]),
      ];
      return `if [ $now -ge ${one.at} ]; then ${set.join(" ")}; fi`;
    })
    .join("\n");
  const script = `now=0
sleep() { now=$((now + $1)); if [ $now -gt ${most} ]; then echo never; exit; fi; }
read() { if [ "$2" = up ]; then up=$((now + ${up})).47; else builtin read "$@"; fi; }
grep() { :; }
sudo() { echo $now; exit; }
timeout() {
  local tag=None safe=False
  if [ $now -ge ${silent[0]} ] && [ $now -lt ${silent[1]} ]; then return 255; fi
  ${cases}
  echo "$safe	$tag"
}
set -- ${ttl} us-east-1 wait
${TIMER}`;
  const ran = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  assert.equal(ran.stderr, "", ran.stderr);
  const said = ran.stdout.trim();
  return said === "never" ? undefined : Number(said);
}
