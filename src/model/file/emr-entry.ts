import * as v from "valibot";

/** What `mayfly.yaml` may say of a target of kind `emr`. What fits together, and with the release, is looked at by the target. */

const text = v.pipe(v.string(), v.minLength(1, "a text that is not empty"));
const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.toString());
const pattern = (form: RegExp, meaning: string) => v.pipe(scalar, v.regex(form, meaning));
const list = v.array(text);

const count = pattern(/^[1-9]\d*$/, "a whole number from 1");
const none = pattern(/^\d+$/, "a whole number from 0");
const yes = pattern(/^(?:true|false)$/, "true or false");
const s3 = pattern(/^s3[an]?:\/\/[^/]+/, "a place of the form s3://BUCKET/…");
export const DURATION = /^\d+(?:\.\d+)?\s*(?:s|m|h|d)$/;
export const MONEY = /^\$?\s*\d+(?:\.\d+)?$/;
const duration = pattern(DURATION, "a time: 90s, 10m, 2h, 1d");
const money = pattern(MONEY, "US dollars: $5, 0.50");
const cidr = pattern(/^\d+\.\d+\.\d+\.\d+\/\d+$/, "addresses: 1.2.3.4/32");
const tags = v.record(
  v.pipe(text, v.maxLength(128, "a tag's name, of 128 characters at most")),
  v.pipe(scalar, v.maxLength(256, "a tag's value, of 256 characters at most")),
);
const market = v.picklist(["spot", "on-demand"]);

const ebs = v.strictObject({
  size: count,
  type: v.optional(text),
  count: v.optional(count),
  iops: v.optional(count),
  throughput: v.optional(count),
});

/** One of several types that a fleet may take. */
const fleetType = v.union([
  text,
  v.strictObject({
    type: text,
    weight: v.optional(count),
    priority: v.optional(none),
    max_price: v.optional(
      pattern(/^\d+(?:\.\d+)?%?$/, "dollars an hour, or a percentage: 0.10, 60%"),
    ),
  }),
]);
const capacity = v.strictObject({ on_demand: v.optional(none), spot: v.optional(none) });
const machines = { type: v.optional(text), market: v.optional(market), ebs: v.optional(ebs) };
const several = {
  types: v.optional(v.pipe(v.array(fleetType), v.minLength(1, "at least one type"))),
};

/** JSON as EMR has it: classifications within classifications. */
export interface Configuration {
  Classification: string;
  Properties?: Record<string, string> | undefined;
  Configurations?: Configuration[] | undefined;
}
const configuration: v.GenericSchema<Configuration, Configuration> = v.strictObject({
  Classification: text,
  Properties: v.optional(v.record(text, scalar as v.GenericSchema<string, string>)),
  Configurations: v.optional(v.array(v.lazy(() => configuration))),
});
export const configurations = v.array(configuration);

export const emrEntry = v.strictObject({
  kind: v.literal("emr"),
  region: v.optional(text),
  profile: v.optional(text),
  release: v.optional(text),
  applications: v.optional(list),
  python: v.optional(pattern(/^3\.\d+$/, 'a version of Python: "3.11"')),
  ...machines,
  ...several,
  workers: v.optional(none),
  /** As `aws emr create-cluster` says it: with the primary. */
  instance_type: v.optional(text),
  instance_count: v.optional(count),
  capacity: v.optional(capacity),
  primary: v.optional(v.strictObject({ ...machines, ...several })),
  tasks: v.optional(
    v.array(
      v.strictObject({
        name: v.optional(text),
        ...machines,
        ...several,
        workers: v.optional(count),
        capacity: v.optional(capacity),
      }),
    ),
  ),
  spot: v.optional(
    v.strictObject({
      allocation: v.optional(
        v.picklist([
          "price-capacity-optimized",
          "capacity-optimized",
          "capacity-optimized-prioritized",
          "lowest-price",
          "diversified",
        ]),
      ),
      wait: v.optional(duration),
      fallback: v.optional(v.picklist(["on-demand", "end", "none"])),
    }),
  ),
  scaling: v.optional(
    v.strictObject({
      min: count,
      max: count,
      max_on_demand: v.optional(none),
      max_core: v.optional(count),
    }),
  ),
  scale_down: v.optional(v.picklist(["task-completion", "instance-hour"])),
  root_volume: v.optional(
    v.strictObject({
      size: v.optional(count),
      iops: v.optional(count),
      throughput: v.optional(count),
    }),
  ),
  ami: v.optional(pattern(/^ami-[0-9a-f]+$/, "an image: ami-0123456789abcdef0")),
  key: v.optional(
    v.union([
      text,
      v.strictObject({
        make: pattern(/^true$/, "true"),
        format: v.optional(v.picklist(["pem", "ppk"])),
        file: v.optional(text),
      }),
    ]),
  ),
  ssh_from: v.optional(cidr),
  subnet: v.optional(v.union([text, v.pipe(list, v.minLength(1, "at least one subnet"))])),
  security_groups: v.optional(
    v.union([
      v.picklist(["own", "emr"]),
      v.strictObject({ primary: text, workers: text, service: v.optional(text) }),
    ]),
  ),
  additional_groups: v.optional(
    v.strictObject({ primary: v.optional(list), workers: v.optional(list) }),
  ),
  security_configuration: v.optional(text),
  roles: v.optional(
    v.strictObject({
      service: v.optional(text),
      instance: v.optional(text),
      autoscaling: v.optional(text),
    }),
  ),
  bootstrap: v.optional(
    v.array(
      v.union([
        text,
        v.strictObject({ path: text, name: v.optional(text), args: v.optional(v.array(scalar)) }),
      ]),
    ),
  ),
  configurations: v.optional(v.union([text, configurations])),
  bucket: v.optional(text),
  logs: v.optional(s3),
  deploy_mode: v.optional(v.picklist(["client", "cluster"])),
  step_concurrency: v.optional(count),
  idle: v.optional(duration),
  ttl: v.optional(duration),
  linger: v.optional(duration),
  reuse: v.optional(yes),
  owner: v.optional(text),
  budget: v.optional(money),
  termination_protection: v.optional(yes),
  unhealthy_node_replacement: v.optional(yes),
  tags: v.optional(tags),
});

export type EmrEntry = v.InferOutput<typeof emrEntry>;
