import { MayflyError } from "../../base/errors.ts";
import { formatTable, printable } from "../../base/format.ts";
import { ALL, type Planned, planJob } from "../../engine/money/plan.ts";
import { readHours } from "../../model/age.ts";
import { formatMoney, formatQuote } from "../../model/money/money.ts";
import type { Command } from "../command.ts";
import { readRequest, requestOptions } from "./request.ts";
import { showPlan } from "./show-plan.ts";

export const plan: Command = {
  summary: "what a run would do and cost",
  usage: "plan JOB [--on WHERE|all] [options] [args…] [-- args…]",
  examples: [
    ["plan words --on small", "what would be made, the price, the same as an aws emr line"],
    ["plan words --on all", "what it costs in each place"],
    ["plan words --on emr --hours 0.5", "when the job takes half an hour there"],
    ["plan words --on emr --policy", "the permissions it needs, for IAM"],
  ],
  options: {
    ...requestOptions,
    on: {
      type: "string",
      value: "WHERE",
      help: "a target of mayfly.yaml, a kind, or all; local by default",
    },
    hours: {
      type: "string",
      value: "HOURS",
      help: "how long the job takes; as its last run otherwise",
    },
    policy: { type: "boolean", help: "only the permissions it needs, as a policy document" },
  },
  words: "job",
  async run(input, io) {
    const said = input.value("hours");
    const request = readRequest("plan", input, io);
    const options = { env: io.env, ...(said === undefined ? {} : { hours: readHours(said) }) };
    const planned = await planJob(request, options);
    const [first] = planned;
    if (input.flags.has("policy")) {
      const policy = first && "plan" in first && request.on !== ALL ? first.plan.policy : undefined;
      if (policy === undefined)
        throw new MayflyError(
          "usage",
          `cannot print a policy for "${request.on ?? "local"}": a run there asks AWS for nothing by itself`,
          "name a place on AWS: --on emr",
        );
      io.out(`${JSON.stringify(policy, null, 2)}\n`);
    } else if (input.flags.has("json"))
      io.out(
        `${JSON.stringify(request.on === ALL ? planned.map(asJson) : first && asJson(first))}\n`,
      );
    else if (request.on === ALL)
      for (const line of formatTable([["WHERE", "COST", "AN HOUR", ""], ...planned.map(rowOf)]))
        io.out(`${line}\n`);
    else if (first && "plan" in first) {
      showPlan(first.plan, io);
    }
    return 0;
  },
};

const asJson = (one: Planned) =>
  "plan" in one ? { on: one.on, ...one.plan } : { on: one.on, refused: one.refused.message };

function rowOf(one: Planned): string[] {
  if ("refused" in one) return [one.on, "not there", "", printable(one.refused.message)];
  const { quote, warnings = [] } = one.plan;
  const hour = quote.perHour ? formatMoney(quote.perHour) : "";
  const more = warnings.length > 0 ? `warnings: ${warnings.length}` : "";
  return [one.on, formatQuote(quote), hour, more];
}
