import { hash, randomInt } from "node:crypto";
import { type KindName, kindOf, type Where } from "./rules/kinds.ts";
import { fits, type Rule } from "./rules/rule.ts";

/** What a rule may be about: of a request, a cluster, an instance. */
export type About = Partial<Record<Exclude<Where, "instances"> | "id", string>>;

/** A rule, and what has come of it. */
export interface Counted {
  id: string;
  rule: Rule;
  /** How often something fitted, and how often it then struck. */
  seen: number;
  struck: number;
}

/** A fault that shall strike: it counts once it has. */
export interface Strike {
  rule: Rule;
  /** `seconds` of the rule as this rehearsal waits them: so much faster as it runs. */
  ms: number;
  /** What it was found for, of those that were offered. */
  about: About;
  /** It has come to pass. */
  land(what?: string): void;
  /** It was too late for it; after `land` it is not. */
  miss(): void;
}

/** What can go wrong asks here whether it shall. */
export interface Faults {
  /** For the first of the rules that fits one of these, and whose turn it is. */
  aim(
    kinds: readonly KindName[],
    about: About | readonly About[],
    applies?: (rule: Rule, ms: number) => boolean,
  ): Strike | undefined;
  /** The same, and it has come to pass at once. */
  next(kind: KindName, about: About | readonly About[]): Strike | undefined;
  /** Whether there is a rule of this kind at all. */
  has(kind: KindName): boolean;
}

export const noFaults: Faults = {
  aim: () => undefined,
  next: () => undefined,
  has: () => false,
};

export interface FaultBook extends Faults {
  add(rules: readonly Rule[]): Counted[];
  list(): Counted[];
  /** All of them, or those with these names; what was there is the answer. */
  clear(ids?: readonly string[]): Counted[];
}

export interface FaultBookOptions {
  speed?: number;
  /** Is told each strike. */
  note?: (line: string) => void;
  now?: () => number;
}

interface Kept extends Counted {
  pending: number;
  /** When it struck first. */
  since?: number;
}

/** In memory only: a rehearsal that starts anew has no faults but those that it is told then. */
export function openFaults(options: FaultBookOptions = {}): FaultBook {
  const { speed = 1, note = () => {}, now = Date.now } = options;
  const kept: Kept[] = [];
  let last = 0;

  const strikes = (one: Kept): boolean => {
    const { rule } = one;
    one.seen += 1;
    if (one.seen <= (rule.after ?? 0)) return false;
    if (one.struck + one.pending >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
    if (rule.probability !== undefined && draw(rule.seed ?? 0, one.seen) >= rule.probability)
      return false;
    const lasts = kindOf(rule.kind).seconds ? undefined : rule.seconds;
    return (
      lasts === undefined || one.since === undefined || now() - one.since < (lasts * 1000) / speed
    );
  };
  const aim: Faults["aim"] = (kinds, about, applies) => {
    const abouts = Array.isArray(about) ? (about as About[]) : [about as About];
    for (const one of kept) {
      const { rule } = one;
      if (!kinds.includes(rule.kind)) continue;
      const found = abouts.find((any) => matches(rule, any));
      const { seconds } = kindOf(rule.kind);
      const ms = ((rule.seconds ?? seconds?.usual ?? 0) * 1000) / (seconds?.real ? 1 : speed);
      if (!found || (applies && !applies(rule, ms)) || !strikes(one)) continue;
      one.pending += 1;
      one.since ??= now();
      let open = true;
      const settle = (struck: number): boolean => {
        if (!open) return false;
        open = false;
        one.pending -= 1;
        one.struck += struck;
        return true;
      };
      return {
        rule,
        ms,
        about: found,
        land(what = "") {
          if (!settle(1)) return;
          try {
            note(line(one, found, what, now()));
          } catch {
            // it has struck, also where the disk is full
          }
        },
        miss: () => void settle(0),
      };
    }
    return undefined;
  };
  const shown = ({ id, rule, seen, struck }: Kept): Counted => ({ id, rule, seen, struck });

  return {
    aim,
    next(kind, about) {
      const strike = aim([kind], about);
      strike?.land();
      return strike;
    },
    has: (kind) => kept.some(({ rule }) => rule.kind === kind),
    add(rules) {
      const added = rules.map((rule) => ({
        id: `f${++last}`,
        // Shown with the rule, so that the same can be asked for again.
        rule: rule.probability === undefined ? rule : { seed: randomInt(1_000_000), ...rule },
        seen: 0,
        struck: 0,
        pending: 0,
      }));
      kept.push(...added);
      return added.map(shown);
    },
    list: () => kept.map(shown),
    clear(ids) {
      const gone = kept.filter(({ id }) => ids === undefined || ids.includes(id));
      for (const one of gone) kept.splice(kept.indexOf(one), 1);
      return gone.map(shown);
    },
  };
}

/** From 0 to 1, by the seed and by which of those that fitted it is: nothing has to be remembered. */
function draw(seed: number, count: number): number {
  return Number.parseInt(hash("sha256", `${seed}:${count}`, "hex").slice(0, 12), 16) / 2 ** 48;
}

const FILTERS = [
  "service",
  "operation",
  "bucket",
  "cluster",
  "step",
  "type",
  "zone",
  "market",
  "role",
  "state",
] as const;

export function matches(rule: Rule, about: About): boolean {
  const key = rule.key === undefined || (about.key ?? "").startsWith(rule.key);
  return (
    key &&
    FILTERS.every((name) => {
      const wanted = rule[name];
      return wanted === undefined || (about[name] !== undefined && fits(wanted, about[name]));
    })
  );
}

function line({ id, rule }: Counted, about: About, what: string, now: number): string {
  const where = Object.values(about).filter((one) => one !== undefined);
  return (
    [new Date(now).toISOString(), id, rule.kind, ...where, ...(what ? [`→ ${what}`] : [])]
      .join(" ")
      // Names are somebody else's, and a terminal does what it reads.
      .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
  );
}
