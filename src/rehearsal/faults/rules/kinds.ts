/** What can be made to go wrong. `docs/rehearsal-faults.md` says of each what a client sees. */
export interface Kind {
  summary: string;
  /** Where it strikes: at a request, in the life of a cluster, or in either. */
  at: "request" | "cluster" | "either";
  /** The services that it makes sense for; every one where nothing is said. */
  services?: readonly string[];
  /** What can be said in a rule of it, beside what every rule knows. */
  takes: readonly Where[];
  /** What `seconds` means, and how many there are where nothing is said; otherwise it is how long the fault goes on. */
  seconds?: {
    mean: string;
    usual: number /** A client's own patience is real too: `--speed` does not shorten it. */;
    real?: true;
  };
}

export type Where =
  | "service"
  | "operation"
  | "bucket"
  | "key"
  | "cluster"
  | "step"
  | "type"
  | "zone"
  | "market"
  | "role"
  | "state"
  | "instances";

const REQUEST = ["service", "operation", "bucket", "key"] as const;
const EMR = ["elasticmapreduce"] as const;

const request = (summary: string, more: Partial<Kind> = {}): Kind => ({
  summary,
  at: "request",
  takes: REQUEST,
  ...more,
});
const cluster = (summary: string, takes: readonly Where[], more: Partial<Kind> = {}): Kind => ({
  summary,
  at: "cluster",
  services: EMR,
  takes: ["cluster", ...takes],
  ...more,
});
const MACHINE = ["type", "zone", "market", "role"] as const;

export const KINDS = {
  throttle: request("the client asks too often"),
  "server-error": request("500: the service has failed"),
  unavailable: request("503: the service is not there for the moment"),
  "bad-gateway": request("502 in HTML, from something in between"),
  "reset-before": request("the connection is cut, and nothing was done"),
  "reset-after": request("it is done, the connection is cut, the answer is lost"),
  hang: request("nothing is done, and no answer ever comes", {
    seconds: { mean: "how long the connection stays open, in real time", usual: 3600, real: true },
  }),
  slow: request("it is done at once, the answer comes late", {
    seconds: { mean: "how late, in real time", usual: 10, real: true },
  }),
  truncated: request("half of the answer comes, of the length that was announced"),
  "error-in-200": request("S3 says 200, and the error stands in the answer", {
    services: ["s3"],
    takes: ["operation", "bucket", "key"],
  }),
  "stale-read": request("what is read is as it was before the last change", {
    services: ["elasticmapreduce", "emr-serverless"],
    takes: ["service", "operation"],
    seconds: { mean: "after the change", usual: 5 },
  }),
  "not-found": request("what was just made is not found yet", {
    services: ["elasticmapreduce", "emr-serverless", "ec2", "iam", "s3"],
    seconds: { mean: "after it was made", usual: 5 },
  }),
  "no-instance-profile": request("the instance profile is not seen yet", {
    services: ["elasticmapreduce", "ec2"],
    takes: ["service"],
  }),
  "in-use": request("what is to be deleted still hangs together with something", {
    services: ["ec2", "iam", "s3", "emr-serverless"],
  }),
  "access-denied": request("a permission is missing"),
  "expired-token": request("the session is over"),
  "unknown-key": request("the access key is not known"),
  "clock-skew": request("the clocks are 20 minutes apart"),
  quota: {
    summary: "the account may not have more of this",
    at: "either",
    services: ["elasticmapreduce", "emr-serverless", "ec2", "iam", "s3"],
    takes: ["service", "operation", "cluster", "type"],
  },
  "no-capacity": cluster("EC2 has no machine of this type in this zone", MACHINE),
  "partial-fleet": cluster("a fleet gets fewer machines than it should have", [
    "role",
    "market",
    "type",
    "instances",
  ]),
  "ec2-throttle": cluster("EC2 throttles EMR while it starts a cluster", []),
  "bootstrap-failure": cluster("a bootstrap action fails", ["role"]),
  "provisioning-failure": cluster("the applications cannot be set up", []),
  "spot-reclaim": cluster("a spot instance is taken back while a step runs", ["step", ...MACHINE], {
    seconds: { mean: "after the step began", usual: 0 },
  }),
  "node-lost": cluster("an instance dies while a step runs", ["step", ...MACHINE], {
    seconds: { mean: "after the step began", usual: 0 },
  }),
  "step-failure": cluster("a step's program is killed", ["step"], {
    seconds: { mean: "after the step began", usual: 0 },
  }),
  "slow-state": cluster("a cluster stays in a state", ["state"], {
    seconds: { mean: "how long at least", usual: 5 },
  }),
  "late-logs": cluster("logs lie in S3 only some time later", ["key"], {
    seconds: { mean: "how much later", usual: 300 },
  }),
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as KindName[];
export const kindOf = (name: KindName): Kind => KINDS[name];
