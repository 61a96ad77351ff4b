"""Packages for another machine than this one, as one archive: its system, its processor, its Python.

    pack.py WISH.json       {"lines", "nodeps", "environment", "python", "abi", "platforms", "folder", "out"}

The person's own pip finds and fetches the wheels, with their own configuration. It looks at wheels for the target
(--platform, --python-version, --abi), but evaluates environment markers for the Python it runs on, whatever these options
say (pypa/pip#11664); here they are evaluated for the target. Answers in lines of JSON, as fetch.py does.
"""

import contextlib
import glob
import hashlib
import json
import logging
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True  # the folder of an installed package stays as it is
from fetch import end_with_parent, say
from unpack import Failed
from wheels import pack

WORDS = ["--disable-pip-version-check", "--no-input"]


class NoWheel(Failed):
    """Said by its parts: the reader puts them into words."""

    def __init__(self, code, **parts):
        super().__init__(code, parts.get("requirement", ""))
        self.parts = parts


def supported(wish):
    from pip._internal.utils.compatibility_tags import get_supported

    return set(get_supported(wish["python"].replace(".", ""), wish["platforms"], "cp", [wish["abi"]]))


def tags_of(filename):
    from pip._vendor.packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        return parse_wheel_filename(filename)
    except (InvalidWheelFilename, ValueError):
        return None


def shown(filename):
    """The part of a wheel's name that says where it runs."""
    return "-".join(filename[: -len(".whl")].split("-")[-3:])


class Unfetched(logging.Handler):
    """pip tells only whoever debugs it that an index gave nothing, unless it tries again."""

    def emit(self, record):
        message = record.getMessage()
        if message.startswith("Could not fetch URL"):
            print(message)


class Seen:
    """Every archive that an index has shown, by the package it is of."""

    def __init__(self):
        self.by_name = {}

    def listen(self):
        from pip._internal.index.package_finder import LinkEvaluator

        collector = logging.getLogger("pip._internal.index.collector")
        collector.addHandler(Unfetched(logging.DEBUG))
        collector.setLevel(logging.DEBUG)
        plain, seen = LinkEvaluator.evaluate_link, self.by_name

        def evaluate_link(evaluator, link):
            seen.setdefault(evaluator._canonical_name, {})[link.filename] = link.requires_python
            return plain(evaluator, link)

        LinkEvaluator.evaluate_link = evaluate_link

    def explain(self, requirement):
        """Why no archive of it could be taken. A folder of archives (--find-links) shows those of others, too."""
        from pip._vendor.packaging.utils import canonicalize_name, parse_sdist_filename

        name, fits = canonicalize_name(requirement.name), requirement.specifier
        versions, wheels, sources, needs = set(), {}, set(), {}
        for filename, python in self.by_name.get(name, {}).items():
            parsed = tags_of(filename) if filename.endswith(".whl") else None
            if parsed and parsed[0] == name:
                versions.add(parsed[1])
                if fits.contains(parsed[1], prereleases=True):
                    wheels.setdefault(parsed[1], set()).add(shown(filename))
                    needs[parsed[1]] = python
            elif filename.endswith((".tar.gz", ".zip")):
                with contextlib.suppress(Exception):
                    of, version = parse_sdist_filename(filename)
                    if of == name:
                        versions.add(version)
                        sources.update({version} if fits.contains(version, prereleases=True) else ())
        said = {"requirement": str(requirement), "name": requirement.name}
        if wheels:
            newest = max(wheels)
            parts = {"version": str(newest), "wheels": sorted(wheels[newest]), "needs": needs[newest]}
            return NoWheel("no-wheel", **said, **parts)
        if sources:
            return NoWheel("source-only", **said, version=str(max(sources)))
        return NoWheel("not-found", **said, versions=[str(one) for one in sorted(versions)[-8:]])


def is_place(line):
    """Whether it is a path of this machine or an address: the requirement without marker and hashes, else None."""
    found = re.match(r"(?:-e|--editable)[ =]\s*(.+)", line)
    text = re.split(r"\s+--hash=|\s+;|\s+#", found.group(1) if found else line)[0].strip()
    if found or re.match(r"[./~]|file:|(?:git|hg|svn|bzr)\+", text) or re.match(r"[\w.\[\], -]+\s*@\s*\S", text):
        return text
    return text if re.search(r"\.(?:whl|tar\.gz|zip)(?:\[.*\])?$", text) and not line.startswith("-") else None


def build(text, folder):
    """A wheel of what has none yet; the person's own pip builds it, for what runs anywhere."""
    os.makedirs(folder)
    command = [sys.executable, "-m", "pip", "wheel", *WORDS, "--no-deps", "-w", folder, text]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout)
    made = glob.glob(os.path.join(folder, "*.whl"))
    if done.returncode != 0 or len(made) != 1:
        lines = [line for line in done.stdout.splitlines() if line.strip() and not line.startswith("[notice]")]
        raise NoWheel("not-built", requirement=text, said=lines[-8:])
    return made[0]


def localize(line, number, wish, tags):
    """A line that names a file, a folder or a repository, as a line that names a wheel for the target."""
    from pip._vendor.packaging.markers import Marker

    text = is_place(line)
    if text is None:
        return line
    marker = re.search(r"\s;\s*(.+?)(?:\s+--hash=.*)?$", line)
    if marker and not Marker(marker.group(1)).evaluate({"extra": ""}):
        return None
    named = re.match(r"([\w.-]+)\s*(\[[^\]]*\])?\s*@\s*(.+)", text)
    extras = re.search(r"(\[[^\]]*\])$", text) if not named else None
    plain = text[: extras.start()] if extras else text
    place = named.group(3) if named else plain
    if re.search(r"^https?:.*\.whl(?:#|$)", place):
        return line  # pip fetches it, and looks at its tags
    if place.endswith(".whl") or re.search(r"\.whl#", place):
        path = os.path.abspath(re.sub(r"#.*|^file://(?:localhost)?", "", place))
    else:
        path = build(text if named else plain, os.path.join(wish["folder"], f"built-{number}"))
    parsed = tags_of(os.path.basename(path))
    if parsed is None or not parsed[3] & tags:
        native = "built-" in path
        raise NoWheel("other-target", requirement=text, file=os.path.basename(path), tags=shown(path), native=native)
    hashes = re.findall(r"--hash=\S+", line)
    if not hashes and any("--hash=" in one for one in wish["lines"]):
        with open(path, "rb") as file:
            hashes = [f"--hash=sha256:{hashlib.sha256(file.read()).hexdigest()}"]
    more = (named.group(2) if named else extras and extras.group(1)) or ""
    return " ".join([path + more, *hashes])


def resolve(wish, log):
    """Fetches the wheels into a folder."""
    from pip._internal.cli.main import main as pip
    from pip._vendor.packaging import markers
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement

    # A folder is built by another process, with this machine's own environment.
    plain, target = markers.default_environment, wish["environment"]
    markers.default_environment = lambda: {**plain(), **target}
    tags = supported(wish)
    lines = [localize(line, number, wish, tags) for number, line in enumerate(wish["lines"])]
    seen = Seen()
    seen.listen()
    listed, folder = os.path.join(wish["folder"], "requirements.txt"), os.path.join(wish["folder"], "wheels")
    os.makedirs(folder)
    with open(listed, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines if line)
    command = ["download", *WORDS, "--only-binary=:all:", "-d", folder, "-r", listed]
    command += [f"--platform={one}" for one in wish["platforms"]]
    command += [f"--python-version={wish['environment']['python_full_version']}", "--implementation=cp", f"--abi={wish['abi']}"]
    try:
        code = pip([*command, *(["--no-deps"] if wish["nodeps"] else [])])
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    if code != 0:
        with open(log, encoding="utf-8", errors="replace") as file:
            said = file.read()
        missing = re.search(r"No matching distribution found for (.+)", said)
        if missing:
            with contextlib.suppress(InvalidRequirement):
                raise seen.explain(Requirement(re.sub(r"\s*\(from .*", "", missing.group(1)).strip()))
        raise Failed("pip", "\n".join(line for line in said.splitlines() if line.strip()))
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def run(wish, log):
    try:
        import pip  # noqa: F401
    except ImportError:
        raise Failed("no-pip", f"{sys.executable} has no pip") from None
    # pip talks to its log; what is said here goes to whoever asked.
    out = os.dup(1)
    with open(log, "ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        found = resolve(wish, log)
    finally:
        sys.stdout.flush()
        os.dup2(out, 1)
    odd = next((one for one in found if not one.endswith(".whl")), None)
    if odd:
        raise NoWheel("source-only", requirement=os.path.basename(odd), name=os.path.basename(odd), version="")
    digest, size = pack(found, wish["out"])
    say("done", digest=digest, unpacked=size, bytes=os.path.getsize(wish["out"]), wheels=[os.path.basename(one) for one in found])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        wish = json.load(file)
    end_with_parent()
    os.environ.update(PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    try:
        run(wish, os.path.join(wish["folder"], "pip.log"))
    except NoWheel as error:
        say("error", code=error.code, message=str(error), **error.parts)
    except Failed as error:
        say("error", code=error.code, message=str(error))
    except OSError as error:
        say("error", code="disk-full" if error.errno in (28, 122) else "other", message=str(error))
    except (ImportError, AttributeError, TypeError) as error:
        say("error", code="no-pip", message=f"the pip of {sys.executable} does not work as expected: {type(error).__name__}: {error}")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
