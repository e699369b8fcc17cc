"""stage.py - a topic, a database, payments made one by one, and workers: for scenarios that decide
what stands at which offset.

    with Stage("halt", seed, partitions=3) as stage:
        worker = stage.worker()
        stage.send(0, [stage.payment() for _ in range(10)])
        stage.until(lambda: stage.next_offset(0) == 10, "they are read")
        stage.check_effects("everything once")

What was sent is remembered here, per event id: check_effects compares payments, deltas, journal and
leaves with it, and batches and accepted gaps with the positions.
"""
import datetime
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import uuid

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from scratch import ROOT, Scratch
from trafficlib import send
from trafficlib.events import Event

CORRIDORS = os.path.join(ROOT, "deploy", "corridors.example.yaml")
HOLIDAYS = os.path.join(ROOT, "deploy", "holidays.example.csv")
WAIT_S = 60
SUPERVISED_S, STARTED_AGAIN_MAX = 20, 3
CRASHES = (-signal.SIGABRT, -signal.SIGSEGV)
ACCOUNT = "CANARY-ACCOUNT-7781"       # personal data: must show only where it is asked for


class Stage:
    common = {}                       # settings of every worker, beside those of each

    def __init__(self, name, seed, partitions=3, corridors=CORRIDORS):
        self.random = random.Random(f"{name}/{seed}")
        self.name, self.partitions, self.corridors = name, partitions, corridors
        self.topic = f"stage-{name}-{os.getpid()}"
        self.scratch = Scratch(name.replace("-", "_"))
        self.brokers = os.environ["SAWA_KAFKA_BROKERS"]
        self.schemas = {"schema.directory": os.path.join(ROOT, "schemas", "avro")}
        self.sent = {}                # event id -> settlement in minor units: to be applied once
        self.workers = []

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="sawa-stage.")
        self.scratch.__enter__()
        try:
            self.scratch.must("corridor", "load", self.corridors)
            today = datetime.datetime.now(datetime.timezone.utc).date()
            self.scratch.must("settle", "open", "--from", today - datetime.timedelta(days=12),
                              "--until", today + datetime.timedelta(days=10))
            self.scratch.sql("SET search_path = sawa")
            self.admin = AdminClient({"bootstrap.servers": self.brokers, "log_level": 2})
            self.create_topic(self.partitions)
        except BaseException:
            self.__exit__(RuntimeError)
            raise
        return self

    def __exit__(self, kind=None, *_):
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()
        if self.topic in self.admin.list_topics(timeout=20).topics:
            self.delete_topic()
        self.scratch.__exit__()
        if kind or self.scratch.failed:
            print(f"# logs are in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- the topic -------------------------------------------------------------------------

    def create_topic(self, partitions):
        end = time.monotonic() + WAIT_S
        while True:                   # a topic that was just deleted may still be going
            try:
                self.admin.create_topics(
                    [NewTopic(self.topic, partitions, 1)])[self.topic].result(30)
                break
            except Exception:  # pylint: disable=broad-except
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        self.await_leaders(partitions)

    def await_leaders(self, partitions):
        send.await_leaders({"bootstrap.servers": os.environ["SAWA_KAFKA_BROKERS"]}, self.topic,
                           partitions)

    def delete_topic(self):
        self.admin.delete_topics([self.topic])[self.topic].result(30)
        self.until(lambda: self.topic not in self.admin.list_topics(timeout=20).topics,
                   "the topic is gone")

    def expire(self, partition, offset):
        """The broker forgets what lies before offset."""
        subprocess.run([os.path.join(ROOT, "deploy", "local", "kafka-topics"), "--state",
                        os.environ["SAWA_STATE"], "expire", self.topic, str(partition),
                        str(offset)], check=True, stdout=subprocess.DEVNULL)

    def send(self, partition, values):
        """The offset of the first."""
        found = []
        producer = Producer({"bootstrap.servers": self.brokers, "enable.idempotence": True,
                             "linger.ms": 2, "log_level": 2})
        for value in values:
            while True:
                try:
                    producer.produce(self.topic, value, b"key", partition,
                                     lambda error, message: found.append(
                                         error or message.offset()))
                    break
                except BufferError:
                    producer.poll(0.05)
        if producer.flush(60) or not all(isinstance(offset, int) for offset in found):
            raise RuntimeError(f"not everything was delivered: {found[:3]}")
        return min(found)

    # -- payments --------------------------------------------------------------------------

    def event(self, hours_ago=0.0, **changes):
        """A payment that nothing is wrong with, but for the changes."""
        ms = int((time.time() - hours_ago * 3600) * 1000)
        bits = self.random.getrandbits
        minor = self.random.randint(100, 900000)
        event = Event(
            event_id=str(uuid.UUID(int=ms << 80 | 7 << 76 | bits(12) << 64 | 2 << 62 | bits(62))),
            kind="COMPLETED", corridor="KES-NGN", debtor_agent="EXAMKE01",
            creditor_agent="EXAMNG02", transaction_id=f"T{bits(64):016x}",
            end_to_end_id=f"E{bits(64):016x}", uetr="", channel="MOBILE_MONEY",
            instructed_e5=minor * 130000, instructed_currency="KES", settlement_e5=minor * 1000,
            settlement_currency="USD", rate_e10=76923077, lock_id="", fee_e5=0, fee_currency="",
            acceptance_us=ms * 1000, debtor_account=ACCOUNT, creditor_account=ACCOUNT)
        for key, value in changes.items():
            setattr(event, key, value)
        return event

    def expect(self, event):
        self.sent[event.event_id] = event.settlement_e5 // 1000
        return event.value()

    def payment(self, **changes):
        """The bytes of a payment that is to be applied once."""
        return self.expect(self.event(**changes))

    def poison(self):
        """Bytes that follow no schema, behind a frame that names one."""
        return b"\0\0\0\0\1" + bytes(self.random.getrandbits(8) | 128 for _ in range(40))

    # -- programs --------------------------------------------------------------------------

    def _settings(self, settings):
        chosen = {"kafka.brokers": self.brokers, **self.schemas, "ingest.topic": self.topic,
                  "batch.key_file": os.environ["SAWA_KEK_FILE"], **settings}
        return [word for key, value in chosen.items() for word in ("--set", f"{key}={value}")]

    def worker(self, name="one", **settings):
        path = os.path.join(self.folder, f"{name}-{len(self.workers)}.log")
        fast = {"ingest.group": self.topic, "worker.id": name, "batch.linger": "50ms",
                "kafka.session.timeout.ms": 3000, "kafka.heartbeat.interval.ms": 300,
                "kafka.topic.metadata.refresh.interval.ms": 1000}
        return self._start("ingest", path, {**fast, **self.common, **settings})

    def _start(self, program, path, settings):
        with open(path, "wb") as log:
            worker = self.scratch.start(program, "run", "--log-format", "json",
                                        *self._settings(settings), stdout=log, stderr=log)
        worker.log_path = path
        self.workers.append(worker)
        return worker

    def fx_worker(self, **settings):
        return self._start("fx", os.path.join(self.folder, "fx.log"), {
            "fx.topic": self.topic, "fx.group": self.topic, "batch.linger": "50ms", **settings})

    def stop(self, worker):
        worker.terminate()
        return worker.wait(30)

    def events(self, worker, action):
        with open(worker.log_path, encoding="utf-8") as log:
            return [line for line in map(json.loads, log) if line["event.action"] == action]

    def replay(self, *arguments):
        """(exit code, stdout, stderr); a --set among the arguments wins"""
        return self.scratch.program("replay", *self._settings({}), *arguments, role="replay")

    def decide(self, *arguments):
        return self.replay(*arguments, "--execute", "--reason", "told by the scenario", "--actor",
                           "ann")

    # -- what became of it -----------------------------------------------------------------

    def until(self, condition, what, seconds=WAIT_S):
        end = time.monotonic() + seconds
        while not condition():
            dead = [(os.path.basename(worker.args[0]), worker.returncode)
                    for worker in self.workers if worker.poll() not in (None, 0, -9)]
            if time.monotonic() > end or dead:
                raise RuntimeError(f"not within {seconds} s: {what} {dead or ''}")
            time.sleep(0.05)

    def supervise(self, worker, condition, what):
        """(the worker that runs when condition holds, how often it was started again): as an
        orchestrator does with one whose client crashed, or lost its partitions for good."""
        for again in range(STARTED_AGAIN_MAX + 1):
            end = time.monotonic() + SUPERVISED_S
            while time.monotonic() < end and worker.poll() is None:
                if condition():
                    return worker, again
                time.sleep(0.05)
            if worker.poll() not in (None, *CRASHES):
                break
            self.stop(worker)
            self.workers.remove(worker)
            worker = self.worker()
        raise RuntimeError(f"not in {STARTED_AGAIN_MAX + 1} starts: {what}")

    def positions(self, generation=None):
        """{partition: (next_offset, halt_reason)} of a generation; None: the newest"""
        rows = self.scratch.sql(
            "SELECT partition, next_offset, halt_reason FROM position JOIN source USING (source_id)"
            " WHERE topic = %s AND generation = coalesce(%s, (SELECT max(generation) FROM source"
            " WHERE topic = %s))", self.topic, generation, self.topic)
        return {row[0]: row[1:] for row in rows}

    def next_offset(self, partition):
        return self.positions().get(partition, (0, None))[0]

    def halts(self, generation=None):
        """{partition: reason} of those that are halted"""
        return {partition: row[1] for partition, row in self.positions(generation).items()
                if row[1]}

    def check_effects(self, name):
        """Every payment that was sent is applied once, and all that belongs to it is there."""
        sql, check = self.scratch.sql, self.scratch.check
        found = sql("SELECT event_id::text, settlement_minor FROM payment")
        missing = set(self.sent) - {event_id for event_id, _ in found}
        unexpected = {event_id for event_id, _ in found} - set(self.sent)
        check(f"{name}: {len(self.sent)} payments, none missing, none twice, none unexpected",
              not missing and not unexpected and len(found) == len(self.sent) and
              all(self.sent[event_id] == minor for event_id, minor in found),
              f"{len(found)} found, {len(missing)} missing, {len(unexpected)} unexpected")
        total = (len(self.sent), sum(self.sent.values()))
        self.scratch.equal(f"{name}: deltas and journal say the same", total + total[1:], sql(
            "SELECT (SELECT sum(payment_count) FROM window_delta),"
            " (SELECT sum(gross_minor) FROM window_delta),"
            " (SELECT sum(amount_minor) FROM journal_entry WHERE purpose IS NULL)")[0])
        self.scratch.equal(
            f"{name}: batches and accepted gaps cover every position, without overlap (I4)", [],
            sql("""
WITH step AS (
    SELECT source_id, partition, first_offset, next_offset FROM batch
    UNION ALL
    SELECT gap.source_id, gap.partition, gap.first_offset, gap.next_offset
      FROM accepted_gap AS gap JOIN position USING (source_id, partition)
     WHERE gap.first_offset >= position.start_offset
), walk AS (
    SELECT *, lag(next_offset) OVER (PARTITION BY source_id, partition ORDER BY first_offset)
           AS before
      FROM step
)
SELECT source_id, partition, first_offset, before FROM walk JOIN position AS p
       USING (source_id, partition)
 WHERE first_offset <> coalesce(before, start_offset)
UNION ALL
SELECT source_id, partition, p.next_offset, max(step.next_offset)
  FROM position AS p LEFT JOIN step USING (source_id, partition)
 GROUP BY source_id, partition, p.next_offset, start_offset
HAVING p.next_offset <> coalesce(max(step.next_offset), start_offset)"""))
        self.scratch.equal(f"{name}: one leaf per commit, with the hash of its bytes (I6)", [], sql(
            "SELECT commit_id FROM commit_log FULL JOIN audit_leaf USING (commit_id)"
            r" WHERE leaf_hash IS DISTINCT FROM sha256('\x00'::bytea || leaf)"))
