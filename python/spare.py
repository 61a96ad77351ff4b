"""A spare driver: a JVM that has run Spark before, and beside it this Python with PySpark imported.

    spare.py FOLDER

FOLDER/spare.json says how the JVM starts and how long to wait. The spare exercises itself, then waits at
FOLDER/socket for one run, which talks to it in lines of JSON:

    {"claim": RUN}      -> {"claimed": true, "pid": PID, "jvm": PID, "out": FIFO, "err": FIFO}
    {"opened": true}    the FIFOs named last have a reader: we let go of them
    {"tell": LINE}      a line for the JVM's input (java/src/mayfly/Driver.java); null ends it
    {"fork": {...}}     -> {"forked": PID, "out": FIFO, "err": FIFO}, or {"refused": WHY}
                        a Python program with this environment, path and arguments, forked from here
                        -> {"ended": PID, "status": N} when it, or the JVM, has ended

It ends when that run does (its connection closes), or when nobody has come for a while.
"""

import fcntl
import gc
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

import program

sys.modules.pop("program")  # a program may have one of that name

EXERCISES = 10  # as many as exercise.py has rounds
EXERCISE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "exercise.py")


class Pipes:
    """Two named pipes for what a process prints; ours until somebody reads them."""

    def __init__(self, folder, name):
        self.paths = [os.path.join(folder, f"{name}.{stream}") for stream in ("out", "err")]
        for path in self.paths:
            os.mkfifo(path, 0o600)
        # Open for both, so that neither we nor a writer waits for a reader.
        self.held = [os.open(path, os.O_RDWR | os.O_NONBLOCK) for path in self.paths]
        self.ends = [os.open(path, os.O_WRONLY) for path in self.paths]

    def drop(self):
        """Whatever stands in them before the run begins is none of its business."""
        for fd in self.held:
            try:
                while os.read(fd, 65536):
                    pass
            except BlockingIOError:
                pass

    def close_ends(self):
        for fd in self.ends:
            os.close(fd)
        self.ends = []

    def remove(self):
        self.let_go()
        for path in self.paths:
            os.unlink(path)

    def let_go(self):
        self.close_ends()
        for fd in self.held:
            os.close(fd)
        self.held = []


class Spare:
    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "spare.json"), encoding="utf-8") as file:
            self.wish = json.load(file)
        self.listener = None
        self.run = None
        self.gone = False
        self.buffer = b""
        self.pending = []  # pipes that have no reader yet
        self.children = set()
        self.forks = 0
        self.base_path = []
        self.own = []

    def load(self):
        own = os.path.dirname(os.path.abspath(__file__))
        self.own = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
        self.base_path = [part for part in sys.path if part != own and part not in self.own]
        program.load_pyspark()
        gc.collect()
        gc.freeze()

    # ---- the archive of classes --------------------------------------------------------------------

    def make_archive(self):
        """Once for each Spark and Java: with it a JVM maps its classes where it would load and verify them."""
        wish = self.wish["archive"]
        lock = open(wish["path"] + ".lock", "w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None  # another one is at it
        if os.path.exists(wish["path"]):
            return None
        script = self.exercise_once(wish["record"])
        if isinstance(script, str):
            return script
        made = subprocess.run(
            wish["dump"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        if made.returncode == 0 and os.path.exists(wish["temporary"]):
            os.rename(wish["temporary"], wish["path"])
        for left in (wish["temporary"], wish["list"]):
            if os.path.exists(left):
                os.unlink(left)
        return None

    def exercise_once(self, java):
        self.start_jvm(java)
        script = self.exercise()
        if isinstance(script, str):
            return script
        self.tell_jvm(None)
        if self.jvm in self.children:
            os.waitpid(self.jvm, 0)
            self.children.discard(self.jvm)
        self.jvm_pipes.remove()
        return None

    # ---- the JVM -----------------------------------------------------------------------------------

    def listen(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(self.folder, "socket"))
        self.listener.listen(4)

    def start_jvm(self, java):
        self.jvm_pipes = Pipes(self.folder, "jvm")
        read, self.jvm_input = os.pipe()
        self.jvm = os.posix_spawn(
            java[0],
            java,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, read, 0),
                (os.POSIX_SPAWN_DUP2, self.jvm_pipes.ends[0], 1),
                (os.POSIX_SPAWN_DUP2, self.jvm_pipes.ends[1], 2),
            ],
            setsid=True,
        )
        os.close(read)
        self.jvm_pipes.close_ends()
        self.children.add(self.jvm)

    def tell_jvm(self, line):
        if self.jvm_input is None:
            return
        if line is None:
            os.close(self.jvm_input)
            self.jvm_input = None
        else:
            os.write(self.jvm_input, line.encode() + b"\n")

    # ---- exercise ----------------------------------------------------------------------------------

    def exercise(self):
        """The same way as a run: a JVM compiles and PySpark loads only what is used."""
        for number in range(EXERCISES):
            request = os.path.join(self.folder, f"exercise-{number}")
            gateway = os.path.join(self.folder, f"gateway-{number}")
            with open(os.path.join(self.folder, "exercise"), encoding="utf-8") as file:
                text = file.read()
            with open(request, "w", encoding="utf-8") as file:
                file.write(text.replace("GATEWAY", gateway))
            self.tell_jvm(f"go {request}")
            if not self.wait_for(lambda: os.path.exists(gateway)):
                return False
            with open(gateway, "rb") as file:
                found = file.read()
            os.unlink(gateway)
            port = int.from_bytes(found[:4], "big")
            env = {
                **os.environ,
                "PYSPARK_GATEWAY_PORT": str(port),
                "PYSPARK_GATEWAY_SECRET": found[8:].decode(),
            }
            child = os.fork()
            if child == 0:
                return self.become(EXERCISE, [str(number)], env, self.base_path, None)
            # It need not go well: in a folder with a file like Python's own, Spark's workers fail too.
            os.waitpid(child, 0)
            self.tell_jvm("done")
            if not self.wait_for(lambda: not os.path.exists(request)):
                return False
            if self.listener and select.select([self.listener], [], [], 0)[0]:
                break
        return True

    def wait_for(self, there):
        while not there():
            if os.waitpid(self.jvm, os.WNOHANG)[0] == self.jvm:
                self.children.discard(self.jvm)
                return False
            time.sleep(0.01)
        return True

    # ---- programs ----------------------------------------------------------------------------------

    def become(self, script, args, env, path, pipes):
        """In the child: what it takes to be the Python that this program would have started in."""
        os.setsid()
        die_with_parent()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if self.listener:
            self.listener.close()
        if self.run:
            self.run.close()
        if self.jvm_input is not None:
            os.close(self.jvm_input)
        for held in self.pending + [self.jvm_pipes]:
            if held is not pipes:
                held.let_go()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        if pipes:
            os.dup2(pipes.ends[0], 1)
            os.dup2(pipes.ends[1], 2)
            pipes.let_go()
        for name in set(os.environ) - set(env):
            del os.environ[name]
        os.environ.update(env)
        sys.argv = [script, *args]
        sys.path[:] = [os.path.dirname(os.path.abspath(script)), *path]
        return script

    def fork(self, wish):
        path = [part for part in wish["env"].get("PYTHONPATH", "").split(os.pathsep) if part]
        why = program.hidden_by([os.path.dirname(os.path.abspath(wish["script"])), *path], self.own)
        if why:
            self.say({"refused": why})
            return None
        pipes = Pipes(self.folder, f"python-{self.forks}")
        self.forks += 1
        child = os.fork()
        if child == 0:
            return self.become(
                wish["script"], wish["args"], wish["env"], [*path, *self.base_path], pipes
            )
        pipes.close_ends()
        self.pending.append(pipes)
        self.children.add(child)
        self.say({"forked": child, "out": pipes.paths[0], "err": pipes.paths[1]})
        return None

    # ---- the run -----------------------------------------------------------------------------------

    def say(self, message):
        try:
            self.run.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            self.gone = True  # it has given up waiting, or was killed

    def serve(self):
        """Returns the script that this process has become, or None when all is over."""
        wake, wake_write = os.pipe()
        for fd in (wake, wake_write):
            os.set_blocking(fd, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        while True:
            left = None if self.run else self.time_left()
            ready, _, _ = select.select([self.run or self.listener, wake], [], [], left)
            if not ready:
                if self.time_left() > 0:
                    continue
                return None
            if wake in ready:
                try:
                    os.read(wake, 4096)
                except BlockingIOError:
                    pass
                if not self.reap():
                    return None
            if self.listener in ready and not self.run:
                self.run, _ = self.listener.accept()
            elif self.run in ready:
                received = self.run.recv(1 << 20)
                if not received:
                    return None
                *lines, self.buffer = (self.buffer + received).split(b"\n")
                for line in lines:
                    script = self.obey(json.loads(line))
                    if script or self.gone:
                        return script

    def time_left(self):
        """Whoever wants us to stay longer touches the file: src/spark/warm/pool.ts."""
        try:
            touched = os.stat(os.path.join(self.folder, "ready")).st_mtime
        except OSError:
            return 0
        return max(0, min(self.wish["idle"], touched + self.wish["idle"] - time.time()))

    def obey(self, message):
        if "claim" in message:
            self.claim(message["claim"])
        elif "tell" in message:
            self.tell_jvm(message["tell"])
        elif "opened" in message:
            for pipes in self.pending:
                pipes.let_go()
            self.pending = []
        elif "fork" in message:
            return self.fork(message["fork"])
        return None

    def claim(self, run):
        # Nobody else finds us from now on; whoever closes this run after a crash knows whose we are.
        with open(os.path.join(self.folder, "run"), "w", encoding="utf-8") as file:
            file.write(run)
        os.unlink(os.path.join(self.folder, "socket"))
        self.listener.close()
        self.jvm_pipes.drop()
        self.pending.append(self.jvm_pipes)
        out, err = self.jvm_pipes.paths
        self.say({"claimed": True, "pid": os.getpid(), "jvm": self.jvm, "out": out, "err": err})
        if self.gone:
            os.unlink(os.path.join(self.folder, "run"))

    def reap(self):
        """False when a JVM ends that nobody uses."""
        for child in list(self.children):
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid == 0:
                continue
            self.children.discard(child)
            if self.run is None:
                return False
            self.say({"ended": child, "status": os.waitstatus_to_exitcode(status)})
        return True

    def end(self):
        """Nobody needs us any more: what we started ends with us."""
        for child in self.children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for child in self.children:
            try:
                os.waitpid(child, 0)
            except ChildProcessError:
                pass
        if not os.path.exists(os.path.join(self.folder, "run")):
            shutil.rmtree(self.folder, ignore_errors=True)


def die_with_parent():
    """On Linux the kernel sees to it that no program outlives us, however we end."""
    if sys.platform != "linux":
        return
    try:
        LIBC.prctl(1, signal.SIGKILL)
    except (OSError, AttributeError):
        pass


def main():
    folder, *only = sys.argv[1:]
    spare = Spare(folder)
    if only:
        spare.load()
        return spare.make_archive()
    if "archive" in spare.wish:
        # Whoever runs something meanwhile comes first.
        again = ["nice", "-n", "15", sys.executable, os.path.abspath(__file__), folder, "archive"]
        subprocess.run(again, stdin=subprocess.DEVNULL, check=False)
    spare.listen()
    spare.start_jvm(spare.wish["java"])
    spare.load()
    script = spare.exercise()
    if script is True:
        spare.tell_jvm("rest")
        with open(os.path.join(folder, "ready"), "w", encoding="utf-8"):
            pass
        script = spare.serve()
    if isinstance(script, str):
        return script
    spare.end()
    return None


if sys.platform == "linux":
    import ctypes

    LIBC = ctypes.CDLL(None)

if __name__ == "__main__":
    script = main()
    if script:
        program.execute(script)
