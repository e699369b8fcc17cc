#!/usr/bin/python3
"""latency - how long after it was produced is an event committed, at a steady rate?

Own servers, one sawa-ingest with the settings it has by default. Events made beforehand are
produced at --rate, with the time of the call as their timestamp: first for --warm seconds, which
are not counted (the producer fetches its identity, the broker compiles its code), then for
--seconds. Halfway through those a CHECKPOINT is forced. The latency of a record is the commit
timestamp of its commit_log row less its timestamp, both of this machine's clock. Of what is
counted no record is left out. Afterwards the database is held against all that was sent; a wrong
one voids the measurement. What a commit timestamp is, and is not: README.md beside this file.
"""
import argparse
import array
import datetime
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from confluent_kafka import Producer

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "../support"))
# pylint: disable=wrong-import-position
import ingest
from ingest import BIN, CLEAN, CORRIDORS, DAY, OTHERS_MAX, ROOT, Void, must, say
from trafficlib import wire

WAIT_S = 60
TICK_S = 0.002
LIMIT_MS = 100
# Written soon, not all of it when a checkpoint or the kernel's half minute comes.
STEADY = {"shared_buffers": "128MB", "backend_flush_after": "256kB", "bgwriter_delay": "20ms",
          "bgwriter_lru_maxpages": "1000", "bgwriter_lru_multiplier": "4",
          "track_wal_io_timing": "on"}
# It sends each partition's batch in a request of its own: a linger of 5 ms would be 2,400 a second.
PRODUCER = {"enable.idempotence": True, "linger.ms": 20, "batch.size": 1 << 20,
            "queue.buffering.max.messages": 1000000, "compression.type": "lz4", "log_level": 2}


def until(condition, what, worker):
    end = time.monotonic() + WAIT_S
    while not condition():
        worker.must_live()
        if time.monotonic() > end:
            raise Void(f"not within {WAIT_S} s: {what}")
        time.sleep(0.05)


class Events:
    """Made once; kept with --keep."""

    def __init__(self, folder, args):
        self.count, self.partitions = args.rate * (args.warm + args.seconds), args.partitions
        self.folder = os.path.join(folder, f"latency_{self.count}_{args.partitions}_{DAY:%Y%m%d}")
        self.path = os.path.join(self.folder, "events.bin")
        if not os.path.exists(os.path.join(self.folder, "meta.json")):
            rates = [word for rate, share in CLEAN.items() for word in (f"--{rate}", share)]
            must(os.path.join(ROOT, "tests", "support", "traffic"), "generate", "--seed", 1,
                 "--events", self.count, "--corridors", CORRIDORS, "--from", f"{DAY}T00:00Z",
                 "--hours", 24, "--partitions", args.partitions, "--ids", "v7", *rates,
                 "--out", self.folder, "--processes", os.cpu_count())
            os.remove(os.path.join(self.folder, "log.tsv"))

    def produce(self, brokers, topic, rate):
        """(timestamps in ms by partition, in the order of offsets; seconds it took)"""
        times = [array.array("q") for _ in range(self.partitions)]
        errors = []
        producer = Producer({**PRODUCER, "bootstrap.servers": brokers})
        report = lambda error, _: error and errors.append(str(error))
        with open(self.path, "rb", buffering=1 << 20) as file:
            records = wire.read_records(file)
            begin, sent = time.monotonic(), 0
            while sent < self.count:
                due = min(int((time.monotonic() - begin) * rate), self.count)
                now_ms = int(time.time() * 1000)
                for partition, _, key, value in itertools.islice(records, due - sent):
                    producer.produce(topic, value, key, partition, report, timestamp=now_ms)
                    times[partition].append(now_ms)
                sent = max(sent, due)
                producer.poll(0)
                time.sleep(TICK_S)
            took = time.monotonic() - begin
        if producer.flush(WAIT_S) or errors:
            raise Void(f"not everything was delivered: {errors[:3]}")
        return times, took


class Worker:
    def __init__(self, servers, database, topic, settings):
        options = {"ingest.topic": topic, "ingest.group": topic,
                   "schema.directory": os.path.join(ROOT, "schemas", "avro"),
                   "batch.key_file": servers.env["SAWA_KEK_FILE"], **settings}
        words = [word for key, value in options.items() for word in ("--set", f"{key}={value}")]
        self.said = tempfile.TemporaryFile("w+")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [os.path.join(BIN, "sawa-ingest"), "run", *words], stdout=self.said, stderr=self.said,
            env={**os.environ, **servers.env,
                 "SAWA_DATABASE_DSN": servers.dsn(database.name, "sawa_ingest")})

    def __enter__(self):
        return self

    def must_live(self):
        if self.process.poll() is not None:
            self.said.seek(0)
            raise Void(f"sawa-ingest ended with {self.process.returncode}\n"
                       f"{self.said.read()[-2000:]}")

    def __exit__(self, kind=None, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if kind is None and self.process.returncode != 0:
            self.must_live()
        self.said.close()


COMMITTED = """
SELECT batch.partition, batch.first_offset, batch.next_offset,
       (extract(epoch FROM pg_xact_commit_timestamp(commit_log.xmin)) * 1000)::float8
  FROM commit_log JOIN batch USING (commit_id) WHERE action = 'ingest'"""


def latencies(rows, times, since_ms):
    """Of every record produced since then, ascending, in ms; each offset has exactly one commit."""
    found, committed = array.array("d"), 0
    for partition, first, after, commit_ms in rows:
        committed += after - first
        found.extend(commit_ms - produced for produced in times[partition][first:after]
                     if produced >= since_ms)
    if committed != sum(map(len, times)):
        raise Void(f"{committed} records were committed, {sum(map(len, times))} produced")
    return sorted(found)


def checkpoint_after(servers, seconds, told):
    """A CHECKPOINT halfway, and how long it took."""
    connection = servers.connect("postgres")
    time.sleep(seconds)
    begin = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    told["checkpoint_s"] = round(time.monotonic() - begin, 2)
    connection.close()


def wal_flushes(database):
    return database.rows("SELECT wal_sync, wal_sync_time FROM pg_stat_wal")[0]


def measure(servers, events, args):
    topic = f"latency_{os.getpid()}_{time.monotonic_ns()}"
    servers.topic(topic, args.partitions)
    with ingest.Database(servers) as database, \
            Worker(servers, database, topic, args.settings) as worker:
        until(lambda: database.value("SELECT count(*) FROM position WHERE owner IS NOT NULL")
              == args.partitions, "the worker holds every partition", worker)
        told, before, meter = {}, wal_flushes(database), ingest.Meter(servers)
        cpu_s = ingest.cpu_of(worker.process.pid)
        helper = threading.Thread(target=checkpoint_after,
                                  args=(servers, args.warm + args.seconds / 2, told))
        helper.start()
        times, took = events.produce(servers.brokers, topic, args.rate)
        counts = [len(column) for column in times]
        until(lambda: [row[0] for row in database.rows(
            "SELECT next_offset FROM position ORDER BY partition")] == counts,
              "all is committed", worker)
        used, after = meter.read(), wal_flushes(database)
        cpu_s = ingest.cpu_of(worker.process.pid) - cpu_s
        # it has not ended, so the meter took it for a stranger
        used["others_share"] = round(max(used["others_share"] - cpu_s / os.cpu_count()
                                         / (time.monotonic() - meter.clock), 0), 2)
        helper.join()
        rows = database.rows(COMMITTED)
        applied = database.value("SELECT count(*) FROM payment")
    if applied != events.count:
        raise Void(f"{applied} payments of {events.count} events")
    since_ms = min(column[0] for column in times) + args.warm * 1000
    return summary(latencies(rows, times, since_ms), rows, {
        **told, **used, "worker_cpu_s": round(cpu_s, 2), "rate_reached": round(events.count / took),
        "flush_ms_mean": round((after[1] - before[1]) / max(after[0] - before[0], 1), 2)})


def summary(found, rows, more):
    at = lambda share: round(found[min(int(len(found) * share), len(found) - 1)], 1)
    return {"records": len(found), "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99),
            "p999_ms": at(0.999), "max_ms": round(found[-1], 1),
            "commits": len({row[3] for row in rows}), **more}


def options():
    parser = argparse.ArgumentParser(prog="tests/bench/run latency",
                                     description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rate", type=int, default=20000, help="events per second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--warm", type=int, default=20, help="seconds before those, not counted")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--partitions", type=int, default=12)
    parser.add_argument("--set", action="append", default=[], dest="settings", metavar="KEY=VALUE",
                        help="to the worker")
    parser.add_argument("--keep", metavar="DIR", help="leaves servers and events there")
    parser.add_argument("--prepare", action="store_true", help="makes both and measures nothing")
    args = parser.parse_args()
    args.settings = dict(word.split("=", 1) for word in args.settings)
    return args


def run(args, folder):
    ingest.POSTGRES.update(STEADY)
    with ingest.Servers(folder, os.path.join(folder, "state") if args.keep else None) as servers:
        ingest.template_make(servers)
        events = Events(folder, args)
        if args.prepare:
            return []
        rounds = []
        for _ in range(args.rounds):
            rounds.append(measure(servers, events, args))
            say(json.dumps(rounds[-1]))
            if rounds[-1]["rate_reached"] < 0.99 * args.rate:
                say("warning: the producer did not hold the rate")
            if rounds[-1]["others_share"] > OTHERS_MAX:
                say(f"warning: other programs took {rounds[-1]['others_share']:.0%} of the "
                    "processors: measure again")
        return rounds


def main():
    args = options()
    folder = args.keep or tempfile.mkdtemp(prefix="sawa-bench.", dir="/var/tmp")
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o711)              # the servers' user passes through
    try:
        rounds = run(args, folder)
    except Void as error:
        print(f"void: {error}", file=sys.stderr)
        return 1
    finally:
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if rounds:
        middle = sorted(rounds, key=lambda one: one["p99_ms"])[len(rounds) // 2]
        say(json.dumps({"name": "latency", "ratios": {"p99_of_limit": round(
            middle["p99_ms"] / LIMIT_MS, 2)}, "figures": {
                key: value for key, value in middle.items() if key.endswith("_ms")},
            "raw": {"at": datetime.datetime.now(datetime.timezone.utc).isoformat(),
                    "rate": args.rate, "seconds": args.seconds, "warm": args.warm,
                    "rounds": rounds}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
