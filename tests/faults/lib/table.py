"""table.py - every fault there is, on which stage it is played, and how often.

A stage is a world made again and again: how many workers, what settings and traffic, which servers.
volley: how many are injected at once, on different workers. volley_s: what one volley costs, as
measured; it only shapes the traffic and divides a budget. all, slice: how often in `run all` and in
`run`, which has minutes: what costs many seconds an injection is in `all` alone.
"""
import contextlib
from typing import Callable, NamedTuple

from .world import World                    # first: it finds tests/support
from . import broker, database, disk, network, processes, rabbit, rabbit_worlds, settlement, \
    settlement_world, shims, streams, syscalls


STEADY = {"batch.records_max": 800, "batch.lock_timeout": "300ms", "batch.linger": "30ms",
          "batch.statement_timeout": "10s"}
# A kill makes all that was on its way come again: twenty deliveries are soon reached. A queue keeps
# no order then, so of two records that exclude each other either may be the first: none here.
IN_ANY_ORDER = ("--transfer-twice", "0", "--other-content", "0")
QUEUES = {**STEADY, "amqp.missing_id": "content", "amqp.delivery_limit": 100}


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
    partitions: int = 12
    rate: int = 500
    settings: dict = STEADY
    traffic: tuple = ()
    servers: Callable = usual_servers
    world: Callable = World
    prepare: Callable = nothing
    worker: Callable = plain_worker
    finish: Callable = nothing             # before lag must come to 0
    close: Callable = nothing              # whatever happened
    lacks: Callable = lambda: None         # why it cannot be played on this machine


class Fault(NamedTuple):
    stage: str
    inject: Callable
    volley: int
    volley_s: float
    all: int
    slice: int
    tells: str
    calm: float = 1.0                      # after how many of its volleys all is waited for


LEASED = {**STEADY, "ingest.assignment": "lease", "ingest.lease": "1s"}

STAGES = {stage.name: stage for stage in (
    Stage("steady", prepare=database.prepare),
    Stage("leased", settings=LEASED),
    Stage("shimmed", prepare=shims.prepare, worker=shims.worker),
    Stage("network", prepare=network.prepare, worker=network.worker, finish=network.finish,
          close=network.close),
    Stage("small-disk", servers=disk.on_tmpfs, lacks=disk.is_root),
    Stage("failing-disk", servers=disk.on_fuse, lacks=disk.has_fuse),
    Stage("flood", workers=2, partitions=4, traffic=("--malformed", "0.3"),
          settings={**STEADY, "batch.parked_max_per_minute": 60, "batch.parked_share_max": 10},
          finish=streams.finish_flood),
    Stage("streams", workers=1, partitions=4, rate=150, servers=rabbit.on_rabbit,
          world=rabbit_worlds.streams),
    Stage("queues", workers=1, partitions=4, rate=150, servers=rabbit.on_rabbit,
          world=rabbit_worlds.queues, settings=QUEUES, traffic=IN_ANY_ORDER),
    Stage("settlement", workers=5, partitions=4, rate=100, servers=rabbit.on_rabbit,
          world=settlement_world.SettlementWorld, worker=settlement.worker,
          lacks=settlement_world.lacks),
    Stage("disorder", workers=2, partitions=4, prepare=streams.prepare_disorder,
          traffic=("--duplicates", "0.1", "--late", "0.05", "--transfer-twice", "0.02",
                   "--other-content", "0.02", "--reversals", "0.05")),
)}

# Of a fault's injections this share at least must have led to a state, once there are DEMAND_MIN:
# a run that saw only one outcome of two has shown little.
DEMAND_MIN = 20
DEMANDS = (
    ("lost-replies", "reply lost: had committed", 0.05),
    ("lost-replies", "reply lost: had rolled back", 0.05),
    ("zombies", "zombie refused: epoch lost", 0.05),
    ("zombies", "zombie refused: unknown outcome", 0.05),
    ("kills", "killed at commit", 0.05),
    ("kills", "killed at committed", 0.05),
    ("stream-kills", "killed at committed", 0.05),
    ("queue-kills", "killed at committed", 0.05),
    ("stream-broker-restarts", "RabbitMQ was killed and started", 0.1),
    ("queue-broker-restarts", "RabbitMQ was killed and started", 0.1),
    ("settle-kills", "settle killed at commit", 0.1),
    ("settle-kills", "settle killed at committed", 0.1),
    ("relay-kills", "relay killed at commit", 0.1),
    ("relay-kills", "relay killed at committed", 0.1),
    ("relay-kills", "relay killed at told", 0.05),
    ("settlement-syscall-kills", "relay killed before renameat2", 0.03),
    ("settlement-syscall-kills", "relay killed before sendmsg", 0.03),
    ("settlement-kafka-restarts", "events waited while kafka was away", 0.2),
    ("settlement-rabbit-restarts", "events waited while amqp was away", 0.2),
)

FAULTS = {
    "kills": Fault("steady", processes.kills, 3, 2.9, 2000, 60,
                   "SIGKILL at random moments, around COMMIT, in COPY, while claiming", 0.1),
    "zombies": Fault("steady", processes.zombies, 2, 3, 200, 20,
                     "SIGSTOP with a batch in hand until others took over, then SIGCONT"),
    "lost-replies": Fault("steady", processes.lost_replies, 4, 1.7, 2000, 30,
                          "the answer to COMMIT, with and without the COMMIT", 0.1),
    # Not in the slice: scenarios/lease plays them one by one.
    "leased-kills": Fault("leased", processes.kills, 3, 2.9, 200, 0,
                          "the same where workers share partitions out by leases", 0.1),
    "leased-zombies": Fault("leased", processes.zombies, 2, 3, 60, 0,
                            "the same: stopped past the lease time, then SIGCONT"),
    "leased-lost-replies": Fault("leased", processes.lost_replies, 4, 1.7, 200, 0,
                                 "the same: the answer to COMMIT", 0.1),
    "twins": Fault("steady", processes.twins, 1, 2, 20, 1,
                   "two workers with one identity claim the same partitions"),
    "db-crashes": Fault("steady", database.crashes, 1, 4, 50, 1,
                        "pg_ctl stop -m immediate, then started again"),
    "db-postmaster-kills": Fault("steady", database.postmaster_kills, 1, 4.5, 10, 0,
                                 "SIGKILL of the postmaster alone"),
    "db-backend-kills": Fault("steady", database.backend_kills, 1, 2.5, 20, 0,
                              "SIGKILL of a backend in a transaction: the server recovers"),
    "db-terminations": Fault("steady", database.terminations, 3, 1, 60, 6,
                             "pg_terminate_backend in a transaction", 0.1),
    "db-lock-conflicts": Fault("steady", database.lock_conflicts, 1, 1, 50, 2,
                               "position rows are held beyond the lock time-out"),
    # Not in the slice: a batch seldom holds the other row just then (3 of 27 tries when measured).
    "db-deadlocks": Fault("steady", database.deadlocks, 1, 1.5, 30, 0,
                          "a session locks positions in the other order"),
    "db-serialization": Fault("steady", database.serialization_failures, 5, 0.5, 200, 10,
                              "40001 when a position moves, or at COMMIT", 0.1),
    "broker-restarts": Fault("steady", broker.restarts, 1, 13, 50, 0, "SIGTERM and start"),
    "broker-kills": Fault("steady", broker.broker_kills, 1, 16, 10, 0, "SIGKILL and start"),
    "broker-pauses": Fault("steady", broker.pauses, 1, 2.2, 30, 1, "SIGSTOP for up to 3 s"),
    # Not in the slice: a node of its own starts; the scenarios stream and queue have a few of each.
    "stream-kills": Fault("streams", processes.kills, 1, 1, 500, 0,
                          "SIGKILL of the one worker that reads streams", 0.1),
    "queue-kills": Fault("queues", processes.kills, 1, 1, 500, 0,
                         "SIGKILL of the one worker that reads quorum queues", 0.1),
    "stream-broker-restarts": Fault("streams", rabbit.restarts, 1, 12, 30, 0,
                                    "RabbitMQ stopped or killed, and started; streams"),
    "queue-broker-restarts": Fault("queues", rabbit.restarts, 1, 12, 30, 0,
                                   "RabbitMQ stopped or killed, and started; quorum queues"),
    # Not in the slice: a node of its own starts; scenarios/outbox and relay have a few of each.
    "settle-kills": Fault("settlement", settlement.settle_kills, 2, 1.5, 150, 0,
                          "SIGKILL of settle, at random and around COMMIT", 0.1),
    "relay-kills": Fault("settlement", settlement.relay_kills, 2, 1.5, 200, 0,
                         "SIGKILL of relay: the same, and when brokers have what rows do not say",
                         0.1),
    "settlement-syscall-kills": Fault(
        "settlement", settlement.syscall_kills, 1, 1.5, 150, 0,
        "SIGKILL of either before a call: sends, receives, syncs, moves of files", 0.1),
    "settlement-kafka-restarts": Fault("settlement", settlement.kafka_restarts, 1, 14, 25, 0,
                                       "Kafka stopped or killed, and started, as events wait",
                                       0.3),
    "settlement-rabbit-restarts": Fault("settlement", settlement.rabbit_restarts, 1, 12, 25, 0,
                                        "RabbitMQ, the same", 0.3),
    "settlement-db-crashes": Fault("settlement", database.crashes, 1, 4, 20, 0,
                                   "pg_ctl stop -m immediate below all of it, then started"),
    "rebalances": Fault("steady", broker.rebalances, 2, 1, 200, 6,
                        "a guest joins the group and leaves it", 0.1),
    "syscall-kills": Fault("steady", syscalls.kills, 3, 3.4, 200, 12,
                           "SIGKILL before the K-th system call of a batch cycle, K swept", 0.1),
    "syscall-errors": Fault("steady", syscalls.errors, 3, 2, 60, 3,
                            "sendto, recvfrom or poll of a batch fails", 0.1),
    # Not in the slice: libpq may wait for an answer it had no memory for, up to statement_timeout.
    "allocation-once": Fault("shimmed", shims.allocations_once, 2, 2.5, 100, 0,
                             "one allocation fails"),
    "allocation-for-ever": Fault("shimmed", shims.allocations_for_ever, 2, 2.5, 50, 0,
                                 "one allocation and all after it fail"),
    "clock-jumps": Fault("shimmed", shims.clock_jumps, 3, 2.3, 50, 3,
                         "wall clock an hour back, a day ahead, frozen, twice as fast"),
    "network": Fault("network", network.toxics, 2, 8, 60, 0,
                     "latency, slices, half-open and reset between workers and PostgreSQL"),
    "poison": Fault("flood", streams.poison, 1, 2, 20, 1,
                    "three of ten records are refused: partitions halt, an operator accepts"),
    "disorder": Fault("disorder", streams.disorder, 1, 2.5, 50, 2,
                      "doubled, late, shuffled records, and a kill in each thousand"),
    "schema-newer": Fault("steady", streams.newer_schema, 1, 2, 10, 1,
                          "a name the binary uses is gone: it ends, nothing is committed"),
    "schema-wider": Fault("steady", streams.wider_schema, 1, 0.5, 10, 1,
                          "a column more: nobody stops"),
    "disk-full": Fault("small-disk", disk.full, 1, 3, 50, 0,
                       "the last page of the database's disk is taken"),
    "disk-fails": Fault("failing-disk", disk.fuse_errors, 1, 12, 40, 0,
                        "the database's file system fails every write, or flush, for a while"),
    # Not in the slice: once a lane stood still for more than 60 s after it; why is not known.
    "db-io-errors": Fault("steady", disk.io_errors, 1, 1.5, 50, 0,
                          "EIO or ENOSPC from pwrite64 and fdatasync of a backend"),
}
