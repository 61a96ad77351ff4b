import { join } from "node:path";
import { readIfThere, writeAtomic } from "../../../base/files.ts";
import { invalidRequest } from "../../protocol/errors.ts";
import { seconds } from "../../protocol/times.ts";
import type { Emr } from "../world.ts";
import { page } from "./pages.ts";

interface Kept {
  configurations: Record<string, { text: string; created: number }>;
  /** The API reference's own default: on, with port 22 excepted. */
  block: { config: unknown; created: number; by: string };
}

/** What is the account's, not a cluster's. */
export function accountOperations({ folder, now, where }: Emr) {
  const file = join(folder, "account.json");
  const arn = `arn:aws:iam::${where.account}:root`;
  const kept: Kept = readKept(file) ?? {
    configurations: {},
    block: {
      config: {
        BlockPublicSecurityGroupRules: true,
        PermittedPublicSecurityGroupRuleRanges: [{ MinRange: 22, MaxRange: 22 }],
      },
      created: now(),
      by: arn,
    },
  };
  const save = () => writeAtomic(file, `${JSON.stringify(kept)}\n`, 0o600);
  const get = (name: string) => {
    const found = Object.hasOwn(kept.configurations, name) ? kept.configurations[name] : undefined;
    if (found) return found;
    throw invalidRequest(`Security configuration with name '${name}' does not exist.`);
  };
  return {
    CreateSecurityConfiguration({
      Name,
      SecurityConfiguration: text,
    }: {
      Name: string;
      SecurityConfiguration: string;
    }) {
      if (Object.hasOwn(kept.configurations, Name))
        throw invalidRequest(`Security configuration with name '${Name}' already exists.`);
      try {
        JSON.parse(text);
      } catch {
        throw invalidRequest("The security configuration is not valid JSON.");
      }
      const created = now();
      kept.configurations[Name] = { text, created };
      save();
      return { Name, CreationDateTime: seconds(created) };
    },
    DescribeSecurityConfiguration({ Name }: { Name: string }) {
      const { text, created } = get(Name);
      return { Name, SecurityConfiguration: text, CreationDateTime: seconds(created) };
    },
    ListSecurityConfigurations({ Marker }: { Marker?: string }) {
      const all = Object.entries(kept.configurations).map(([Name, { created }]) => ({
        Name,
        CreationDateTime: seconds(created),
      }));
      const { items, ...more } = page(all, Marker, 50);
      return { SecurityConfigurations: items, ...more };
    },
    DeleteSecurityConfiguration({ Name }: { Name: string }) {
      get(Name);
      delete kept.configurations[Name];
      save();
      return {};
    },
    GetBlockPublicAccessConfiguration: () => ({
      BlockPublicAccessConfiguration: kept.block.config,
      BlockPublicAccessConfigurationMetadata: {
        CreationDateTime: seconds(kept.block.created),
        CreatedByArn: kept.block.by,
      },
    }),
    PutBlockPublicAccessConfiguration({
      BlockPublicAccessConfiguration: config,
    }: {
      BlockPublicAccessConfiguration: unknown;
    }) {
      kept.block = { config, created: now(), by: arn };
      save();
      return {};
    },
  };
}

/** Undefined where there is nothing, and of what is damaged. */
function readKept(file: string): Kept | undefined {
  try {
    const { configurations, block } = JSON.parse(readIfThere(file) ?? "") as Kept;
    return { configurations: { ...configurations }, block: { ...block } };
  } catch {
    return undefined;
  }
}
