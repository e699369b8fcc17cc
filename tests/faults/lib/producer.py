"""producer.py - traffic flows to the topic while faults happen.

A thread that sends the record file of `traffic generate`, each record on its partition, at a rate
that may be changed; every delivery report is held against the offset the log says.
"""
import os
import threading
import time

from confluent_kafka import Producer as Client

from trafficlib import send, wire


class Producer(threading.Thread):
    def __init__(self, folder, topic, counts, rate):
        super().__init__(daemon=True)
        self.path = os.path.join(folder, "events.bin")
        self.topic, self.rate = topic, rate
        self.total, self.sent = sum(counts), 0
        self.ends = [0] * len(counts)        # first offset not yet confirmed, per partition
        self.error = None
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
        if self._delivered.error or left:
            raise RuntimeError(self._delivered.error or f"{left} records not confirmed")

    def finish(self):
        """What is left goes out as fast as it can."""
        self.rate = 0
        self._over.set()
        self.join(120)
        if self.error or self.is_alive():
            raise RuntimeError(self.error or "the producer does not end")
