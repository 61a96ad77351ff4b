"""The first process of an instance: pid 1 in its root, which starts what it is told to, as lines of JSON on its
input, and says on its output how each ended. When its input ends, so does the instance, with all that runs in it.

usage: init.py LIMITS, with the folder for outputs open as file descriptor 3
LIMITS: {"uid": 1900000001 or null, "processes": N, "bytes": N, "memory": N}
"""
import ctypes
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time

OUTPUTS = 3
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
CAPABILITY_VERSION = 0x20080522
GRACE = 3.0


def confine(limits):
    # Should memory end, the kernel takes these first.
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    libc = ctypes.CDLL(None)
    uid = limits["uid"]
    if uid is not None:  # Started by root: from here on nobody in particular, and without a way back.
        for capability in range(64):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
        libc.capset((ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)())
    for what, most in [
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["bytes"]),
        (resource.RLIMIT_CORE, 0),
    ]:
        hard = resource.getrlimit(what)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))
    # A change of user forgets it; and nobody in here may look into this process: it holds the outputs' folder.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    os.set_inheritable(OUTPUTS, False)
    os.umask(0o022)


def say(**what):
    os.write(1, (json.dumps(what) + "\n").encode())


def output(name):
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NOCTTY
    return os.open(name, flags, 0o644, dir_fd=OUTPUTS)


class Programs:
    def __init__(self):
        self.by_pid = {}
        self.aborted = {}

    def start(self, asked):
        files = []
        try:
            os.makedirs(asked["cwd"], exist_ok=True)
            files = [output(asked["out"]), output(asked["err"])]
            child = subprocess.Popen(
                asked["argv"],
                stdin=subprocess.DEVNULL,
                stdout=files[0],
                stderr=files[1],
                env=asked["env"],
                cwd=asked["cwd"],
                start_new_session=True,
            )
            self.by_pid[child.pid] = (asked["id"], child)
        except (OSError, ValueError) as error:  # no program takes a zero byte, or half a character
            # As a shell would say it.
            if len(files) == 2:
                why = getattr(error, "strerror", None) or str(error)
                os.write(files[1], f"{asked['argv'][0]}: {why}\n".encode(errors="replace"))
            say(id=asked["id"], code=127 if isinstance(error, FileNotFoundError) else 126)
        finally:
            for file in files:
                os.close(file)

    def abort(self, wanted):
        for pid, (number, _) in self.by_pid.items():
            if number == wanted and number not in self.aborted:
                self.aborted[number] = (time.monotonic() + GRACE, pid)
                end_session(pid, signal.SIGTERM)

    def insist(self):
        for number, (deadline, pid) in list(self.aborted.items()):
            if time.monotonic() >= deadline:
                end_session(pid, signal.SIGKILL)
                del self.aborted[number]

    def reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid not in self.by_pid:
                continue  # what a program left behind, and whose parent this process became
            number, child = self.by_pid.pop(pid)
            child.returncode = 0
            if os.WIFSIGNALED(status):
                ended_by = os.WTERMSIG(status)
                # Those of real time have no names.
                known = ended_by in set(signal.Signals)
                name = signal.Signals(ended_by).name if known else f"SIG{ended_by}"
                say(id=number, code=128 + ended_by, signal=name)
            else:
                say(id=number, code=os.WEXITSTATUS(status))


def processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]


def end_session(session, number):
    for pid in processes():
        try:
            if os.getsid(pid) == session:
                os.kill(pid, number)
        except OSError:
            pass


def resident(pid):
    """Bytes, with what is shared counted in parts; 0 for one that is gone."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    except OSError:
        return 0


def quick_resident(pid):
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def watch_memory(most):
    """What the kernel does to a machine's largest process when its memory has ended."""
    pids = processes()
    if sum(map(quick_resident, pids)) <= most:
        return
    sizes = {pid: resident(pid) for pid in pids}
    if sum(sizes.values()) <= most:
        return
    largest = max(sizes, key=sizes.get)
    try:
        os.kill(largest, signal.SIGKILL)
        say(note=f"out of memory: killed process {largest}, which held {sizes[largest]} bytes")
    except OSError:
        pass


def main():
    limits = json.loads(sys.argv[1])
    confine(limits)
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    ended = []
    signal.signal(signal.SIGCHLD, lambda *_: None)
    # `shutdown` and its like send these to pid 1, as they do to any init.
    signal.signal(signal.SIGPWR, lambda *_: ended.append("shutdown"))
    signal.signal(signal.SIGINT, lambda *_: ended.append("reboot"))
    # Handled, not ignored: what is ignored stays so in every program that is started.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    os.set_blocking(0, False)
    programs = Programs()
    ready = selectors.DefaultSelector()
    ready.register(0, selectors.EVENT_READ)
    ready.register(woken, selectors.EVENT_READ)
    say(ready=True)
    rest = b""
    looked = time.monotonic()
    while not ended:
        for key, _ in ready.select(0.5):
            piece = os.read(key.fd, 65536) if key.fd == 0 else (os.read(woken, 4096), None)[1]
            if key.fd != 0:
                continue
            if not piece:
                return
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                asked = json.loads(line)
                programs.abort(asked["abort"]) if "abort" in asked else programs.start(asked)
        programs.reap()
        programs.insist()
        if time.monotonic() - looked > 0.4:
            watch_memory(limits["memory"])
            looked = time.monotonic()
    say(ended=ended[0])


if __name__ == "__main__":
    main()
