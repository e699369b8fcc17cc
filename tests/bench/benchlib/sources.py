"""sources.py - the same events at every source sawa-ingest has: Kafka, streams, queues, a file.

    traffic = Traffic(folder, generate_options)          the events, made once
    source = SOURCES[kind](servers, traffic, name, partitions)
    source.prepare()      once: where the events lie, and the events in it
    source.fill()         before each run: what a run takes away
    source.settings()     of the worker
    source.ends()         where each partition's position stands when all is read
    source.check()        after a run: that nothing is left
    source.remove()

A queue gives a record away when it is acknowledged, so it is filled anew before each run; a topic,
a stream and a file are read again from their beginning. None of this is timed.
"""
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__)))))
SUPPORT = os.path.join(ROOT, "tests", "support")
sys.path.insert(0, SUPPORT)
# pylint: disable=wrong-import-position
from trafficlib import amqp, queue, stream
from trafficlib.amqp import SendError  # pylint: disable=unused-import

SEND_S = 1800


def tool(*words):
    done = subprocess.run([os.path.join(SUPPORT, "traffic"), *map(str, words)], text=True,
                          check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise RuntimeError(f"traffic {' '.join(map(str, words))}: {done.stdout}{done.stderr}")


class Traffic:
    """The record file of a run, for so many partitions; made where it is missing."""

    def __init__(self, folder, options):
        self.folder, self.options = folder, options

    def made(self, partitions):
        """(folder, its meta.json)"""
        folder = os.path.join(self.folder, f"of_{partitions}")
        path = os.path.join(folder, "meta.json")
        if not os.path.exists(path):
            tool("generate", *self.options, "--partitions", partitions, "--processes",
                 os.cpu_count(), "--out", folder)
        with open(path, encoding="utf-8") as file:
            return folder, json.load(file)


class Source:
    def __init__(self, servers, traffic, name, partitions):
        self.servers, self.traffic, self.topic = servers, traffic, name
        self.partitions = partitions

    def prepare(self):
        self.folder, self.meta = self.traffic.made(self.partitions)

    def records(self):
        return amqp.read(os.path.join(self.folder, "events.bin"))

    def fill(self):
        pass

    def ends(self):
        return self.meta["partition_counts"]

    def check(self):
        """What is wrong, or nothing."""

    def remove(self):
        pass


class Kafka(Source):
    def prepare(self):
        super().prepare()
        if self.servers.topic(self.topic, self.partitions):
            tool("send", self.folder, "--brokers", self.servers.brokers, "--topic", self.topic)

    def settings(self):
        return {}


class Rabbit(Source):
    """Where the broker is, in a file as the worker wants it."""

    def prepare(self):
        super().prepare()
        self.url = self.servers.env["SAWA_AMQP_URL"]
        self.url_file = os.path.join(self.folder, "amqp-url")
        with open(self.url_file, "w", encoding="utf-8",
                  opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(self.url)
        self.names = amqp.names(self.topic, self.partitions)


class Stream(Rabbit):
    def prepare(self):
        super().prepare()
        stream.declare(self.url, self.names)
        stream.StreamSender(self.url, self.names, self.records()).run(SEND_S)

    def settings(self):
        return {"ingest.source": "stream", "amqp.url_file": self.url_file,
                "ingest.streams": ",".join(self.names)}

    def remove(self):
        stream.delete(self.url, self.names)


class Queue(Rabbit):
    def prepare(self):
        super().prepare()
        queue.declare(self.url, self.names)

    def left(self):
        return sum(queue.waiting(self.url, self.names + [f"{name}.dead" for name in self.names]))

    def fill(self):
        if self.left():
            raise RuntimeError("the queues are not empty")
        queue.QueueSender(self.url, self.names, self.records()).run(SEND_S)

    def settings(self):
        return {"ingest.source": "queue", "amqp.url_file": self.url_file,
                "ingest.queues": ",".join(self.names)}

    def check(self):
        left = self.left()
        return f"{left} records are left in the queues" if left else None

    def remove(self):
        queue.delete(self.url, self.names)


class File(Source):
    """One file, one partition; its position counts bytes."""

    FORM = "avro"

    def __init__(self, servers, traffic, name, _partitions):
        super().__init__(servers, traffic, name, 1)

    def prepare(self):
        super().prepare()
        self.path = os.path.join(self.folder, f"events.{self.FORM}")
        if not os.path.exists(self.path):
            tool("write", self.folder, "--write", self.path, "--format", self.FORM)

    def fill(self):
        """Into the disk cache, where a broker has its log too."""
        with open(self.path, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass

    def settings(self):
        return {"ingest.source": "file", "ingest.path": self.path, "file.label": self.topic}

    def ends(self):
        return [os.path.getsize(self.path)]


class Lines(File):
    FORM = "ndjson"


SOURCES = {"kafka": Kafka, "stream": Stream, "queue": Queue, "file": File, "lines": Lines}
RABBIT = {"stream", "queue"}
