"""Lays an archive out in a folder, without pip: nothing of it is built or run, and nothing leaves the folder."""

import os
import posixpath
import re
import shutil
import tarfile
import zipfile

CHUNK = 256 * 1024
LAYOUT = {  # where a PySpark sdist keeps what in a Spark home
    "deps/jars": "jars",
    "deps/bin": "bin",
    "deps/sbin": "sbin",
    "deps/data": "data",
    "deps/licenses": "licenses",
    "deps/examples": "examples/src/main/python",
    "pyspark": "python/pyspark",
    "lib": "python/lib",
}


class Failed(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def spark_place(member):
    """Where a file of the sdist goes, its top folder taken off; None for what a Spark home has no use for."""
    inner = member.split("/", 1)[1] if "/" in member else ""
    for source, target in LAYOUT.items():
        if inner.startswith(source + "/"):
            place = target + inner[len(source) :]
            scripts = target in ("bin", "sbin") and not place.endswith(".cmd")
            return place, 0o755 if scripts else 0o644
    return None


def inside(folder, place):
    clean = posixpath.normpath(place)
    if place.startswith("/") or clean == ".." or clean.startswith("../") or "\\" in place or "\0" in place:
        raise Failed("other", f"the archive holds a file outside of its folder: {place!r}")
    return os.path.join(folder, *clean.split("/"))


def put(folder, place, mode, source):
    path = inside(folder, place)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "xb") as file:
        shutil.copyfileobj(source, file, CHUNK)
    os.chmod(path, mode)


def unpack_spark(archive, folder, version, progress):
    total = os.path.getsize(archive)
    hadoop = None
    with open(archive, "rb") as raw, tarfile.open(fileobj=raw, mode="r|gz") as tar:
        for member in tar:
            inside(folder, member.name)
            target = spark_place(member.name)
            if target is None or member.isdir():
                continue
            if not member.isfile():
                raise Failed("other", f"the archive holds a link: {member.name!r}")
            hadoop = hadoop or re.search(r"/hadoop-client-api-(.+)\.jar$", member.name)
            put(folder, *target, tar.extractfile(member))
            progress(min(raw.tell(), total - 1), total)
    with open(os.path.join(folder, "RELEASE"), "w", encoding="utf-8") as file:
        file.write(f"Spark {version}" + (f" built for Hadoop {hadoop.group(1)}" if hadoop else "") + "\n")
    progress(total, total)


def unpack_wheel(archive, folder, prefix, progress):
    with zipfile.ZipFile(archive) as wheel:
        members = [m for m in wheel.infolist() if m.filename.startswith(prefix + "/") and not m.is_dir()]
        total, done = sum(m.file_size for m in members), 0
        for member in members:
            mode = member.external_attr >> 16
            if mode and (mode & 0o170000) not in (0, 0o100000):
                raise Failed("other", f"the archive holds a link: {member.filename!r}")
            with wheel.open(member) as source:
                put(folder, member.filename[len(prefix) + 1 :], 0o755 if mode & 0o111 else 0o644, source)
            done += member.file_size
            progress(done, total)
        if not members:
            raise Failed("other", f"{os.path.basename(archive)} has no folder {prefix!r}")
