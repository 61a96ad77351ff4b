import assert from "node:assert/strict";
import { it } from "node:test";
import { abiOf, markerEnvironment, type Platform, platformTags } from "./platform.ts";

const platform = (more: Partial<Platform> = {}): Platform => ({
  arch: "x86_64",
  glibc: "2.34",
  python: "3.9.16",
  ...more,
});

it("names every wheel that runs there, newest first, and none that needs a newer library", () => {
  const tags = platformTags(platform({ glibc: "2.26" }));
  assert.equal(tags[0], "manylinux_2_26_x86_64");
  for (const one of ["manylinux_2_17", "manylinux2014", "manylinux2010", "manylinux1", "linux"])
    assert.ok(tags.includes(`${one}_x86_64`), one);
  assert.ok(!tags.some((tag) => /manylinux_2_(?:27|28|34)_/.test(tag)));
  assert.equal(new Set(tags).size, tags.length);
});

it("knows that Linux on ARM has wheels from glibc 2.17 on", () => {
  const tags = platformTags(platform({ arch: "aarch64" }));
  assert.equal(tags[0], "manylinux_2_34_aarch64");
  assert.deepEqual(tags.slice(-3), [
    "manylinux_2_17_aarch64",
    "manylinux2014_aarch64",
    "linux_aarch64",
  ]);
  assert.ok(!tags.some((tag) => tag.includes("x86") || tag.includes("manylinux1_")));
});

it("gives the ABI and the markers of that Python, not of this one", () => {
  assert.deepEqual(
    ["3.7.10", "3.9.16", "3.11.6"].map((python) => abiOf(platform({ python }))),
    ["cp37m", "cp39", "cp311"],
  );
  const { python_version, python_full_version, platform_machine, sys_platform } = markerEnvironment(
    platform({ arch: "aarch64", python: "3.11.6" }),
  );
  assert.deepEqual(
    [python_version, python_full_version, platform_machine, sys_platform],
    ["3.11", "3.11.6", "aarch64", "linux"],
  );
});
