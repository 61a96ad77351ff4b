"""Serves ministack on the loopback for as long as someone holds the other end of our input.

Our first line is a secret: it stands in a header of every request that is answered. Programs of a rehearsed machine
reach the loopback too, and some of ministack's services run what they are given as the person, outside of all walls.

Prints "ready PORT" once it answers there. A line "save" on the input writes its state to the disk;
the end of the input, whatever caused it, writes it once more and ends this process. The port in the
addresses that it hands out (GATEWAY_PORT) is not its own: it stands behind a door.
"""

import asyncio
import hmac
import importlib.util
import json
import logging
import os
import signal
import socket
import sys
import threading
import time

# How long the last writing may take before we end without it.
PATIENCE_S = 20


class FencedDuckdb:
    """Athena's SQL is run by DuckDB, which would read and write whatever file of this machine a
    query names: each of its connections sees only the buckets and their temporary copies."""

    def find_spec(self, name, path=None, target=None):
        if name != "duckdb":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None:
            return None
        load = spec.loader.exec_module

        def load_fenced(module):
            load(module)
            connect = module.connect

            def connect_fenced(*args, **kwargs):
                connection = connect(*args, **kwargs)
                folders = [os.environ["S3_DATA_DIR"], os.environ["TMPDIR"]]
                quoted = ", ".join("'" + folder.replace("'", "''") + "/'" for folder in folders)
                connection.execute(f"SET allowed_directories = [{quoted}]")
                # Once off it cannot be turned on again.
                connection.execute("SET enable_external_access = false")
                return connection

            module.connect = connect_fenced

        spec.loader.exec_module = load_fenced
        return spec


def add_policies(iam):
    """AWS's own policies that EMR's roles have, as moto 5.2.5 has them recorded from AWS: ministack knows
    others, and says of these that they are not there. What it seeds it seeds anew at each reset."""
    seed = iam._seed_aws_managed_policies
    with open(os.path.join(os.path.dirname(__file__), "policies.json")) as file:
        policies = json.load(file)

    def seed_all():
        seed()
        for policy in policies:
            record = iam._make_aws_managed_record(policy["name"], json.dumps(policy["document"]))
            version = record["Versions"].pop(record["DefaultVersionId"])
            record["DefaultVersionId"] = version["VersionId"] = policy["version"]
            record["Versions"][policy["version"]] = version
            iam._aws_managed_policies[record["Arn"]] = record

    iam._seed_aws_managed_policies = seed_all
    seed_all()


# Raised by each of Python's ways to start a process ("Audit events table").
STARTS = ("subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn")


def start_nothing():
    """Lambda's functions, which a template of CloudFormation makes as well, and Glue's jobs would run as the person.
    A hook like this one cannot be taken away again."""

    def hook(event, arguments):
        if event in STARTS:
            raise PermissionError("a rehearsal runs nothing but what clusters and applications of EMR run")

    sys.addaudithook(hook)


HEADER = b"x-mayfly-secret"


def guarded(app, secret):
    """The same application for those who know the secret, and nothing for anybody else."""

    async def guard(scope, receive, send):
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        given = [value for name, value in scope["headers"] if name == HEADER]
        if len(given) == 1 and hmac.compare_digest(given[0], secret):
            headers = [one for one in scope["headers"] if one[0] != HEADER]
            return await app({**scope, "headers": headers}, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        await send({"type": "http.response.start", "status": 403, "headers": [(b"connection", b"close")]})
        await send({"type": "http.response.body", "body": b"behind the door\n"})

    return guard


def main():
    secret = sys.stdin.readline().strip().encode()
    if not secret:
        sys.exit("no secret")
    start_nothing()
    sys.meta_path.insert(0, FencedDuckdb())
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app as ministack
    from ministack.core.persistence import save_all
    from ministack.services import ec2, iam
    import companion_ec2

    add_policies(iam)
    companion_ec2.mend(ec2)
    config = Config()
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    port = listener.getsockname()[1]
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = "WARNING"
    config.accesslog = None
    logging.getLogger().setLevel(logging.WARNING)

    async def run():
        loop = asyncio.get_running_loop()
        over = asyncio.Event()

        def read_input():
            for line in sys.stdin:
                if line.strip() == "save":
                    loop.call_soon_threadsafe(save)
            loop.call_soon_threadsafe(over.set)
            time.sleep(PATIENCE_S)
            os._exit(1)

        def save():
            save_all(ministack._build_persistence_save_dict())
            print("saved", flush=True)

        loop.add_signal_handler(signal.SIGTERM, over.set)
        threading.Thread(target=read_input, daemon=True).start()
        ready = asyncio.create_task(tell_ready(port, secret))
        await serve(guarded(ministack.app, secret), config, shutdown_trigger=over.wait)
        ready.cancel()

    asyncio.run(run())
    sys.stdout.flush()
    os._exit(0)  # its threads would keep us


async def tell_ready(port, secret):
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = b"GET /_ministack/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
            writer.write(head + HEADER + b": " + secret + b"\r\n\r\n")
            line = await reader.readline()
            writer.close()
            if b" 200" in line:
                print(f"ready {port}", flush=True)
                return
        except OSError:
            pass
        await asyncio.sleep(0.05)


main()
