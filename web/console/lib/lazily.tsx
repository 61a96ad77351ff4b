import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Problem } from "../../../src/console/api.ts";
import { Busy, Trouble } from "../parts/parts.tsx";

const GONE: Problem = {
  code: "gone",
  message: "This part of the console could not be loaded.",
  remedy: "The console has ended, or is another one by now: load this page again.",
};

/** A page that is loaded when somebody goes there. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return (props: P) => {
    const [, came] = useState(false);
    const [failed, fail] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (page) => {
          loaded = page;
          came(true);
        },
        () => fail(true),
      );
    }, []);
    const Page = loaded;
    if (Page) return <Page {...props} />;
    return failed ? <Trouble problem={GONE} /> : <Busy what="Loading" />;
  };
}
