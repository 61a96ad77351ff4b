/** A machine that packages are made for: Linux with the C library of GNU, and CPython. */
export interface Platform {
  arch: "x86_64" | "aarch64";
  /** The version of its C library: wheels for an older one run on it, too. */
  glibc: string;
  /** Down to the patch, as far as it is known: `3.9.16`. */
  python: string;
}

/** `3.9` */
export const minorOf = (python: string) => python.split(".").slice(0, 2).join(".");

export const describePlatform = ({ arch, glibc, python }: Platform) =>
  `Linux ${arch} (glibc ${glibc}), Python ${minorOf(python)}`;

/** What a wheel for it may be called: PEP 600 and its forerunners, newest first. Two processors, two beginnings. */
export function platformTags({ arch, glibc }: Platform): string[] {
  const [major, newest] = glibc.split(".").map(Number) as [number, number];
  const oldest = arch === "x86_64" ? 5 : 17;
  const legacy: Record<number, string> = {
    17: "manylinux2014",
    ...(arch === "x86_64" ? { 12: "manylinux2010", 5: "manylinux1" } : {}),
  };
  const tags: string[] = [];
  for (let minor = newest; minor >= oldest; minor--) {
    tags.push(`manylinux_${major}_${minor}_${arch}`);
    if (legacy[minor]) tags.push(`${legacy[minor]}_${arch}`);
  }
  return [...tags, `linux_${arch}`];
}

/** CPython's own part of a wheel's name; until 3.7 it ended with an m. */
export function abiOf({ python }: Platform): string {
  const [major, minor] = python.split(".");
  return `cp${major}${minor}${Number(minor) < 8 ? "m" : ""}`;
}

/** The variables of environment markers (PEP 508), as they are there. */
export function markerEnvironment({ arch, python }: Platform): Record<string, string> {
  return {
    implementation_name: "cpython",
    implementation_version: python,
    os_name: "posix",
    platform_machine: arch,
    platform_python_implementation: "CPython",
    platform_release: "",
    platform_system: "Linux",
    platform_version: "",
    python_full_version: python,
    python_version: minorOf(python),
    sys_platform: "linux",
  };
}
