"""network.py - the way to PostgreSQL is slow, cut in pieces, half open, or reset.

Two proxies in a row: ours on a unix socket (proxy.py), and behind it Toxiproxy between TCP ports
where it is installed ($SAWA_TOXIPROXY, or built once by `go install` into the cache where Go is).
Without it our own proxy plays the same parts; the states say who did.
"""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request

VERSION = "v2.5.0"
MODULE = f"github.com/Shopify/toxiproxy/v2/cmd/server@{VERSION}"
BUILD_WAIT_S, WAIT_S = 300, 20

# name | Toxiproxy's type and attributes | what our own proxy does instead
TOXICS = {
    "latency": ("latency", {"latency": 150, "jitter": 100}, ("delay", 0.15)),
    "slices": ("slicer", {"average_size": 64, "size_variation": 32, "delay": 200}, ("slice", 64)),
    "half-open": ("timeout", {"timeout": 0}, ("mute", None)),
    "reset": ("reset_peer", {"timeout": 0}, ("reset", None)),
}


def _binary():
    """The path of Toxiproxy, built where Go is; None where there is neither."""
    given = os.environ.get("SAWA_TOXIPROXY") or shutil.which("toxiproxy-server")
    if given:
        return given
    folder = os.path.join(os.environ.get("SAWA_CACHE") or os.path.expanduser("~/.cache/sawa"),
                          f"toxiproxy-{VERSION}")
    path = os.path.join(folder, "server")
    if not os.path.exists(path) and shutil.which("go"):
        subprocess.run(["go", "install", MODULE], env={**os.environ, "GOBIN": folder},
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                       timeout=BUILD_WAIT_S)
    return path if os.path.exists(path) else None


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Toxiproxy:
    name = "toxiproxy"

    def __init__(self, binary, upstream_port, folder):
        self.api, self.port = _free_port(), _free_port()
        with open(os.path.join(folder, "toxiproxy.log"), "wb") as log:
            self.process = subprocess.Popen([binary, "-port", str(self.api)], stdout=log,
                                            stderr=log)
        end = time.monotonic() + WAIT_S
        while True:
            try:
                self._ask("POST", "/proxies", {"name": "postgres", "enabled": True,
                                               "listen": f"127.0.0.1:{self.port}",
                                               "upstream": f"127.0.0.1:{upstream_port}"})
                return
            except OSError:
                if time.monotonic() > end:
                    self.close()
                    raise
                time.sleep(0.05)

    def _ask(self, method, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.api}{path}", method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json", "User-Agent": "faults"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def put(self, name, stream):
        kind, attributes, _ = TOXICS[name]
        self._ask("POST", "/proxies/postgres/toxics",
                  {"name": "t", "type": kind, "stream": stream, "attributes": attributes})

    def take_away(self):
        self._ask("DELETE", "/proxies/postgres/toxics/t")

    def close(self):
        self.process.kill()
        self.process.wait()


class Own:
    """The same by our own proxy, for all its connections."""
    name = "own proxy"

    def __init__(self, proxy):
        self.proxy = proxy

    def put(self, name, stream):
        kind, value = TOXICS[name][2]
        if kind == "reset":
            for one in self.proxy.of(None):
                one.close()
        else:
            self.proxy.toxic = (kind, value, stream)

    def take_away(self):
        self.proxy.toxic = None

    def close(self):
        self.proxy.toxic = None


def prepare(run):
    """Of a stage: puts Toxiproxy behind our proxy where there is one."""
    world, binary = run.world, _binary()
    if binary is None:
        run.network = Own(world.proxy)
        return
    port = int(world.scratch.server.get("port", 5432))
    password = os.urandom(12).hex()
    world.scratch.sql(f"ALTER ROLE sawa_ingest PASSWORD '{password}'")
    world.password = password
    run.network = Toxiproxy(binary, port, world.folder)
    world.proxy.upstream = ("127.0.0.1", run.network.port)


def worker(run, name):
    made = run.world.new_worker(name)
    if getattr(run.world, "password", None):
        made.environment = {"PGPASSWORD": run.world.password}
    return made.start()


def finish(run):
    with contextlib.suppress(OSError):
        run.network.take_away()


def close(run):
    run.network.close()


def _losses(run):
    return sum(one.metric("sawa_unknown_outcomes_total") + one.metric("sawa_commit_retries_total")
               for one in run.world.workers)


def toxics(run, count):
    """One after the other, each for a second or two, up or down; half-open ends like a network does
    that comes back too late: the connections are gone."""
    hits = 0
    for _ in range(count):
        name, stream = run.rng.choice(list(TOXICS)), run.rng.choice(("upstream", "downstream"))
        at, lost = run.world.passed(), _losses(run)
        run.network.put(name, stream)
        time.sleep(0.7 + run.rng.random() * 1.5)
        moved = run.world.passed() > at
        if name in ("half-open", "reset"):
            for one in run.world.proxy.of(None):
                one.close()
        run.network.take_away()
        if name in ("half-open", "reset"):
            hit = run.world.until(lambda: _losses(run) > lost, WAIT_S)
        else:
            hit = moved or run.world.until(lambda: run.world.passed() > at, WAIT_S)
        run.reach(f"{name} {stream} by {run.network.name}", int(hit))
        hits += int(hit)
    return hits
