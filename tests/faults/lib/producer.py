"""producer.py - traffic flows to the topic while faults happen.

A thread that sends the record file of `traffic generate`, each record on its partition, at a rate
that may be changed; every delivery report is held against the offset the log says.

Now and then, when a broker restarts under it, librdkafka's idempotent producer has a record twice
on the topic. The log is wrong then, and with it the oracle: such a world shows nothing (Misplaced).
"""
import os
import threading
import time

from confluent_kafka import Consumer, Producer as Client, TopicPartition

from trafficlib import send, wire

LOOK_BACK, LOOK_MAX = 4, 12


class Misplaced(RuntimeError):
    """The topic does not hold what was sent, as it was sent."""


class Producer(threading.Thread):
    def __init__(self, folder, topic, counts, rate):
        super().__init__(daemon=True)
        self.path = os.path.join(folder, "events.bin")
        self.topic, self.rate = topic, rate
        self.total, self.sent = sum(counts), 0
        self.ends = [0] * len(counts)        # first offset not yet confirmed, per partition
        self.error, self.misplaced = None, False
        self._delivered = send.Delivered(self.ends)
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
        if self._delivered.misplaced:
            self.misplaced = True
            raise Misplaced(f"{self._delivered.error}; {self._look(*self._delivered.misplaced)}")
        if self._delivered.error or left:
            raise RuntimeError(self._delivered.error or f"{left} records not confirmed")

    def _look(self, partition, expected, stands):
        """Which records of the partition stand around there: evidence, for people."""
        with open(self.path, "rb", buffering=1 << 20) as file:
            mine = (value for at, _, _, value in wire.read_records(file) if at == partition)
            numbers = {value: number for number, value in enumerate(mine)}
        first = max(0, min(expected, stands) - LOOK_BACK)
        consumer = Consumer({"bootstrap.servers": os.environ["SAWA_KAFKA_BROKERS"],
                             "group.id": "faults-look", "enable.auto.commit": False})
        try:
            consumer.assign([TopicPartition(self.topic, partition, first)])
            found = consumer.consume(LOOK_MAX, timeout=20)
            return "there stand " + ", ".join(
                f"record {numbers.get(one.value(), '?')} at {one.offset()}" for one in found)
        finally:
            consumer.close()

    def finish(self):
        """What is left goes out as fast as it can."""
        self.rate = 0
        self._over.set()
        self.join(120)
        if self.misplaced:
            raise Misplaced(self.error)
        if self.error or self.is_alive():
            raise RuntimeError(self.error or "the producer does not end")
