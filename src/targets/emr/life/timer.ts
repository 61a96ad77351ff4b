/**
 * Ends a cluster at its time to live, with the laptop off. It is a bootstrap action, so that it runs before any step
 * can keep it from running. Only the primary waits: when it shuts down, EMR ends the cluster (EMR Management Guide,
 * "Control cluster termination"). Time is counted by /proc/uptime, which no clock set back can hold up. At the end, and
 * once a minute before, the cluster's tag is asked: `mayfly extend` changes it. Who may not ask keeps to the first word.
 * A cluster that someone protects from termination is left alone for as long as it is protected.
 */
export const TIMER = `#!/bin/bash
# Mayfly's timer: ends this cluster at its time to live. Arguments: seconds, region.
if [ "$3" != wait ]; then
  grep -Eq '"isMaster": *true' /mnt/var/lib/info/instance.json || exit 0
  nohup setsid bash "$0" "$1" "$2" wait </dev/null >/dev/null 2>&1 &
  exit 0
fi

ttl=$1 region=$2 protected=
id=$(grep -Eo 'j-[A-Z0-9]+' /mnt/var/lib/info/job-flow.json | head -n 1)
# Without other programs: a machine that is short of memory starts none.
look() { read -r up rest </proc/uptime; left=$((ttl - (\${up%.*} - began))); }
began=0
look
began=\${up%.*}

# Another time to live, and whether someone protects the cluster.
ask() {
  local said seconds
  said=$(timeout 30 aws emr describe-cluster --region "$region" --cluster-id "$id" --output text \\
    --query "Cluster.[TerminationProtected, Tags[?Key=='mayfly:ttl'].Value | [0]]" 2>/dev/null) || return
  read -r protected seconds <<<"$said"
  if [[ $seconds =~ ^[1-9][0-9]{0,8}$ ]]; then ttl=$seconds; fi
}

wait_and_end() {
  while :; do
    look
    if [ "$left" -gt 0 ]; then
      sleep $((left < 60 ? left : 60))
      ask
      continue
    fi
    ask
    look
    if [ "$left" -gt 0 ]; then continue; fi
    if [ "$protected" != True ]; then sudo shutdown -h now; fi
    sleep 60
  done
}
wait_and_end
`;

/** What it is called among a cluster's bootstrap actions. */
export const TIMER_NAME = "mayfly timer";

/** As RunJobFlow takes it. */
export function timerAction(script: string, seconds: number, region: string) {
  return {
    Name: TIMER_NAME,
    ScriptBootstrapAction: { Path: script, Args: [String(seconds), region] },
  };
}
