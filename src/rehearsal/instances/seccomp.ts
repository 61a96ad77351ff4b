/**
 * Calls that programs of an instance have no need of, by number (arch/x86/entry/syscalls/syscall_64.tbl,
 * include/uapi/asm-generic/unistd.h of Linux 6.12): new namespaces and mounts, keys, what loads code into the kernel.
 */
const EPERM = 1;
const ENOSYS = 38;
const EOPNOTSUPP = 95;

type Row = readonly [x64: number, arm64: number, error: number];
const CALLS: Record<string, Row> = {
  // A whole disk in one call: who is told so writes it, and is seen doing it.
  fallocate: [285, 47, EOPNOTSUPP],
  unshare: [272, 97, EPERM],
  setns: [308, 268, EPERM],
  mount: [165, 40, EPERM],
  umount2: [166, 39, EPERM],
  pivot_root: [155, 41, EPERM],
  open_tree: [428, 428, EPERM],
  move_mount: [429, 429, EPERM],
  fsopen: [430, 430, EPERM],
  fsmount: [432, 432, EPERM],
  fspick: [433, 433, EPERM],
  mount_setattr: [442, 442, EPERM],
  add_key: [248, 217, EPERM],
  request_key: [249, 218, EPERM],
  keyctl: [250, 219, EPERM],
  bpf: [321, 280, EPERM],
  perf_event_open: [298, 241, EPERM],
  userfaultfd: [323, 282, EPERM],
  init_module: [175, 105, EPERM],
  finit_module: [313, 273, EPERM],
  kexec_load: [246, 104, EPERM],
  open_by_handle_at: [304, 265, EPERM],
  // It does what the rest forbids, unseen; programs do without.
  io_uring_setup: [425, 425, ENOSYS],
  // Its flags lie in memory: C libraries then call clone, whose flags can be looked at.
  clone3: [435, 435, ENOSYS],
};
const CLONE: Record<string, number> = { x64: 56, arm64: 220 };
const CLONE_NEWUSER = 0x10000000;
const AUDIT_ARCH: Record<string, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };

const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const AT_LEAST = 0x35;
const ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const ERROR = 0x00050000;

/** The filter as the kernel takes it (struct sock_filter); undefined on a processor whose numbers are not here. */
export function callFilter(arch: string = process.arch): Buffer | undefined {
  const own = AUDIT_ARCH[arch];
  const clone = CLONE[arch];
  if (own === undefined || clone === undefined) return undefined;
  const program: [code: number, yes: number, no: number, value: number][] = [
    [LOAD, 0, 0, 4], // the architecture: another one has other numbers
    [EQUAL, 1, 0, own],
    [RETURN, 0, 0, ERROR | ENOSYS],
    [LOAD, 0, 0, 0], // the number of the call
  ];
  // x32 is x64 by other numbers.
  if (arch === "x64") program.push([AT_LEAST, 0, 1, 0x40000000], [RETURN, 0, 0, ERROR | ENOSYS]);
  for (const [x64, arm64, error] of Object.values(CALLS)) {
    program.push([EQUAL, 0, 1, arch === "x64" ? x64 : arm64], [RETURN, 0, 0, ERROR | error]);
  }
  program.push(
    [EQUAL, 0, 3, clone],
    [LOAD, 0, 0, 16], // its flags
    [ANY_BIT, 0, 1, CLONE_NEWUSER],
    [RETURN, 0, 0, ERROR | EPERM],
    [RETURN, 0, 0, ALLOW],
  );
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, yes, no, value], i) => {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(yes, i * 8 + 2);
    bytes.writeUInt8(no, i * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, i * 8 + 4);
  });
  return bytes;
}
