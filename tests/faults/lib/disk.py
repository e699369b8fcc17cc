"""disk.py - the database's disk is full, or fails.

Full: a PostgreSQL of its own on a small tmpfs, which a ballast file fills to the last page.
Failing: strace tells a backend in the middle of a worker's transaction that pwrite64 or fdatasync
failed; or the whole database lies on a FUSE file system of ours (fuse.c) that fails writes or
flushes for a while. All end transactions (53100, 58030) or the server (PANIC: a failed flush is
never tried again).
"""
import contextlib
import errno
import os
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg2

from .database import backend_of
from .machines import LOCAL, Server
from .servers import read_environment
from .shims import Control

SIZE, WAIT_S, SETTLE_S = "500m", 20, 30
FUSE_FIELDS = ("kind", "number", "fired")
FUSE_FAULTS = ((1, errno.EIO, "writes: EIO"), (1, errno.ENOSPC, "writes: ENOSPC"),
               (2, errno.EIO, "flushes: EIO"), (2, errno.ENOSPC, "flushes: ENOSPC"))
ERRORS = (("fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC"))


def is_root():
    return None if os.geteuid() == 0 else "only root mounts"


def has_fuse():
    """None, or why not."""
    if is_root():
        return is_root()
    if not os.path.exists("/dev/fuse") or not shutil.which("fusermount3"):
        return "no FUSE here"
    there = subprocess.run(["pkg-config", "--exists", "fuse3"], check=False).returncode == 0
    return None if there else "no libfuse3-dev to build it with"


@contextlib.contextmanager
def on_tmpfs():
    """The environment names a database on a small disk; Kafka stays."""
    with tempfile.TemporaryDirectory(prefix="sawa-disk.") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0711", "tmpfs", folder],
                       check=True)
        try:
            with _database_in(folder):
                yield
        finally:
            subprocess.run(["umount", folder], check=False)


@contextlib.contextmanager
def on_fuse():
    """The same, on a file system whose calls fail when its control file says so."""
    with tempfile.TemporaryDirectory(prefix="sawa-fuse.") as top:
        os.chmod(top, 0o711)
        below, mount, control, program = (os.path.join(top, name)
                                          for name in ("real", "fs", "control", "fuse"))
        os.mkdir(below, 0o711)
        os.mkdir(mount)
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "fuse3"], check=True,
                               stdout=subprocess.PIPE, text=True).stdout.split()
        subprocess.run(["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program,
                        os.path.join(os.path.dirname(os.path.realpath(__file__)), "fuse.c"),
                        *flags], check=True)
        made = Control(control, FUSE_FIELDS)
        subprocess.run([program, "-o", "allow_other,default_permissions", mount], check=True,
                       env={**os.environ, "SAWA_FUSE_REAL": below, "SAWA_FAULT_FILE": control})
        try:
            with _database_in(mount):
                on_fuse.control = made
                yield
        finally:
            made["kind"] = 0
            subprocess.run(["fusermount3", "-u", "-z", mount], check=False)


@contextlib.contextmanager
def _database_in(folder):
    before, state = dict(os.environ), os.path.join(folder, "st")
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
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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


def _answers(run):
    """A new connection is let in: recovery is over, and did not fail."""
    try:
        psycopg2.connect(run.world.scratch.dsn()).close()
        return True
    except psycopg2.OperationalError:
        return False


def fuse_errors(run, _):
    """Every write, or every flush, of the database fails for up to a second."""
    server, control = Server("postgres"), on_fuse.control
    kind, number, name = run.rng.choice(FUSE_FAULTS)
    control["fired"], control["number"] = 0, number
    control["kind"] = kind
    hit = run.world.until(lambda: control["fired"], WAIT_S)
    time.sleep(run.rng.random())
    control["kind"] = 0
    time.sleep(0.5)                         # a server that panics takes a moment to end
    run.world.until(lambda: not server.is_running() or _answers(run), SETTLE_S, 0.1)
    crashed = not server.is_running()
    if crashed:
        server.start()
    run.world.scratch.value("SELECT 1")
    run.reach(f"file system failed {name}{', server ended' if crashed else ''}", int(bool(hit)))
    return int(bool(hit))
