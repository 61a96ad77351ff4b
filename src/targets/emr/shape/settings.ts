import type { Job } from "../../../model/job.ts";
import type { TargetEntry } from "../../../model/project.ts";

export type EmrEntry = Extract<TargetEntry, { kind: "emr" }>;

/** What `targets:` of mayfly.yaml may say of a target of kind `emr`, with its defaults. */
export interface EmrSettings {
  region?: string;
  profile?: string;
  release: string;
  applications: string[];
  instanceType: string;
  /** One primary, and core instances for the rest. */
  instanceCount: number;
  /** Where programs are staged and logs lie; one of the account's own where nothing is said. */
  bucket?: string;
  subnet?: string;
  deployMode: "client" | "cluster";
  tags: Record<string, string>;
  roles: { service: string; instance: string };
  /** Seconds without a step until EMR ends it: with the laptop off, too. */
  idleSeconds: number;
  /** Seconds until the cluster ends itself, whatever it does. */
  ttlSeconds: number;
  /** Seconds that it stays after a run. */
  lingerSeconds?: number;
  /** A free cluster of the same making is taken, and this one stays for the next run. */
  reuse: boolean;
  /** Whose it is, where it is not the caller's name. */
  owner?: string;
}

const DEFAULTS: EmrSettings = {
  release: "emr-7.12.0",
  applications: ["Spark", "Hadoop"],
  instanceType: "m5.xlarge",
  instanceCount: 3,
  deployMode: "client",
  tags: {},
  roles: { service: "EMR_DefaultRole", instance: "EMR_EC2_DefaultRole" },
  // The least that EMR takes is 60 (API reference, AutoTerminationPolicy).
  idleSeconds: 900,
  ttlSeconds: 12 * 3600,
  reuse: false,
};

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

const secondsOf = (text: string | undefined) =>
  text === undefined ? undefined : Number.parseInt(text, 10) * (SECONDS[text.slice(-1)] ?? 1);

export function settingsOf(entry: EmrEntry): EmrSettings {
  const { instance_type, instance_count, deploy_mode, ttl, linger, kind: _kind, ...same } = entry;
  const given = {
    ...same,
    instanceType: instance_type,
    instanceCount: instance_count === undefined ? undefined : Number(instance_count),
    deployMode: deploy_mode,
    ttlSeconds: secondsOf(ttl),
    lingerSeconds: secondsOf(linger),
  };
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...(Object.fromEntries(said) as Partial<EmrSettings>) };
}

/** The job's own release has the last word. */
export const releaseOf = (job: Job | undefined, settings: EmrSettings) =>
  job?.release ?? settings.release;
