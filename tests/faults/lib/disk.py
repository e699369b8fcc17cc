"""disk.py - the database's disk is full, or fails.

Full: a PostgreSQL of its own on a small tmpfs, which a ballast file fills to the last page.
Failing: strace tells a backend in the middle of a worker's transaction that pwrite64 or fdatasync
failed. Both end transactions (53100, 58030) or the whole server (PANIC: a flush that failed is
never tried again). A FUSE file system would do the same one layer below; there is none here.
"""
import contextlib
import os
import signal
import subprocess
import tempfile
import time

from .database import backend_of
from .machines import LOCAL, Server
from .servers import read_environment

SIZE, WAIT_S = "500m", 20
ERRORS = (("fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC"))


@contextlib.contextmanager
def on_tmpfs():
    """The environment names a database on a small disk; Kafka stays. Wants to be root."""
    before = dict(os.environ)
    folder = tempfile.mkdtemp(prefix="sawa-disk.")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0711", "tmpfs", folder],
                   check=True)
    state = os.path.join(folder, "st")
    try:
        subprocess.run([f"{LOCAL}/up", "--state", state, "--with", "postgres", "--pg-set",
                        "max_wal_size=64MB", "--pg-set", "min_wal_size=32MB", "--pg-set",
                        "shared_buffers=32MB"], check=True, stdout=subprocess.DEVNULL)
        read_environment(os.path.join(state, "env"))
        os.environ["SAWA_DISK"] = folder
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(folder, "ballast"))
        subprocess.run([f"{LOCAL}/down", "--state", state, "--purge"], check=False,
                       stdout=subprocess.DEVNULL)
        subprocess.run(["umount", folder], check=False)
        with contextlib.suppress(OSError):
            os.rmdir(folder)
        os.environ.clear()
        os.environ.update(before)


def _fill(path):
    """The last free page too."""
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass


def _away(run):
    return sum(len(one.events("server_away")) for one in run.world.workers)


def full(run, _):
    server, before = Server("postgres"), _away(run)
    ballast = os.path.join(os.environ["SAWA_DISK"], "ballast")
    _fill(ballast)
    try:
        hit = run.world.until(lambda: _away(run) > before or not server.is_running(), WAIT_S)
        end = time.monotonic() + 0.3 + run.rng.random() * 1.5
        while time.monotonic() < end:
            _fill(ballast + "2")            # what others gave back meanwhile
            time.sleep(0.1)
    finally:
        for path in (ballast, ballast + "2"):
            with contextlib.suppress(OSError):
                os.unlink(path)
    crashed = not server.is_running()
    if crashed:
        server.start()
    run.world.scratch.value("SELECT 1")
    run.reach("disk full: server ended, started again" if crashed else "disk full: batches refused",
              int(hit))
    return int(hit)


def _injected(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return "(INJECTED)" in file.read()
    except OSError:
        return False


def io_errors(run, _):
    pid, server = backend_of(run), Server("postgres")
    call, error = run.rng.choice(ERRORS)
    if pid is None:
        return 0
    path = os.path.join(run.world.folder, f"strace-backend-{pid}")
    trace = subprocess.Popen(
        ["strace", "-qq", "-p", str(pid), "-o", path, "-e", f"trace={call}", "-e",
         f"inject={call}:error={error}:when={run.rng.randint(1, 2)}"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    hit = run.world.until(lambda: _injected(path), 5)
    trace.send_signal(signal.SIGINT)
    trace.wait()
    if hit and call == "fdatasync":
        run.world.until(lambda: pid not in run.world.proxy.backends(None), WAIT_S)
    if not server.is_running():
        server.start()
    run.world.scratch.value("SELECT 1")
    run.reach(f"database's {call} failed with {error}", int(hit))
    return int(hit)
