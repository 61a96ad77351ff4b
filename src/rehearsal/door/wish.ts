import type { DoorFaults } from "../faults/door/meet.ts";
import type { Service } from "../service.ts";
import type { Companion } from "./companion.ts";
import type { Keys } from "./keys.ts";

export interface DoorWish {
  port: number;
  keys: Keys;
  /** By the name in a signature's scope; all else is the companion's. */
  services: Record<string, Service>;
  companion: Companion;
  /** The companion was asked for something that it may keep only in memory. */
  onChange?: () => void;
  /** What is rehearsed to go wrong. */
  faults?: DoorFaults;
  now?: () => number;
  limits?: Partial<Limits>;
}

export interface Limits {
  /** S3 takes 5 GiB in one request. */
  objectBytes: number;
  /** All that is not S3. */
  bodyBytes: number;
  headerBytes: number;
  headersMs: number;
  /** Without a byte of the body. */
  idleMs: number;
  connections: number;
}
