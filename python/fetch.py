"""Fetches one distribution with the pip that is here, and unpacks it.

    fetch.py get NAME SPECIFIER --to FOLDER [--parts FOLDER] [--as spark | --as wheel:PREFIX]

It resolves and downloads through pip's own session, so the person's index, mirrors, proxies,
certificates and credentials are used, and no other. A download that was cut off goes on where it
stopped. Progress and result are JSON lines on stdout. Without --as, the archive itself is kept.
"""

import argparse
import errno
import hashlib
import json
import logging
import os
import re
import shutil
import signal
import sys
import threading
import time

sys.dont_write_bytecode = True  # the folder of an installed package stays as it is
from unpack import CHUNK, Failed, unpack_spark, unpack_wheel

TRIES = 5  # of a stream that breaks off; each goes on where the last one stopped


def say(kind, **more):
    print(json.dumps({"kind": kind, **more}), flush=True)


class Progress:
    """At most ten lines a second, and always the last one."""

    def __init__(self, name, phase):
        self.name, self.phase, self.at = name, phase, 0.0

    def __call__(self, done, total):
        now = time.monotonic()
        if now - self.at >= 0.1 or done == total:
            self.at = now
            say("progress", name=self.name, phase=self.phase, bytes=done, total=total)


class Messages(logging.Handler):
    """pip says only in its log why an index gave nothing."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def resolve(name, specifier):
    try:
        import pip
    except ImportError:
        raise Failed("no-pip", f"{sys.executable} has no pip") from None
    try:
        from pip._internal.commands import create_command
        from pip._vendor.packaging.specifiers import SpecifierSet

        command = create_command("download")
        options, _ = command.parse_args(["--no-deps", "--no-input", "--no-cache-dir", "--retries=2", "x"])
        log = Messages()
        for noisy in ("pip._internal.index", "pip._vendor.urllib3"):
            logger = logging.getLogger(noisy)
            logger.addHandler(log)
            logger.setLevel(logging.DEBUG)
            logger.propagate = False
        session = command._build_session(options)
        # What is unpacked here is not installed into this Python: its version does not matter.
        finder = command._build_package_finder(options, session, ignore_requires_python=True)
        found = finder.find_best_candidate(name, SpecifierSet(specifier))
        best = found.best_candidate
    except (ImportError, AttributeError, TypeError) as error:
        raise Failed("no-pip", f"pip {pip.__version__} of {sys.executable} does not work as expected: {error}") from error
    if best is None:
        offline = [m for m in log.lines if "Could not fetch URL" in m and "404" not in m]
        if offline:
            raise Failed("offline", reason(offline[-1]))
        known = [str(v) for v in sorted({c.version for c in finder.find_all_candidates(name)})]
        raise Failed("not-found", f"the newest there are {', '.join(known[-5:])}" if known else "none is there for this machine")
    return session, best


def reason(text):
    """The part of a long chain of causes that a person can use."""
    found = re.search(r"\[Errno -?\d+\] [^'\")]+|[^:(]*certificate[^'\"(]*|timed out", text)
    return (found.group(0) if found else text).replace(" - skipping", "").strip()


def file_hash(path, name):
    digest = hashlib.new(name)
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(CHUNK), b""):
            digest.update(block)
    return digest.hexdigest()


def stream(session, link, part, progress, resume):
    """One request; True when the whole file is there."""
    have = os.path.getsize(part) if resume and os.path.exists(part) else 0
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with session.get(link.url_without_fragment, headers=headers, stream=True) as response:
        if response.status_code == 416:  # nothing after these bytes: the checksum tells if they are right
            return True
        if response.status_code >= 400:
            raise Failed("not-found" if response.status_code in (404, 410) else "offline", f"HTTP {response.status_code} for {link.filename}")
        if response.status_code != 206:
            have = 0
        length = response.headers.get("content-length")
        total = have + int(length) if length else None
        with open(part, "r+b" if have else "wb") as file:
            file.seek(have)
            for block in response.raw.stream(CHUNK, decode_content=False):
                file.write(block)
                have += len(block)
                progress(have, total)
        return total is None or have == total


def download(session, link, part, progress):
    from pip._vendor.requests.exceptions import RequestException
    from pip._vendor.urllib3.exceptions import HTTPError

    for attempt in range(1, TRIES + 1):
        try:
            # Without a checksum nothing would tell that two halves belong together.
            if stream(session, link, part, progress, resume=bool(link.hash)):
                return
            problem = "the connection closed early"
        except (RequestException, HTTPError, ConnectionError, TimeoutError) as error:
            problem = reason(str(error))
        if attempt < TRIES:
            time.sleep(min(2 ** (attempt - 1), 5) if attempt > 1 else 0.2)
    raise Failed("offline", problem)


def get(session, link, parts, name):
    """The path of the archive, its checksum verified."""
    algorithm, wanted = (link.hash_name, link.hash) if link.hash else ("sha256", None)
    if link.is_file:
        path, kept = link.file_path, True
    else:
        key = wanted or hashlib.sha256(link.url_without_fragment.encode()).hexdigest()
        path, kept = os.path.join(parts, f"{key}.part"), False
    for last in (False, True):
        if not kept:
            download(session, link, path, Progress(name, "download"))
        got = file_hash(path, algorithm)
        if wanted in (None, got):
            return path, kept, got if algorithm == "sha256" else file_hash(path, "sha256")
        if not kept:
            os.remove(path)
        if last or kept:
            raise Failed("checksum", f"{link.filename} has the {algorithm} {got}, and the index says {wanted}")


def end_with_parent():
    """A parent that was killed cannot say so; the operating system gives its children a new one."""
    parent, main = os.getppid(), threading.main_thread().ident

    def watch():
        while os.getppid() == parent:
            time.sleep(0.3)
        signal.pthread_kill(main, signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def run(arguments):
    name, folder = arguments.name, arguments.to
    parts = arguments.parts or os.path.dirname(os.path.abspath(folder))
    session, best = resolve(name, arguments.specifier)
    version, link = str(best.version), best.link
    label = f"{name} {version}"
    made = not os.path.exists(folder)
    os.makedirs(parts, exist_ok=True)
    archive, kept, sha256 = get(session, link, parts, label)
    try:
        os.makedirs(folder, exist_ok=True)
        file = folder
        if arguments.form == "spark":
            unpack_spark(archive, folder, version, Progress(label, "unpack"))
        elif arguments.form and arguments.form.startswith("wheel:"):
            unpack_wheel(archive, folder, arguments.form[6:], Progress(label, "unpack"))
        else:
            file = os.path.join(folder, link.filename)
            shutil.copyfile(archive, file)
    except BaseException:
        if made:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    if not kept:
        os.remove(archive)
    say("done", version=version, file=file, sha256=sha256)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["get"])
    parser.add_argument("name")
    parser.add_argument("specifier")
    parser.add_argument("--to", required=True)
    parser.add_argument("--parts")
    parser.add_argument("--as", dest="form")
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda got, _: sys.exit(128 + got))
    end_with_parent()
    try:
        run(arguments)
    except Failed as failed:
        code, text = failed.code, str(failed)
    except OSError as error:
        code = "disk-full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "other"
        text = str(error)
    except Exception as error:  # whatever pip raises: the reader gets one line, not a traceback
        code, text = "other", f"{type(error).__name__}: {error}"
    else:
        return 0
    say("error", code=code, message=text)
    return 1


if __name__ == "__main__":
    sys.exit(main())
