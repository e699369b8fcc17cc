"""broker.py - faults of Kafka: restarted, killed, stopped for a while; groups that find no rest."""
import os
import signal
import threading

from confluent_kafka import Consumer

from .machines import Server, stopped_for

WAIT_S = 20


def _again(run, number, state):
    server = Server("kafka")
    if not server.end(number):
        return 0
    server.start()
    run.reach(state)
    return 1


def restarts(run, _):
    return _again(run, signal.SIGTERM, "broker restarted")


def broker_kills(run, _):
    return _again(run, signal.SIGKILL, "broker killed")


def pauses(run, _):
    """Up to three sessions long: what it sends afterwards is old, what it hears has piled up."""
    hit = stopped_for(Server("kafka"), 0.5 + run.rng.random() * 2.5)
    run.reach("broker stood still", int(hit))
    return int(hit)


class Guest:
    """A member of the group that takes partitions, reads a little, and leaves again."""

    def __init__(self, run):
        self.given = threading.Event()
        self.client = Consumer({
            "bootstrap.servers": os.environ["SAWA_KAFKA_BROKERS"], "group.id": run.world.topic,
            "session.timeout.ms": 1000, "heartbeat.interval.ms": 300, "log_level": 2,
            "partition.assignment.strategy": "range,roundrobin", "enable.auto.commit": False,
            "auto.offset.reset": "latest"})
        self.client.subscribe([run.world.topic], on_assign=lambda *_: self.given.set())

    def joined(self, run):
        return run.world.until(lambda: self.client.poll(0.02) is None and self.given.is_set() or
                               self.given.is_set(), WAIT_S)


def rebalances(run, _):
    """A guest joins, holds what it is given for a moment, and leaves: two rebalances."""
    before = sum(len(one.events("partitions_assigned")) for one in run.world.workers)
    guest = Guest(run)
    joined = guest.joined(run)
    for _ in range(run.rng.randint(0, 20)):
        guest.client.poll(0.02)
    guest.client.close()
    seen = run.world.until(
        lambda: sum(len(one.events("partitions_assigned")) for one in run.world.workers)
        > before + 1, WAIT_S)
    hits = int(joined) + int(joined and seen)
    run.reach("rebalanced by a guest", hits)
    return hits
