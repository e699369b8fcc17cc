"""shims.py - a worker's allocations fail, or its wall clock lies (shim.c, preloaded).

The control block of each worker is a small mapped file: a fault is a number written there while the
worker runs.
"""
import mmap
import os
import signal
import struct
import subprocess
import time

HERE = os.path.dirname(os.path.realpath(__file__))
FIELDS = ("calls", "fail_at", "forever", "failed", "clock_us", "frozen_us", "asked")
CRASHED_SIZE = 64                       # behind them: who crashed
CATCH_UP_S = 15
WAIT_S, SETTLE_S = 8, 1.5               # an abort takes a moment
STARTING_SHARE, START_CALLS = 0.6, 12000  # a start reads schemas, book and first records
OURS = "sawa-ingest"                    # a library may crash without memory, our code may not
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000


class Control:
    """A file of int64 that another process has mapped too."""

    def __init__(self, path, fields=FIELDS):
        self.fields = fields
        with open(path, "wb") as file:
            file.write(bytes(8 * len(fields) + CRASHED_SIZE))
        self.file = open(path, "r+b")       # pylint: disable=consider-using-with
        self.map = mmap.mmap(self.file.fileno(), 8 * len(fields) + CRASHED_SIZE)

    def __getitem__(self, name):
        return struct.unpack_from("<q", self.map, 8 * self.fields.index(name))[0]

    def __setitem__(self, name, value):
        struct.pack_into("<q", self.map, 8 * self.fields.index(name), value)

    def crashed(self):
        """The program or library that crashed since the last question, or None."""
        at = 8 * len(self.fields)
        name = self.map[at:].split(b"\0", 1)[0].decode()
        self.map[at:] = bytes(CRASHED_SIZE)
        return name or None


def prepare(run):
    run.shim = os.path.join(run.world.folder, "shim.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", run.shim,
                    os.path.join(HERE, "shim.c"), "-ldl"], check=True)


def worker(run, name):
    made = run.world.new_worker(name)
    path = os.path.join(run.world.folder, f"{name}.control")
    made.control = Control(path)
    made.environment = {"LD_PRELOAD": run.shim, "SAWA_FAULT_FILE": path}
    return made.start()


# -- memory ------------------------------------------------------------------------------------

def _fail(run, count, forever):
    """The N-th allocation from now on. A worker may end by that; it must leave nothing wrong."""
    victims = run.pick(count)
    for one in victims:
        one.control["failed"], one.control["forever"] = 0, forever
        if run.rng.random() < STARTING_SHARE:
            one.kill()
            one.control["calls"] = 0
            one.control["fail_at"] = 1 + run.rng.randrange(START_CALLS)
            one.start()
        else:
            one.control["fail_at"] = one.control["calls"] + int(10 ** (run.rng.random() * 3.5))
    run.world.until(lambda: all(one.control["failed"] for one in victims), WAIT_S)
    run.world.until(lambda: all(not one.is_running() for one in victims), SETTLE_S)
    hits = sum(one.control["failed"] > 0 for one in victims)
    for one in victims:
        _account(run, one)
        one.control["fail_at"] = one.control["forever"] = 0
    return hits


def _catches_up(run, one):
    """What waits now behind the positions it holds is applied soon. Or it ends meanwhile."""
    ends = list(run.world.producer.ends)

    def is_through():
        return not one.is_running() or all(
            row["next_offset"] >= ends[number] for number, row in run.world.positions().items()
            if row["owner"] == one.name)

    return run.world.until(is_through, CATCH_UP_S, 0.05)


def _account(run, one):
    if not one.control["failed"]:
        return
    if one.is_running() and one.control["forever"]:
        one.kill()                          # it hangs on without memory: somebody ends it
        run.reach("allocation failed: lived without memory, was killed")
        return
    if one.is_running() and not _catches_up(run, one):
        one.kill()                          # as an orchestrator would, or whoever is on call
        run.reach("allocation failed: stood still, was killed")
        return
    if one.is_running():
        one.may_end = True                  # it may come to the hole later
        run.reach("allocation failed: went on")
        return
    code = one.process.returncode
    one.is_wanted = False
    how = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
    crashed = one.control.crashed()
    run.reach(f"allocation failed: {how}" + (f" in {crashed}" if crashed else ""))
    if crashed == OURS:
        run.fail(f"{one.name} crashed in its own code where an allocation failed")


def allocations_once(run, count):
    return _fail(run, count, 0)


def allocations_for_ever(run, count):
    return _fail(run, count, 1)


# -- the wall clock ----------------------------------------------------------------------------

JUMPS = (("an hour back", -HOUR_US), ("a day ahead", DAY_US), ("a second back", -1_000_000),
         ("frozen", None), ("twice as fast", 0))


def clock_jumps(run, count):
    """Each worker has a wrong clock of its own for one to three seconds, and works on with it."""
    victims, name_by = run.pick(count), {}
    for one in victims:
        name, by_us = run.rng.choice(JUMPS)
        name_by[one] = name
        one.control["asked"] = 0
        if name == "frozen":
            one.control["frozen_us"] = time.time_ns() // 1000
        else:
            one.control["clock_us"] = by_us or 1
    at, begin = run.world.passed(), time.monotonic()
    lasts = 1 + 2 * run.rng.random()
    while time.monotonic() < begin + lasts:
        for one in (one for one in victims if name_by[one] == "twice as fast"):
            one.control["clock_us"] = int((time.monotonic() - begin) * 1e6) + 1
        time.sleep(0.02)
    moved = run.world.until(lambda: run.world.passed() > at, WAIT_S)
    hits = 0
    for one in victims:
        if one.control["asked"] and moved:
            run.reach(f"clock {name_by[one]}: worked on")
            hits += 1
        one.control["clock_us"] = one.control["frozen_us"] = 0
    return hits
