"""What a lock of uv or poetry asks for in one environment, as lines of a requirements file: versions and hashes pinned.

    lock.py FILE ENVIRONMENT      ENVIRONMENT: the variables of environment markers, as JSON; {} means this Python's own

Answers with one line of JSON: {"kind": "done", "lines", "notes"} or {"kind": "error", "message", "remedy"}.
"""

import json
import os
import re
import sys

sys.dont_write_bytecode = True  # the folder of an installed package stays as it is

try:
    import tomllib
except ImportError:  # Python 3.9 and 3.10
    from pip._vendor import tomli as tomllib
from pip._vendor.packaging import markers
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.specifiers import InvalidSpecifier, SpecifierSet
from pip._vendor.packaging.utils import canonicalize_name
from pip._vendor.packaging.version import Version

SPARK = "pyspark"  # comes with Spark, and so does what it needs


class Unreadable(Exception):
    def __init__(self, message, remedy):
        super().__init__(message)
        self.remedy = remedy


def read(path):
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except (OSError, ValueError) as error:
        raise Unreadable(str(error), "correct it, or make it again: uv lock, or poetry lock") from error


class Walk:
    """From what the project asks for to all that is needed for it; markers decide, in the target's environment."""

    def __init__(self, folder, environment):
        self.folder = folder
        self.environment = environment
        self.lines, self.notes, self.seen = {}, [], set()

    def holds(self, marker, extra=""):
        return not marker or markers.Marker(marker).evaluate({**self.environment, "extra": extra})

    def local(self, path):
        return os.path.normpath(os.path.join(self.folder, path))

    def add(self, name, line, hashes=()):
        self.lines[name] = " ".join([line, *(f"--hash={one}" for one in sorted(set(hashes)))])

    def left_out(self, name):
        if name != SPARK:
            return False
        note = "pyspark is left out of the packages: PySpark comes with Spark"
        if note not in self.notes:
            self.notes.append(note)
        return True


class Uv(Walk):
    def __init__(self, lock, folder, environment):
        super().__init__(folder, environment)
        version = lock.get("version")
        if version != 1:
            raise Unreadable(f"it is a uv.lock of version {version!r}, and version 1 is read", "make it again with a uv of today: uv lock")
        self.packages = lock.get("package", [])

    def run(self):
        members = [one for one in self.packages if self.place(one) is not None]
        roots = [one for one in members if self.place(one) == "."] or members
        if not roots:
            raise Unreadable("it names no project that its packages are for", "make it again: uv lock")
        for root in roots:
            self.follow(root.get("dependencies", []))

    @staticmethod
    def place(package):
        source = package.get("source", {})
        return source.get("editable", source.get("virtual", source.get("directory")))

    def follow(self, dependencies):
        for wish in dependencies:
            name = wish["name"]
            if not self.holds(wish.get("marker")) or self.left_out(name):
                continue
            package = self.find(wish)
            for extra in ["", *wish.get("extra", [])]:
                key = (name, package["version"] if "version" in package else "", extra)
                if key in self.seen:
                    continue
                self.seen.add(key)
                if extra == "":
                    self.take(package)
                    self.follow(package.get("dependencies", []))
                else:
                    self.follow(package.get("optional-dependencies", {}).get(extra, []))

    def find(self, wish):
        same = [one for one in self.packages if one["name"] == wish["name"] and wish.get("version") in (None, one.get("version"))]
        same = [one for one in same if wish.get("source") in (None, one.get("source"))]
        fit = [one for one in same if any(map(self.holds, one.get("resolution-markers", [""])))]
        if not (fit or same):
            raise Unreadable(f"it asks for {wish['name']} and has no such package", "make it again: uv lock")
        return (fit or same)[0]

    def take(self, package):
        name, source = package["name"], package.get("source", {})
        archives = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        hashes = [one["hash"] for one in archives if "hash" in one]
        if "virtual" in source:
            return  # only what it depends on
        if self.place(package) is not None:
            self.add(name, self.local(self.place(package)))
        elif "git" in source:
            url, _, commit = source["git"].partition("#")
            self.add(name, f"{name} @ git+{url.partition('?')[0]}@{commit}")
        elif "url" in source:
            self.add(name, f"{name} @ {source['url']}", hashes)
        elif "path" in source:
            self.add(name, self.local(source["path"]), hashes)
        else:
            self.add(name, f"{name}=={package['version']}", hashes)


class Poetry(Walk):
    def __init__(self, lock, folder, environment):
        super().__init__(folder, environment)
        self.version = str(lock.get("metadata", {}).get("lock-version"))
        if self.version.split(".")[0] not in ("1", "2"):
            raise Unreadable(f"it is a poetry.lock of version {self.version}, and versions 1 and 2 are read", "make it again with a poetry of today: poetry lock")
        self.old_files = lock["metadata"].get("files", {})
        self.packages = lock.get("package", [])

    def run(self):
        project = read(os.path.join(self.folder, "pyproject.toml"))
        for line in project.get("project", {}).get("dependencies", []):
            wish = Requirement(line)
            if self.holds(str(wish.marker or "")):
                self.need(wish.name, {"extras": sorted(wish.extras)})
        table = project.get("tool", {}).get("poetry", {}).get("dependencies", {})
        # Beside [project] it only says where things come from.
        if "dependencies" not in project.get("project", {}):
            self.follow(table)

    def follow(self, table, extras=()):
        for name, told in table.items():
            if canonicalize_name(name) == "python":
                continue
            for wish in told if isinstance(told, list) else [told]:
                wish = wish if isinstance(wish, dict) else {"version": wish}
                # What only an extra needs is followed when that extra is asked for.
                if wish.get("optional") and canonicalize_name(name) not in extras:
                    continue
                if self.fits(wish, extras):
                    self.need(name, wish)

    def fits(self, wish, extras):
        marker = wish.get("markers", "")
        if not any(self.holds(marker, extra) for extra in ["", *extras]) and "extra" not in marker:
            return False
        if not within(wish.get("python", "*"), self.python()):
            return False
        return wish.get("platform", "linux") == "linux"

    def python(self):
        return self.environment.get("python_full_version") or ".".join(map(str, sys.version_info[:3]))

    def need(self, name, wish):
        name = canonicalize_name(name)
        if self.left_out(name):
            return
        package = self.find(name, wish)
        extras = {canonicalize_name(one) for one in wish.get("extras", [])}
        key = (name, package["version"], *sorted(extras))
        if key in self.seen:
            return
        self.seen.add(key)
        self.take(name, package)
        lists = {canonicalize_name(extra): names for extra, names in package.get("extras", {}).items()}
        wanted = {canonicalize_name(Requirement(re.sub(r"\s*\(.*?\)", "", line)).name) for extra in extras for line in lists.get(extra, [])}
        self.follow(package.get("dependencies", {}), wanted)

    def find(self, name, wish):
        same = [one for one in self.packages if canonicalize_name(one["name"]) == name]
        fit = [one for one in same if self.holds(self.marker(one)) and within(one.get("python-versions", "*"), self.python())]
        exact = [one for one in fit if within(wish.get("version", "*"), one["version"])]
        found = exact or fit or same
        if not found:
            raise Unreadable(f"pyproject.toml or a package asks for {name}, which is not in it", "make it again: poetry lock")
        return max(found, key=lambda one: Version(one["version"]))

    @staticmethod
    def marker(package):
        told = package.get("markers", "")
        return told.get("main", "") if isinstance(told, dict) else told

    def take(self, name, package):
        files = package.get("files") or self.old_files.get(package["name"], [])
        hashes = [one["hash"] for one in files]
        source = package.get("source", {})
        kind, url = source.get("type", "legacy"), source.get("url", "")
        if kind == "directory":
            self.add(name, self.local(url))
        elif kind == "file":
            self.add(name, self.local(url), hashes)
        elif kind == "git":
            self.add(name, f"{name} @ git+{url}@{source.get('resolved_reference', source.get('reference', 'HEAD'))}")
        elif kind == "url":
            self.add(name, f"{name} @ {url}", hashes)
        else:
            self.add(name, f"{name}=={package['version']}", hashes)


def within(told, version):
    """poetry's own words for versions: ^1.2, ~1.2, 1.*, and choices with ||."""
    return any(all(specifier(part).contains(version, prereleases=True) for part in re.split(r"\s*,\s*", choice.strip())) for choice in told.split("||"))


def specifier(part):
    part = part.strip()
    if part in ("", "*"):
        return SpecifierSet()
    if part[0] in "^~" and part[1] != "=":
        numbers = [int(number) for number in re.findall(r"\d+", part[1:])]
        if part[0] == "^":
            at = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
        else:
            at = min(1, len(numbers) - 1)
        after = ".".join(map(str, [*numbers[:at], numbers[at] + 1]))
        return SpecifierSet(f">={part[1:].strip()},<{after}")
    try:
        return SpecifierSet(part)
    except InvalidSpecifier:
        return SpecifierSet(f"=={part}")


def lines_of(path, environment):
    form = {"uv.lock": Uv, "poetry.lock": Poetry}.get(os.path.basename(path))
    if form is None:
        raise Unreadable("its name is neither uv.lock nor poetry.lock", "name one of these, or export it: requirements: requirements.txt")
    walk = form(read(path), os.path.dirname(os.path.abspath(path)), environment)
    try:
        walk.run()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Unreadable(f"it is not as expected ({type(error).__name__}: {error})", "make it again: uv lock, or poetry lock") from error
    return [walk.lines[name] for name in sorted(walk.lines)], walk.notes


def main():
    try:
        lines, notes = lines_of(sys.argv[1], json.loads(sys.argv[2]))
        print(json.dumps({"kind": "done", "lines": lines, "notes": notes}))
    except Unreadable as error:
        print(json.dumps({"kind": "error", "message": str(error), "remedy": error.remedy}))


if __name__ == "__main__":
    main()
