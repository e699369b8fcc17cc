"""rabbit_worlds.py - worlds whose topic is RabbitMQ streams or quorum queues; one worker reads all.

    with StreamWorld(broker, "kills", seed, events=20000) as world: ...       as world.py

A stream has offsets, so all is as with Kafka. A queue has none: a record may be read several times,
each time under another number. What a QueueWorld has done is therefore counted in effects, and held
against the oracle per event id.
"""
import collections
import functools
import itertools
import os
import sys
import threading

from .world import CORRIDORS, LAG_WAIT_S, World       # first: it finds tests/support
from .rabbit import on_rabbit
from .servers import ROOT

sys.path.insert(0, os.path.join(ROOT, "tests", "model"))
# pylint: disable=wrong-import-position
from oracle import book
from oracle.model import Model, default_days
from trafficlib import amqp, queue, stream

FINISH_WAIT_S, QUIET_S = 240, 0.5


class RabbitProducer(threading.Thread):
    """Traffic flows while faults happen; the interface of producer.py."""

    def __init__(self, sender, rate):
        super().__init__(daemon=True)
        self.doubled = 0                     # Kafka's producer only
        self.sender, self.error, self.total = sender, None, len(sender.records)
        self.sender.rate = rate

    @property
    def rate(self):
        return self.sender.rate

    @rate.setter
    def rate(self, rate):
        self.sender.rate = rate

    @property
    def sent(self):
        return self.sender.sent

    @property
    def ends(self):
        return self.sender.confirmed

    def run(self):
        try:
            self.sender.run()
        except Exception as error:  # pylint: disable=broad-except
            self.error = f"{type(error).__name__}: {error}"

    def finish(self):
        self.rate = 0
        self.join(FINISH_WAIT_S)
        if self.error or self.is_alive():
            raise RuntimeError(self.error or "the producer does not end")


class RabbitWorld(World):
    kind, sending, make_sender = None, None, None       # of the subclass

    def __init__(self, broker, name, seed, events, settings=None, **options):
        self.broker, self.names = broker, []
        super().__init__(name, seed, events, settings={
            "ingest.source": self.kind, "amqp.url_file": broker.url_file,
            "amqp.heartbeat": "2s", "batch.lock_timeout": "500ms", **(settings or {})}, **options)

    def create_topic(self, topic):
        self.names = amqp.names(topic, self.partitions)
        self.settings[f"ingest.{self.kind}s"] = ",".join(self.names)
        self.sending.declare(self.broker.url, self.names)

    def delete_topic(self):
        self.sending.delete(self.broker.url, self.names)

    def records(self):
        return amqp.read(os.path.join(self.traffic, "events.bin"))

    def make_producer(self, rate):
        return RabbitProducer(self.make_sender(self.broker.url, self.names, self.records()), rate)

    def check(self, *arguments):
        return self.scratch.check(*arguments)


class StreamWorld(RabbitWorld):
    kind, sending, make_sender = "stream", stream, stream.StreamSender


class QueueWorld(RabbitWorld):
    kind, sending, make_sender = "queue", queue, queue.QueueSender

    def create_topic(self, topic):
        """A node that is killed soon after a queue was declared may lose the queue's name in its
        Raft directory, which it writes once in a while (RabbitMQ issue 15725): the queue is there
        and has no leader, for ever. Shown without any program of ours. A node that was stopped has
        written it."""
        super().create_topic(topic)
        self.broker.stop()
        self.broker.start()

    # -- how far it is ---------------------------------------------------------------------

    @functools.cached_property
    def model(self):
        path = os.path.join(self.traffic, "log.tsv")
        with open(path, encoding="utf-8") as log:
            next(log)
            days = default_days(log)
        with open(path, encoding="utf-8") as log:
            next(log)
            return Model(book.load(CORRIDORS), days).run(log)

    @functools.cached_property
    def due(self):
        """Of each queue: how many of its first N records are applied or parked, for each N."""
        return [[0, *itertools.accumulate(
            offset not in partition.duplicates for offset in range(partition.next_offset))]
            for partition in (self.model.partitions[number] for number in range(self.partitions))]

    def missing(self, ends):
        """Of the first so many records of each queue: effects that are not there."""
        done = dict(self.scratch.sql("SELECT partition, sum(applied_count + parked_count)::bigint"
                                     "  FROM sawa.batch GROUP BY partition"))
        return sum(max(0, self.due[number][end] - done.get(number, 0))
                   for number, end in enumerate(ends))

    def has_applied(self, ends):
        return self.missing(ends) == 0

    def waiting(self):
        """Records that no worker holds."""
        return sum(queue.waiting(self.broker.url, self.names))

    def lag(self):
        return self.missing(self.producer.ends) + self.waiting()

    def left(self):
        """What nobody has acknowledged, once no worker runs; with the dead letters."""
        return self.waiting() + sum(queue.waiting(self.broker.url,
                                                  [f"{name}.dead" for name in self.names]))

    def settle_down(self):
        """A record that comes again has no effect: all of them are through when nothing moves."""
        self.producer.finish()
        self.until(lambda: self.lag() == 0 or self.deserters(), LAG_WAIT_S, 0.05)
        while self._moves():
            pass
        return super().settle_down()

    def _moves(self):
        passed = self.passed()
        return self.until(lambda: self.passed() > passed, QUIET_S)

    # -- the end ---------------------------------------------------------------------------

    def _differs(self, part, *check):
        if not self.check(f"{self.name}: {part}", *check):
            self.differing.append(part)

    def compare(self):
        """Numbers differ from the log's places once something came again: by event id."""
        self._compare_payments()
        self._compare_parked()
        print(f"# {self.passed() - self.producer.total} records came again")
        left = self.left()
        self._differs("nothing is left in the queues, nor among the dead letters", left == 0, left)

    def _applied(self, found):
        """{event id: minor} that is right. Of two reports of one transfer the first counts, and a
        quorum queue gives records back in another order when a second reader dies before all that
        the first one held has come again (bus/README.md; tests/scenarios/queue, part order). So one
        of them counts, whichever it is, and exactly one."""
        applied, others = {}, 0
        for *_, entry in self.model.accepted():
            event_id, minor = entry.payment.event_id, entry.payment.settlement
            rivals = {(p.event_id, p.settlement) for p in self.model.rivals.get(event_id, ())}
            counted = {(name, amount) for name, amount in rivals if found.get(name) == amount}
            if found.get(event_id) != minor and len(counted) == 1:
                (event_id, minor), = counted
                others += 1
            applied[event_id] = minor
        print(f"# {others} transfers that were reported twice: the later report came first")
        return applied

    def _compare_payments(self):
        rows = self.scratch.sql("SELECT replace(event_id::text, '-', ''), settlement_minor"
                                "  FROM sawa.payment")
        found = dict(rows)
        applied = self._applied(found)
        total = sum(applied.values())
        self._differs(f"{len(applied)} payments: none missing, none twice, none unexpected, the"
                      " amounts are the oracle's", len(rows) == len(found) and found == applied,
                      (len(rows), len(applied), sorted(set(applied) - set(found))[:3],
                       sorted(set(found) - set(applied))[:3]))
        sums = self.scratch.sql("SELECT (SELECT sum(gross_minor)::bigint FROM sawa.window_delta),"
                                " (SELECT sum(amount_minor)::bigint FROM sawa.journal_entry"
                                " WHERE purpose IS NULL)")[0]
        self._differs("deltas and journal add up to the payments", sums == (total, total),
                      (sums, total))

    def _compare_parked(self):
        wanted = collections.Counter(reason for partition in self.model.partitions.values()
                                     for reason, _ in partition.parked.values())
        held = collections.Counter(reason for reason, in self.scratch.sql(
            "SELECT reason FROM sawa.parked"))
        self._differs(f"{sum(wanted.values())} records are parked, each once", held == wanted,
                      (held, wanted))


# -- as stages make them, on the node of the stage -------------------------------------------------

def streams(*arguments, **options):
    return StreamWorld(on_rabbit.broker, *arguments, **options)


def queues(*arguments, **options):
    return QueueWorld(on_rabbit.broker, *arguments, **options)
