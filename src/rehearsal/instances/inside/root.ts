import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { listIfThere, readIfThere } from "../../../base/files.ts";
import type { Software } from "../software.ts";
import { inRoot } from "./files.ts";
import { mounts } from "./mounts.ts";
import { IN } from "./places.ts";
import { standIns } from "./standins.ts";

/** Who the folders belong to, seen from this machine; undefined: to whoever runs Mayfly. */
export type Owner = number | undefined;

const FOLDERS = [
  "dev proc sys run system/usr root srv media opt mnt mnt1 mnt/s3 mnt/tmp home/hadoop/.ssh",
  "tmp var/tmp var/log var/lib var/cache etc/hadoop/conf etc/spark/conf usr/local",
  "var/log/hadoop-yarn/containers var/log/bootstrap-actions usr/share/aws",
]
  .join(" ")
  .split(" ");

/**
 * The root of an instance: a folder in which everything is its own to change or to remove. Programs are
 * links into this machine's `/usr`, which it sees read-only, so that nothing is copied.
 */
export function makeRoot(
  root: string,
  files: Record<string, string>,
  owner: Owner,
  software: Software,
): void {
  const { python } = software;
  const maker = makerFor(root, owner);
  for (const name of FOLDERS) maker.folder(name);
  for (const name of ["tmp", "var/tmp", "mnt/tmp"]) chmodSync(join(root, name), 0o1777);
  // What is its own comes first: a link is only made where nothing stands.
  for (const [name, text] of Object.entries(files)) maker.file(name, text);
  // Made by bwrap, they would be root's alone.
  for (const [from, to] of [...mounts(software), ["/", IN.hdfs] as const]) {
    maker.folder(isFolder(from) ? to.slice(1) : dirname(to).slice(1));
  }
  for (const name of ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]) linkAs(`/${name}`, root);
  linkFarm("/usr", "usr", ["bin", "sbin", "lib", "local"], maker);
  for (const name of ["bin", "sbin", "lib"]) {
    if (isFolder(`/usr/${name}`) && !isLink(`/usr/${name}`))
      linkFarm(`/usr/${name}`, `usr/${name}`, [], maker);
  }
  linkFarm("/usr/local", "usr/local", ["bin", "lib"], maker);
  for (const name of ["python3", "python", python.name]) {
    maker.link(inRoot(python.path), `usr/local/bin/${name}`);
  }
  for (const name of ["bin", "lib"]) {
    linkFarm(`/usr/local/${name}`, `usr/local/${name}`, [], maker);
  }
  for (const name of ETC) copyFrom(`/etc/${name}`, `etc/${name}`, maker);
  for (const [name, script] of standIns()) {
    for (const folder of ["usr/bin", "usr/sbin"]) {
      // What this machine has in sbin is found there first.
      if (folder === "usr/sbin" && !existsSync(`/usr/sbin/${name}`)) continue;
      maker.link(`${IN.standins}/bin/${script}`, `${folder}/${name}`);
    }
  }
}

/** Of this machine's settings: what programs need to run at all, and nothing that is the person's. */
const ETC = [
  "ld.so.cache ld.so.conf nsswitch.conf resolv.conf localtime timezone os-release services protocols",
  "mime.types debian_version host.conf gai.conf pip.conf",
]
  .join(" ")
  .split(" ");
interface Maker {
  folder(name: string): void;
  file(name: string, text: string): void;
  link(to: string, name: string): void;
  copy(from: string, name: string): void;
}

function makerFor(root: string, owner: Owner): Maker {
  const give = (path: string) => {
    if (owner !== undefined) chownSync(path, owner, owner);
  };
  const folder = (name: string): void => {
    const path = join(root, name);
    if (existsSync(path)) return;
    if (dirname(name) !== ".") folder(dirname(name));
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
    give(path);
  };
  const place = (name: string) => {
    folder(dirname(name));
    return join(root, name);
  };
  return {
    folder,
    file(name, text) {
      const path = place(name);
      writeFileSync(path, text);
      // Keys are among them.
      chmodSync(path, text.startsWith("#!") ? 0o755 : 0o644);
      give(path);
    },
    link(to, name) {
      const path = place(name);
      if (!lstatSync(path, { throwIfNoEntry: false })) symlinkSync(to, path);
    },
    copy(from, name) {
      const path = place(name);
      copyFileSync(from, path);
      chmodSync(path, 0o644);
      give(path);
    },
  };
}

/** Every entry of a folder of this machine as a link, but for those that become folders themselves. */
function linkFarm(from: string, to: string, own: string[], maker: Maker): void {
  maker.folder(to);
  const taken = new Set(standIns().map(([name]) => name));
  for (const name of listIfThere(from)) {
    if (own.includes(name) && !isLink(`${from}/${name}`)) maker.folder(`${to}/${name}`);
    else if (/bin$/.test(to) && taken.has(name)) continue;
    else maker.link(`/system${from}/${name}`, `${to}/${name}`);
  }
}

/** `/bin` and its like are links into `/usr`, or folders of their own on an old system. */
function linkAs(path: string, root: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) symlinkSync(readlinkSync(path), join(root, path));
  else if (stat) mkdirSync(join(root, path), { recursive: true });
}

function copyFrom(from: string, name: string, maker: Maker): void {
  const stat = statSync(from, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > 1_000_000) return;
  // A name and a password may stand in an address of pip's.
  if (name.endsWith("pip.conf") && /:\/\/[^/\s]*@/.test(readIfThere(from) ?? "")) return;
  maker.copy(from, name);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isLink(path: string): boolean {
  return lstatSync(path).isSymbolicLink();
}
