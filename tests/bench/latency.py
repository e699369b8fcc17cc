#!/usr/bin/python3
"""latency - how long after it was produced is an event committed, at a steady rate?

Own servers, one sawa-ingest with the settings it has by default. Events made beforehand are
produced at --rate, with the time of the call as their timestamp: first for --warm seconds, which
are not counted (the producer fetches its identity, the broker compiles its code), then for
--seconds. Halfway through those a CHECKPOINT is forced. The latency of a record is the commit
timestamp of its commit_log row less its timestamp, both of this machine's clock. Of what is
counted no record is left out. Afterwards the database is held against all that was sent; a wrong
one voids the measurement. What a commit timestamp is, and is not: README.md beside this file.

Each round is followed by the floor: the same at the same rate, with floor.c in the worker's place,
which only reads and copies. Below its figures no ingest gets on that machine.
"""
import argparse
import array
import collections
import contextlib
import datetime
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
# pylint: disable=wrong-import-position
import ingest
from ingest import BIN, CLEAN, CORRIDORS, DAY, OTHERS_MAX, ROOT, Void, must, say

WAIT_S = 60
LIMIT_MS = 100
# How often PostgreSQL makes a checkpoint by itself; 30 s is the least it takes.
TIMEOUTS = {"timed": "30s", "forced": "1h"}
# Written soon, not all of it when a checkpoint or the kernel's half minute comes.
STEADY = {"shared_buffers": "128MB", "backend_flush_after": "256kB", "bgwriter_delay": "20ms",
          "bgwriter_lru_maxpages": "1000", "bgwriter_lru_multiplier": "4",
          "track_wal_io_timing": "on"}
# A broker has disks of its own in production. On that of the database its log, which it does not
# wait for, would hold up every COMMIT as often as the kernel writes it.
MEMORY, BROKER_BYTES = "/dev/shm", 2 << 30
# It sends each partition's batch in a request of its own: a linger of 5 ms would be 2,400 a second.
PRODUCER = ("enable.idempotence=true", "linger.ms=20", "batch.size=1048576",
            "queue.buffering.max.messages=1000000", "compression.type=lz4", "log_level=2")


def until(condition, what, reader):
    end = time.monotonic() + WAIT_S
    while not condition():
        reader.must_live()
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
        program = ingest.bare_client(self.folder, "produce")
        prefix = os.path.join(self.folder, "times")
        took = must(program, topic, self.partitions, rate, self.count, self.path, prefix,
                    f"bootstrap.servers={brokers}", *PRODUCER)
        times = [array.array("q") for _ in range(self.partitions)]
        for partition, column in enumerate(times):
            with open(f"{prefix}-{partition}", "rb") as file:
                column.frombytes(file.read())
        if sum(map(len, times)) != self.count:
            raise Void(f"{sum(map(len, times))} records were sent of {self.count}")
        return times, float(took)


class Reader:
    """A process that reads the topic into the database, until it is told or has all."""

    def __init__(self, name, command, env=None):
        self.name = name
        # pylint: disable=consider-using-with
        self.told, self.said = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdout=self.told, stderr=self.said,
                                        env={**os.environ, **(env or {})})

    def __enter__(self):
        return self

    def output(self):
        self.told.seek(0)
        return self.told.read()

    def must_live(self):
        if self.process.poll() is not None:
            self.said.seek(0)
            raise Void(f"{self.name} ended with {self.process.returncode}\n"
                       f"{self.output()[-1000:]}{self.said.read()[-1000:]}")

    def __exit__(self, kind=None, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if kind is None and self.process.returncode != 0:
            self.must_live()
        self.told.close()
        self.said.close()


def worker(servers, database, topic, settings):
    options = {"ingest.topic": topic, "ingest.group": topic,
               "schema.directory": os.path.join(ROOT, "schemas", "avro"),
               "batch.key_file": servers.env["SAWA_KEK_FILE"], **settings}
    words = [word for key, value in options.items() for word in ("--set", f"{key}={value}")]
    return Reader("sawa-ingest", [os.path.join(BIN, "sawa-ingest"), "run", *words],
                  {**servers.env, "SAWA_DATABASE_DSN": servers.dsn(database.name, "sawa_ingest")})


COMMITTED = """
SELECT batch.partition, batch.first_offset, batch.next_offset,
       (extract(epoch FROM pg_xact_commit_timestamp(commit_log.xmin)) * 1000)::float8
  FROM commit_log JOIN batch USING (commit_id) WHERE action = 'ingest'"""


def latencies(rows, times, since):
    """Of every record produced since then, ascending, in ms; each offset has exactly one commit."""
    found, committed = array.array("d"), 0
    for partition, first, after, commit_ms in rows:
        committed += after - first
        found.extend(commit_ms - produced for produced in times[partition][first:after]
                     if produced >= since)
    if committed != sum(map(len, times)):
        raise Void(f"{committed} records were committed, {sum(map(len, times))} produced")
    return sorted(found)


class Checkpoint(threading.Thread):
    """One of PostgreSQL's checkpoints, begun and ended while it is counted, and told of."""

    def __init__(self, servers, kind, args):
        super().__init__()
        self.play = {"timed": self._await, "forced": self._force}[kind]
        self.warm, self.seconds = args.warm, args.seconds
        self.connection, self.told = servers.connect("postgres"), None
        self._ask(f"ALTER SYSTEM SET checkpoint_timeout = '{TIMEOUTS[kind]}'")
        self._ask("SELECT pg_reload_conf()")
        self.start()

    def _ask(self, statement):
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None

    def run(self):
        time.sleep(self.warm)
        self.play()
        self.connection.close()

    def _force(self):
        time.sleep(self.seconds / 2)
        begin = time.monotonic()
        self._ask("CHECKPOINT")
        self.told = round(time.monotonic() - begin, 2)

    def _await(self):
        """PostgreSQL tells of its last checkpoint when that is over, and when it began."""
        counted_from, end = time.time(), time.monotonic() + self.seconds
        while self.told is None and time.monotonic() < end:
            began = self._ask("SELECT extract(epoch FROM checkpoint_time)::float8"
                              "  FROM pg_control_checkpoint()")
            if began >= counted_from:
                self.told = round(time.time() - began, 2)
            time.sleep(0.2)

    def seconds_it_took(self):
        self.join()
        if self.told is None:
            raise Void(f"no checkpoint began and ended within the {self.seconds} s that count")
        return self.told


def wal_flushes(database):
    return database.rows("SELECT wal_sync, wal_sync_time FROM pg_stat_wal")[0]


def played(round_, events, topic, reader, is_done):
    """(what latencies wants to know of the records, what is told of the round): produces, with the
    checkpoint in the middle, and waits until the reader has it all."""
    servers, args = round_.servers, round_.args
    os.sync()                            # what was made for this run is not written during it
    meter, cpu_s = ingest.Meter(servers), ingest.cpu_of(reader.process.pid)
    checkpoint = Checkpoint(servers, round_.kind, args)
    times, took = events.produce(servers.brokers, topic, args.rate)
    until(lambda: is_done(times), "all is committed", reader)
    used = meter.read()
    cpu_s = ingest.cpu_of(reader.process.pid) - cpu_s
    # it has not ended, so the meter took it for a stranger
    used["others_share"] = round(max(used["others_share"] - cpu_s / os.cpu_count()
                                     / (time.monotonic() - meter.clock), 0), 2)
    return times, {"checkpoint_s": checkpoint.seconds_it_took(), **used, "cpu_s": round(cpu_s, 2),
                   "rate_reached": round(events.count / took)}


def new_topic(servers, partitions):
    topic = f"latency_{os.getpid()}_{time.monotonic_ns()}"
    servers.topic(topic, partitions)
    return topic


def since_ms(times, args):
    return min(column[0] for column in times) + args.warm * 1000


# What a round is played with. kind: of the checkpoint.
Round = collections.namedtuple("Round", "servers dump args kind")


def measure(round_, events):
    servers, args = round_.servers, round_.args
    topic = new_topic(servers, args.partitions)
    with ingest.Database(servers) as database, \
            worker(servers, database, topic, args.settings) as reader:
        until(lambda: database.value("SELECT count(*) FROM position WHERE owner IS NOT NULL")
              == args.partitions, "the worker holds every partition", reader)
        before = wal_flushes(database)
        times, told = played(round_, events, topic, reader, lambda times: [
            row[0] for row in database.rows("SELECT next_offset FROM position ORDER BY partition")
        ] == [len(column) for column in times])
        after = wal_flushes(database)
        rows = database.rows(COMMITTED)
        applied = database.value("SELECT count(*) FROM payment")
        if args.floor:
            database.dump(round_.dump)
    if applied != events.count:
        raise Void(f"{applied} payments of {events.count} events")
    return summary(latencies(rows, times, since_ms(times, args)), rows, {
        **told, "flush_ms_mean": round((after[1] - before[1]) / max(after[0] - before[0], 1), 2)})


def measure_floor(round_, events):
    """The same with a reader that copies as many rows as it has read records, and commits."""
    servers, dump, args = round_.servers, round_.dump, round_.args
    topic = new_topic(servers, args.partitions)
    folder = os.path.dirname(dump)
    program = ingest.bare_client(folder, "floor", "-I/usr/include/postgresql", "-lpq")
    with ingest.Database(servers) as database, Reader("floor", [
            program, topic, str(args.partitions), str(events.count), dump,
            servers.dsn(database.name), *ingest.bare_properties(servers, args.settings)]) as reader:
        times, told = played(round_, events, topic, reader, lambda _: database.value(
            "SELECT count(*) FROM payment") == events.count)
        reader.process.terminate()
        reader.process.wait(WAIT_S)
        rows = [tuple(float(word) if "." in word else int(word) for word in line.split())
                for line in reader.output().splitlines()]
    return summary(latencies(rows, times, since_ms(times, args)), rows, told)


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
    parser.add_argument("--shared-disk", action="store_true",
                        help="the broker's log on the database's disk, not in memory")
    parser.add_argument("--checkpoint", choices=TIMEOUTS, action="append",
                        help="this kind alone (default: both)")
    parser.add_argument("--no-floor", action="store_false", dest="floor",
                        help="the worker alone")
    parser.add_argument("--keep", metavar="DIR", help="leaves servers and events there")
    parser.add_argument("--prepare", action="store_true", help="makes both and measures nothing")
    args = parser.parse_args()
    args.checkpoint = args.checkpoint or list(TIMEOUTS)
    args.settings = dict(word.split("=", 1) for word in args.settings)
    return args


def tell(name, kind, found, args):
    say(json.dumps({"of": name, "checkpoint": kind, **found}))
    if found["rate_reached"] < 0.99 * args.rate:
        say("warning: the producer did not hold the rate")
    if found["others_share"] > OTHERS_MAX:
        say(f"warning: other programs took {found['others_share']:.0%} of the processors:"
            " measure again")
    return found


@contextlib.contextmanager
def log_of_the_broker(args, folder):
    """Words for deploy/local/up. With --keep it outlives the run, as the servers do."""
    if args.shared_disk:
        yield []
        return
    if shutil.disk_usage(MEMORY).free < BROKER_BYTES:
        raise Void(f"{MEMORY} has no {BROKER_BYTES >> 30} GiB for the broker's log; --shared-disk")
    name = f"sawa-bench-{hashlib.sha256(folder.encode()).hexdigest()[:8]}"
    path = os.path.join(MEMORY, name)
    try:
        yield ["--kafka-set", f"log.dirs={path}"]
    finally:
        if not args.keep:
            shutil.rmtree(path, ignore_errors=True)


def run(args, folder):
    """{kind of checkpoint: {"worker": rounds, "floor": rounds}}"""
    ingest.POSTGRES.update(STEADY)
    dump = os.path.join(folder, "rows.copy")
    readers = {"worker": measure, **({"floor": measure_floor} if args.floor else {})}
    found = {kind: {name: [] for name in readers} for kind in args.checkpoint}
    with log_of_the_broker(args, folder) as log, ingest.Servers(
            folder, os.path.join(folder, "state") if args.keep else None,
            options=log) as servers:
        ingest.template_make(servers)
        events = Events(folder, args)
        for _ in range(0 if args.prepare else args.rounds):
            for kind, rounds in found.items():
                for name, play in readers.items():
                    rounds[name].append(tell(name, kind, play(
                        Round(servers, dump, args, kind), events), args))
    return found


def middle(rounds):
    """The round of the median p99, its latencies alone."""
    ordered = sorted(rounds, key=lambda one: one["p99_ms"])
    return {key: value for key, value in ordered[len(rounds) // 2].items() if key.endswith("_ms")}


def result(found, args):
    ratios, figures = {}, {}
    for kind, rounds in found.items():
        ours = middle(rounds["worker"])
        ratios[f"{kind}_p99_of_limit"] = round(ours["p99_ms"] / LIMIT_MS, 2)
        figures[kind] = {"worker": ours}
        if rounds.get("floor"):
            floor = figures[kind]["floor"] = middle(rounds["floor"])
            ratios[f"{kind}_p99_of_floor"] = round(ours["p99_ms"] / floor["p99_ms"], 2)
    at = datetime.datetime.now(datetime.timezone.utc).isoformat()
    return {"name": "latency", "ratios": ratios, "figures": figures,
            "raw": {"at": at, "rate": args.rate, "seconds": args.seconds, "warm": args.warm,
                    "rounds": found}}


def main():
    args = options()
    folder = args.keep or tempfile.mkdtemp(prefix="sawa-bench.", dir="/var/tmp")
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o711)              # the servers' user passes through
    try:
        found = run(args, folder)
    except Void as error:
        print(f"void: {error}", file=sys.stderr)
        return 1
    finally:
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if not args.prepare:
        say(json.dumps(result(found, args)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
