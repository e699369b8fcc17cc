"""world.py - one scenario's own database, topic, traffic, proxy and workers.

    with World("kills", seed, events=80000) as world:
        worker = world.worker("one")
        world.produce(rate=1000)
        ...
        world.settle_down()        everything sent, lag 0 within 60 s, workers stopped
        world.compare()            every row against the oracle

What holds while it runs is checked each second (invariants.py); what was found stands in
world.watch.found.
"""
import contextlib
import datetime
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import psycopg2
from psycopg2.extensions import make_dsn

from .servers import ROOT

sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
# pylint: disable=wrong-import-position
from confluent_kafka.admin import AdminClient, NewTopic
from scratch import Scratch
from trafficlib import send
from .invariants import QUESTIONS, Watch, is_away
from .producer import Producer
from .proxy import Proxy
from .worker import Worker

CORRIDORS = os.path.join(ROOT, "deploy", "corridors.example.yaml")
LAG_WAIT_S, DATABASE_WAIT_S = 60, 60
PARTITIONS = 4


class LastingScratch(Scratch):
    """Its questions wait for a database that is being started again."""

    def sql(self, statement, *values, **named):
        end = time.monotonic() + DATABASE_WAIT_S
        while True:
            try:
                return super().sql(statement, *values, **named)
            except psycopg2.Error as error:
                if time.monotonic() > end or not is_away(error):
                    raise
                time.sleep(0.05)
                self._connect_again()

    def _connect_again(self):
        try:
            connection = psycopg2.connect(self.dsn(), connect_timeout=5)
        except psycopg2.OperationalError:
            return
        connection.autocommit = True
        self.connection = connection


_worlds = itertools.count(1)        # what is left of a world that failed is nothing to the next


class World:
    corridors, hours = CORRIDORS, 24        # of the traffic
    questions = QUESTIONS                   # of each snapshot

    def __init__(self, name, seed, events, ids="mixed", settings=None, traffic=(), windows=True,
                 partitions=PARTITIONS):
        self.partitions = partitions
        self.name, self.seed, self.event_count, self.ids = name, seed, events, ids
        self.settings = settings or {}
        self.traffic_options = list(traffic)
        self.windows = windows
        self.topic = f"{name}-{os.getpid()}-{next(_worlds)}"
        self.workers, self.producer, self.watch, self.proxy = [], None, None, None
        self.differing = []               # parts of the comparison with the oracle

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="sawa-faults.")
        self.scratch = LastingScratch(self.name.replace("-", "_"))
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _make(self):
        self.scratch.__enter__()
        self.traffic = os.path.join(self.folder, "traffic")
        self.first_day = self.choose_first_day()
        os.mkdir(self.traffic)
        if self.event_count:        # 0: somebody else writes the record file
            self._generate(self.first_day)
        self.scratch.must("corridor", "load", self.corridors)
        if self.windows:
            self.open_windows(-5, 6)
        self.create_topic(self.topic)
        server = self.scratch.server
        self.proxy = Proxy(os.path.join(server["host"], f".s.PGSQL.{server.get('port', 5432)}"),
                           self.folder)

    @staticmethod
    def choose_first_day():
        return datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=3)

    def _generate(self, first):
        subprocess.run(
            [os.path.join(ROOT, "tests", "support", "traffic"), "generate", "--seed",
             str(self.seed), "--events", str(self.event_count), "--corridors", self.corridors,
             "--from", f"{first}T00:00Z", "--hours", str(self.hours), "--partitions",
             str(self.partitions), "--ids", self.ids,
             "--processes", "2", "--out", self.traffic, *self.traffic_options],
            check=True, stderr=subprocess.DEVNULL)
        with open(os.path.join(self.traffic, "meta.json"), encoding="utf-8") as file:
            self.counts = json.load(file)["partition_counts"]

    def open_windows(self, first, last):
        """Of days counted from the first day of traffic."""
        self.scratch.must("settle", "open", "--from",
                          self.first_day + datetime.timedelta(days=first), "--until",
                          self.first_day + datetime.timedelta(days=last))

    def settle(self, *arguments):
        return self.scratch.must("settle", "--set", f"settle.payment_topics={self.topic}",
                                 *arguments)

    def create_topic(self, topic):
        self.admin = AdminClient({"bootstrap.servers": os.environ["SAWA_KAFKA_BROKERS"],
                                  "log_level": 2})
        for future in self.admin.create_topics([NewTopic(topic, self.partitions, 1)]).values():
            future.result(30)
        send.await_leaders({"bootstrap.servers": os.environ["SAWA_KAFKA_BROKERS"]}, topic,
                           self.partitions)

    def delete_topic(self):
        self.admin.delete_topics([self.topic])[self.topic].result(30)

    def __exit__(self, kind=None, *_):
        for worker in self.workers:
            if worker.is_running():
                worker.kill()
        if self.producer:
            self.producer.rate = 0
        if self.watch:
            self.watch.end()
        if self.proxy:
            self.proxy.close()
            with contextlib.suppress(*[Exception] if kind else []):     # what came first is told
                self.delete_topic()
        self.scratch.__exit__()
        if self.scratch.failed or kind:
            print(f"# logs are in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- what runs -------------------------------------------------------------------------

    def worker_dsn(self, program="ingest"):
        """Of its role, by way of the proxy."""
        return make_dsn(host=self.proxy.folder, port=self.proxy.port, user=f"sawa_{program}",
                        dbname=self.scratch.name)

    def new_worker(self, name, **settings):
        """Not started yet."""
        self.workers.append(Worker(self, name, **{**self.settings, **settings}))
        return self.workers[-1]

    def worker(self, name, **settings):
        return self.new_worker(name, **settings).start()

    def produce(self, rate):
        self.producer = self.make_producer(rate)
        self.producer.start()
        self.watch = Watch(self.scratch.dsn(), questions=self.questions)
        self.watch.start()

    def make_producer(self, rate):
        return Producer(self.traffic, self.topic, self.counts, rate)

    def deserters(self):
        """Workers that ended though nobody ended them, with their last words."""
        return [(worker.name, worker.process.returncode, worker.events()[-2:])
                for worker in self.workers if worker.has_deserted()]

    def start_aborted(self):
        """Starts those again that their Kafka client aborted; how many."""
        aborted = [worker for worker in self.workers
                   if worker.has_deserted() and worker.was_aborted()]
        for worker in aborted:
            worker.start()
        return len(aborted)

    # -- what stands where -----------------------------------------------------------------

    def group(self):
        """What the broker says of the group: where all stand still, for whom does it wait?"""
        try:
            client = AdminClient({"bootstrap.servers": os.environ["SAWA_KAFKA_BROKERS"]})
            return [(group.state, [(member.client_id, member.id) for member in group.members])
                    for group in client.list_groups(self.topic, timeout=10)]
        except Exception as error:  # pylint: disable=broad-except
            return f"no answer: {error}"

    def positions(self):
        columns = ("partition", "next_offset", "epoch", "owner", "owner_pid", "halt_reason")
        return {row[0]: dict(zip(columns, row)) for row in self.scratch.sql(
            f"SELECT {', '.join(columns)} FROM sawa.position")}

    def passed(self):
        """Records behind all positions."""
        return sum(row["next_offset"] for row in self.positions().values())

    def has_applied(self, ends):
        """Of each partition so many records."""
        at = self.positions()
        return all(end == 0 or number in at and at[number]["next_offset"] >= end
                   for number, end in enumerate(ends))

    def lag(self):
        return sum(self.producer.ends) - self.passed()

    def until(self, condition, seconds, pause=0.01):
        """Whether the condition came true within so many seconds."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end or (self.producer and self.producer.error):
                return False
            time.sleep(pause)
        return True

    # -- the end ---------------------------------------------------------------------------

    def settle_down(self):
        """(I8) Everything is sent, faults are over: lag 0 within 60 s; workers end by SIGTERM."""
        check, begin = self.scratch.check, time.monotonic()
        self.proxy.disarm()
        self.producer.finish()
        self.until(lambda: not self.start_aborted() and (self.lag() == 0 or self.deserters()),
                   LAG_WAIT_S, 0.05)
        deserters = self.deserters()
        healed = self.lag() == 0
        check(f"{self.name}: lag is 0 within {LAG_WAIT_S} s of healing (I8):"
              f" {time.monotonic() - begin:.1f} s", healed, f"lag {self.lag()}, {self.positions()}")
        # told to end while it begins a program ends by the signal itself
        running = [worker for worker in self.workers if worker.is_running()]
        self.until(lambda: all(worker.events("health_listening") for worker in running), LAG_WAIT_S)
        ends = [(worker.name, *worker.stop(), worker.was_aborted()) for worker in running]
        check(f"{self.name}: {len(ends)} workers end with 0 after SIGTERM,"
              f" {max((seconds for _, _, seconds, _ in ends), default=0):.1f} s at most",
              ends and all(code == 0 or aborted for _, code, _, aborted in ends)
              and not deserters, (ends, deserters))
        self.watch.end()
        check(f"{self.name}: I2, I4, I5, I6, I7 held in {self.watch.count} snapshots during the"
              " run", not self.watch.found and self.watch.count > 0, self.watch.found[:5])
        return healed

    def compare(self):
        """Every row of the database against the oracle."""
        answer = subprocess.run(
            [os.path.join(ROOT, "tests", "model", "compare"), "--dsn", self.scratch.dsn(), "--log",
             os.path.join(self.traffic, "log.tsv"), "--corridors", self.corridors, "--topic",
             self.topic, "--summary"], stdout=subprocess.PIPE, text=True, check=False)
        lines = answer.stdout.splitlines()
        self.differing = [line.split(" - ", 1)[1].split(":")[0] for line in lines
                          if line.startswith("not ok - ")]
        parts = [line for line in lines if line.startswith("ok - ") and "# SKIP" not in line]
        payments = self.scratch.value("SELECT count(*) FROM sawa.payment")
        parked = self.scratch.value("SELECT count(*) FROM sawa.parked")
        self.scratch.check(
            f"{self.name}: 0 differences from the oracle in {len(parts)} parts:"
            f" {payments} payments, {parked} parked of {self.producer.total} records",
            answer.returncode == 0 and len(parts) >= 14, f"exit code {answer.returncode}")
        if answer.returncode:
            print("\n".join(f"#   {line[:300]}" for at, line in enumerate(lines)
                            if any(before.startswith("not ok") for before in lines[at - 2:at + 1])))
