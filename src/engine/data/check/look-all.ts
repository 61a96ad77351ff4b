import { toMayflyError } from "../../../base/errors.ts";
import { partitionsIn } from "../../../storage/dataset/describe.ts";
import { bytesOf } from "../../../storage/formats/bytes.ts";
import { lookAt } from "../../../storage/formats/look.ts";
import type { FieldLook, Look } from "../../../storage/formats/types.ts";
import { inParallel } from "../../../storage/parallel.ts";
import type { DataFile } from "../files.ts";

export interface Looked extends DataFile {
  look: Look;
  partitions: string[];
}

const AT_ONCE = 32;

export interface Looking {
  /** Bytes that were read. */
  counted(bytes: number): void;
  /** Before each file; what it throws ends all. */
  next?(): void;
  /** What it throws is said of that file. */
  may?(uri: string): void;
}

/** Looks at each file; one that cannot be read is named, and the others go on. */
export async function lookAtAll(files: readonly DataFile[], looking: Looking): Promise<Looked[]> {
  const looked: Looked[] = [];
  const share = sharing();
  await inParallel(files.entries(), AT_ONCE, async ([i, file]) => {
    looking.next?.();
    const look = await lookOrSay(file, looking);
    const partitions = partitionsIn(`/${file.name}`).map(([name]) => name);
    looked[i] = { ...file, look: { ...look, columns: share(look.columns) }, partitions };
  });
  return looked;
}

async function lookOrSay(file: DataFile, { counted, may }: Looking): Promise<Look> {
  try {
    may?.(file.uri);
    return await lookAt(bytesOf(file.store, file.item, counted), file.item.path);
  } catch (error) {
    const known = toMayflyError(error, "read it");
    // Whatever comes next would fail in the same way.
    if (["disk-full", "missing", "offline", "interrupted"].includes(known.code)) throw known;
    const gone = known.code === "not-found";
    const text = gone ? "it is gone since it was listed" : `it cannot be read: ${known.message}`;
    return { columns: [], problems: [{ kind: "unread", text }] };
  }
}

/** Ten thousand files of one schema keep it once. */
function sharing() {
  const known = new Map<string, readonly FieldLook[]>();
  return (columns: readonly FieldLook[]) => {
    const key = JSON.stringify(columns);
    const first = known.get(key) ?? columns;
    known.set(key, first);
    return first;
  };
}
