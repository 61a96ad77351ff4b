"""Wheels laid out in one archive: as an installation would have them, and the same bytes for the same wheels.

No interpreter, no link, no compiled cache, no path of the machine that made it: it runs wherever it is unpacked.
"""

import configparser
import gzip
import hashlib
import io
import os
import posixpath
import re
import tarfile
import zipfile

from unpack import Failed

BEGINNING = 315532800  # 1980: the first day that an archive knows
SHEBANG = b"#!/usr/bin/env python3\n"
# Where a wheel's own folders go (Binary distribution format, "The .data directory").
PLACES = {"purelib": "", "platlib": "", "data": "", "scripts": "bin/", "headers": "include/"}


def place_of(name):
    """Where a member of a wheel goes, and whether it is a program."""
    clean = posixpath.normpath(name)
    if name.startswith("/") or clean.startswith("..") or "\\" in name or "\0" in name:
        raise Failed("other", f"the wheel holds a file outside of its folder: {name!r}")
    data = re.match(r"[^/]+\.data/([^/]+)/(.+)", name)
    if not data:
        return name, False
    kind, rest = data.groups()
    return PLACES.get(kind, "") + rest, kind == "scripts"


def programs_of(text):
    """The programs that a wheel names in its entry points, which an installer writes."""
    points = configparser.ConfigParser(delimiters=("=",), strict=False)
    points.optionxform = str
    try:
        points.read_string(text)
    except configparser.Error:
        return
    for section in ("console_scripts", "gui_scripts"):
        for name, target in points.items(section) if points.has_section(section) else ():
            module, _, attribute = re.sub(r"\[.*", "", target).strip().partition(":")
            head = attribute.split(".")[0]
            if head and re.fullmatch(r"[\w.-]+", name):
                code = f"import sys\nfrom {module} import {head}\nif __name__ == '__main__':\n    sys.exit({attribute}())\n"
                yield f"bin/{name}", SHEBANG + code.encode()


def collect(wheels):
    """Path → (wheel, member or content, mode), of all wheels by name; where two have the same file, the last has it."""
    files = {}
    for path in wheels:
        with zipfile.ZipFile(path) as wheel:
            for member in wheel.infolist():
                if member.is_dir():
                    continue
                mode = member.external_attr >> 16
                if mode and (mode & 0o170000) not in (0, 0o100000):
                    raise Failed("other", f"{os.path.basename(path)} holds a link: {member.filename!r}")
                place, program = place_of(member.filename)
                files[place] = (path, member.filename, 0o755 if program or mode & 0o111 else 0o644, program)
                if re.fullmatch(r"[^/]+\.dist-info/entry_points\.txt", member.filename):
                    for name, code in programs_of(wheel.read(member).decode("utf-8", "replace")):
                        files[name] = (path, code, 0o755, False)
    return files


class Hashing(io.RawIOBase):
    """What goes through it is hashed before it is compressed: compressors differ, contents do not."""

    def __init__(self, below):
        self.below, self.digest, self.bytes = below, hashlib.sha256(), 0

    def writable(self):
        return True

    def write(self, block):
        self.digest.update(block)
        self.bytes += len(block)
        return self.below.write(block)


def pack(wheels, out):
    """The digest of what is in it, and its size unpacked."""
    files = collect(sorted(wheels, key=os.path.basename))
    opened = {}
    with open(out, "xb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6) as squeezed:
        hashing = Hashing(squeezed)
        with tarfile.open(fileobj=hashing, mode="w|", format=tarfile.GNU_FORMAT) as archive:
            for name in sorted(files):
                path, content, mode, program = files[name]
                if isinstance(content, str):
                    if path not in opened:
                        opened[path] = zipfile.ZipFile(path)
                    content = opened[path].read(content)
                if program and content.startswith(b"#!python"):
                    content = SHEBANG + content.partition(b"\n")[2]
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode, entry.mtime = len(content), mode, BEGINNING
                archive.addfile(entry, io.BytesIO(content))
    for wheel in opened.values():
        wheel.close()
    return hashing.digest.hexdigest(), hashing.bytes
