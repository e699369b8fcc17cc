"""producer.py - traffic flows to the topic while faults happen.

A thread that sends the record file of `traffic generate`, each record on its partition, at a rate
that may be changed; every delivery report is held against the offset the log says.

Now and then, when a broker restarts under it, librdkafka's idempotent producer has a request twice
on the topic (its issue 4953). What happened then is what stands on the topic: when all is sent,
log.tsv is written anew after it, and the oracle sees records that came twice.
"""
import os
import threading
import time

from confluent_kafka import Consumer, Producer as Client, TopicPartition

from trafficlib import send, wire

READ_WAIT_S = 30


def _standing(topic, ends):
    """(partition, offset, timestamp ms, value) of all that stands on the topic below ends."""
    consumer = Consumer({"bootstrap.servers": os.environ["SAWA_KAFKA_BROKERS"],
                         "group.id": "faults-look", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, p, 0) for p, end in enumerate(ends) if end])
    left = sum(ends)
    try:
        while left:
            found = consumer.consume(min(left, 10000), timeout=READ_WAIT_S)
            if not found:
                raise RuntimeError(f"{left} records of {topic} cannot be read")
            for one in found:
                if one.error():
                    raise RuntimeError(f"reading {topic}: {one.error()}")
                left -= 1
                yield one.partition(), one.offset(), one.timestamp()[1], one.value()
    finally:
        consumer.close()


def follow(folder, topic, ends):
    """Writes log.tsv after what stands on the topic, of which each record sent must be one."""
    path, rows, seen = os.path.join(folder, "log.tsv"), {}, set()
    with open(os.path.join(folder, "events.bin"), "rb", buffering=1 << 20) as file, \
         open(path, encoding="utf-8") as log:
        head = log.readline()
        for (partition, at_ms, _, value), line in zip(wire.read_records(file), log, strict=True):
            rows.setdefault((partition, at_ms, value), line.split("\t", 2)[2])
    with open(path + ".new", "w", encoding="utf-8") as log:
        log.write(head)
        for partition, offset, at_ms, value in _standing(topic, ends):
            seen.add((partition, at_ms, value))
            log.write(f"{partition}\t{offset}\t{rows[partition, at_ms, value]}")
    if len(seen) != len(rows):
        raise RuntimeError(f"{len(rows) - len(seen)} records are confirmed and not on {topic},"
                           f" which ends at {ends}: {sorted(rows.keys() - seen)[:2]}")
    os.replace(path + ".new", path)


class Producer(threading.Thread):
    def __init__(self, folder, topic, counts, rate):
        super().__init__(daemon=True)
        self.folder, self.path = folder, os.path.join(folder, "events.bin")
        self.topic, self.rate = topic, rate
        self.counts, self.total, self.sent = counts, sum(counts), 0
        self.ends = [0] * len(counts)        # first offset not yet confirmed, per partition
        self.doubled = 0                     # records that stand on the topic twice
        self.error = None
        self._delivered = send.Delivered(self.ends, may_double=True)
        self._over = threading.Event()

    def run(self):
        try:
            self._run()
        except Exception as error:  # pylint: disable=broad-except
            self.error = f"{type(error).__name__}: {error}"

    def _run(self):
        client = Client({**send.PRODUCER, "linger.ms": 5, "log_level": 3,
                         "bootstrap.servers": os.environ["SAWA_KAFKA_BROKERS"]})
        due = time.monotonic()
        with open(self.path, "rb", buffering=1 << 20) as file:
            for partition, timestamp_ms, key, value in wire.read_records(file):
                while True:
                    try:
                        client.produce(self.topic, value, key, partition, self._delivered, None,
                                       timestamp_ms)
                        break
                    except BufferError:
                        client.poll(0.05)
                self.sent += 1
                if self.rate and self.sent % 8 == 0:
                    due = max(due + 8 / self.rate, time.monotonic() - 1)
                    client.poll(0)
                    self._over.wait(max(0.0, due - time.monotonic()))
                elif self.sent % 1024 == 0:
                    client.poll(0)
                if self._delivered.error:
                    break
        left = client.flush(60)
        if self._delivered.error or left:
            raise RuntimeError(self._delivered.error or f"{left} records not confirmed")
        self._look_back()

    def _look_back(self):
        """All is confirmed: is each record on the topic once?"""
        ends = send.ends({"bootstrap.servers": os.environ["SAWA_KAFKA_BROKERS"], "log_level": 2},
                         self.topic, len(self.ends))
        if ends != self.counts:
            follow(self.folder, self.topic, ends)
            self.doubled = sum(ends) - self.total
            self.ends[:] = ends

    def finish(self):
        """What is left goes out as fast as it can."""
        self.rate = 0
        self._over.set()
        self.join(120)
        if self.error or self.is_alive():
            raise RuntimeError(self.error or "the producer does not end")
