import { findApplication, findRun } from "../find.ts";
import type { Serverless } from "../world.ts";

interface Named {
  resourceArn: string;
}

export function tagOperations(world: Serverless) {
  const change = (
    { resourceArn }: Named,
    how: (tags: Record<string, string>) => Record<string, string>,
  ): Record<string, string> => {
    const [, application = "", jobRun] =
      /\/applications\/(\w+)(?:\/jobruns\/(\w+))?$/.exec(resourceArn) ?? [];
    if (jobRun !== undefined) {
      const run = findRun(world, application, jobRun);
      run.tags = how(run.tags);
      world.runs.save(run);
      return run.tags;
    }
    const found = findApplication(world, application);
    found.tags = how(found.tags);
    world.applications.save(found);
    return found.tags;
  };
  return {
    TagResource({ tags, ...asked }: Named & { tags: Record<string, string> }) {
      change(asked, (before) => ({ ...before, ...tags }));
    },
    UntagResource({ tagKeys, ...asked }: Named & { tagKeys: string[] }) {
      change(asked, (before) =>
        Object.fromEntries(Object.entries(before).filter(([key]) => !tagKeys.includes(key))),
      );
    },
    ListTagsForResource: (asked: Named) => ({ tags: change(asked, (tags) => tags) }),
  };
}
