"""table.py - every fault there is, on which stage it is played, and how often.

A stage is a world made again and again: how many workers, what settings and traffic, which servers.
volley: how many are injected at once, on different workers. volley_s: what one volley costs, as
measured; it only shapes the traffic and divides a budget. all, slice: how often in `run all` and in
`run`.
"""
import contextlib
from typing import Callable, NamedTuple

from . import processes


@contextlib.contextmanager
def usual_servers():
    yield


def nothing(_run):
    pass


def plain_worker(run, name):
    return run.world.worker(name)


class Stage(NamedTuple):
    name: str
    workers: int = 4
    partitions: int = 8
    rate: int = 500
    settings: dict = {"batch.records_max": 800, "batch.lock_timeout": "300ms",
                      "batch.linger": "30ms"}
    traffic: tuple = ()
    servers: Callable = usual_servers
    prepare: Callable = nothing
    worker: Callable = plain_worker
    finish: Callable = nothing


class Fault(NamedTuple):
    stage: str
    inject: Callable
    volley: int
    volley_s: float
    all: int
    slice: int
    tells: str


STAGES = {stage.name: stage for stage in (
    Stage("steady"),
)}

FAULTS = {
    "kills": Fault("steady", processes.kills, 3, 2.5, 2000, 60,
                   "SIGKILL at random moments, around COMMIT, in COPY, while claiming"),
    "zombies": Fault("steady", processes.zombies, 2, 6, 200, 20,
                     "SIGSTOP with a batch in hand until others took over, then SIGCONT"),
    "lost-replies": Fault("steady", processes.lost_replies, 4, 1.5, 2000, 30,
                          "the answer to COMMIT, with and without the COMMIT"),
    "twins": Fault("steady", processes.twins, 1, 6, 20, 2,
                   "two workers with one identity claim the same partitions"),
}
