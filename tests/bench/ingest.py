#!/usr/bin/python3
"""ingest - how fast do events become payments, beside a bare COPY of the same rows?

Own servers, own event sets: v7 (time-ordered ids), v4 (random ids), dup (v7 with 2 % of the
records repeated), tail (v7 of the day's last hours, into a day that holds --preload rows). Rounds
alternate between sawa-ingest, from offset 0 into an empty database, and COPY, one connection and
one transaction, of the rows an earlier run left, into an empty table of the same shape. Medians
count. What is timed, and how: README.md beside this file.

--source kafka,stream,queue,file instead reads the same events from each of these in turn, round by
round, and tells how the others compare to Kafka (lines: the file as NDJSON, not as Avro container).

After every run the database is held against what was sent; a wrong one voids the measurement.
"""
import argparse
import datetime
import itertools
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

from benchlib.sources import RABBIT, SOURCES, SendError, Traffic

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BIN = os.environ.get("SAWA_BIN") or os.path.join(ROOT, "build", "release", "bin")
CORRIDORS = os.path.join(ROOT, "deploy", "corridors.example.yaml")
DAY = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)).date()
TAIL_HOUR = 20
OTHERS_MAX = 0.05  # share of the processors
COMMITS_MIN = 20  # fewer have no tenths
EMPTY = f"bench_empty_{DAY:%Y%m%d}"  # template of every run
POSTGRES = {"shared_buffers": "2GB", "min_wal_size": "4GB", "max_wal_size": "16GB",
            "checkpoint_timeout": "1h", "track_commit_timestamp": "on"}
CLEAN = {"malformed": 0, "duplicates": 0, "other-content": 0, "transfer-twice": 0, "reversals": 0}
SETS = {  # ids, first hour, hours, rates
    "v7": ("v7", 0, 24, CLEAN),
    "dup": ("v7", 0, 24, {**CLEAN, "duplicates": 0.02}),
    "v4": ("v4", 0, 24, CLEAN),
    "tail": ("v7", TAIL_HOUR, 24 - TAIL_HOUR, CLEAN),
}


class Void(Exception):
    """A run whose outcome is not what was sent, or that did not end as it should."""


def say(text):
    print(text, flush=True)


def must(*command, **options):
    """Output of a command that ends with 0."""
    done = subprocess.run([str(word) for word in command], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode != 0:
        raise Void(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


# ---- servers and databases --------------------------------------------------------------------

class Servers:
    """A private PostgreSQL and Kafka; those of --state are left running. options: more words for
    deploy/local/up."""

    def __init__(self, folder, state, rabbit=False, options=()):
        self.keep, self.rabbit, self.options = state is not None, rabbit, options
        self.state = state or os.path.join(folder, "state")
        self.local = os.path.join(ROOT, "deploy", "local")

    def __enter__(self):
        options = [f"--pg-set={name}={value}" for name, value in POSTGRES.items()]
        options = [word for option in options for word in option.split("=", 1)]
        options += self.options
        if os.path.exists(os.path.join(self.state, "env")):
            options = []
        must(os.path.join(self.local, "up"), "--state", self.state,
             *(() if self.rabbit else ("--without", "rabbitmq")), *options)
        env = must("env", "-i", "bash", "-c", '. "$0"; env', os.path.join(self.state, "env"))
        self.env = dict(line.split("=", 1) for line in env.splitlines() if "=" in line)
        self.brokers = self.env["SAWA_KAFKA_BROKERS"]
        self.server = parse_dsn(self.env["SAWA_DATABASE_DSN"])
        return self

    def __exit__(self, *unused):
        if not self.keep:
            must(os.path.join(self.local, "down"), "--state", self.state, "--purge")

    def dsn(self, database, user="postgres"):
        return make_dsn(**{**self.server, "dbname": database, "user": user})

    def connect(self, database):
        connection = psycopg2.connect(self.dsn(database))
        connection.autocommit = True
        return connection

    def admin(self, statement):
        connection = self.connect("postgres")
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def program(self, name, *arguments, database, user):
        return must(os.path.join(BIN, f"sawa-{name}"), *arguments,
                    env={**os.environ, **self.env, "SAWA_DATABASE_DSN": self.dsn(database, user)})

    def topic(self, name, partitions):
        tool = os.path.join(self.local, "kafka-topics")
        if name not in must(tool, "--state", self.state, "list").split():
            must(tool, "--state", self.state, "create", name, "--partitions", partitions,
                 "--config", "retention.ms=-1")
            return True
        return False


class Database:
    """A copy of a template: every run begins with one, and with a checkpoint just made."""

    def __init__(self, servers, template=EMPTY, name="bench_run"):
        self.servers, self.name = servers, name
        servers.admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        servers.admin(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        servers.admin(f"ALTER DATABASE {name} SET search_path = sawa")  # not of the copy
        self.connection = servers.connect(name)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.connection.close()
        self.servers.admin(f"DROP DATABASE {self.name} WITH (FORCE)")

    def rows(self, statement, *values):
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement, *values):
        return self.rows(statement, *values)[0][0]

    def dump(self, path):
        """The rows of payment, for a COPY of the very same."""
        with open(path, "wb") as file, self.connection.cursor() as cursor:
            cursor.copy_expert("COPY (SELECT * FROM payment) TO STDOUT (FORMAT binary)", file,
                               1 << 20)


def template_exists(servers, name):
    connection = servers.connect("postgres")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", (name,))
        found = cursor.fetchone()[0] > 0
    connection.close()
    return found


def template_make(servers):
    """Schema, corridor book, windows opened and partitions made ahead; no payment."""
    if template_exists(servers, EMPTY):
        return
    servers.admin(f"CREATE DATABASE {EMPTY}")
    must(os.path.join(ROOT, "deploy", "schema"), "deploy", "--dsn", servers.dsn(EMPTY))
    servers.program("corridor", "load", CORRIDORS, database=EMPTY, user="sawa_corridor")
    servers.program("settle", "open", "--from", DAY - datetime.timedelta(days=2), "--until",
                    DAY + datetime.timedelta(days=10), database=EMPTY, user="sawa_settle")
    connection = servers.connect(EMPTY)
    with connection.cursor() as cursor:
        for parent, day in itertools.product(("payment", "batch_raw"), range(-2, 3)):
            cursor.execute("SELECT sawa.ensure_day(%s, %s)",
                           (parent, DAY + datetime.timedelta(days=day)))
        cursor.execute("VACUUM ANALYZE")
    connection.close()


# Rows of the day's first hours: ids as a UUIDv7 generator makes them, everything else of a
# common size. The indexes are there from the start, so they are as full as a day leaves them.
PRELOAD = """
INSERT INTO payment (event_id, transfer_id, content_digest, acceptance_time, batch_id,
                     record_offset, window_id, instructed_minor, settlement_minor, event_day,
                     debtor_agent_id, creditor_agent_id, corridor_id, kind, channel, late, uetr,
                     instructed_currency, settlement_currency, transaction_id, end_to_end_id)
SELECT encode(substr(int8send(ms), 3) || decode('7' || substr(random, 1, 3) || '8'
              || substr(random, 4, 15), 'hex'), 'hex')::uuid,
       md5('t' || random)::uuid, md5('c' || random)::uuid, to_timestamp(ms / 1000.0),
       0, i, window_id, 1000 + i %% 100000, 1000 + i %% 100000, %s, 101, 107, 1, 1, 1, false,
       gen_random_uuid(), 'KES', 'KES', 'EXAMKN' || lpad(to_hex(i), 10, '0'),
       'E' || substr(random, 1, 12)
  FROM (SELECT i, (extract(epoch FROM %s::timestamptz) * 1000)::bigint
                  + (i * (%s * 3600000.0 / %s))::bigint AS ms,
               replace(gen_random_uuid()::text, '-', '') AS random,
               (SELECT min(window_id) FROM settlement_window) AS window_id
          FROM generate_series(1::bigint, %s) AS i) AS one"""


def preload_make(servers, count):
    name = f"bench_preloaded_{count}_{DAY:%Y%m%d}"
    if not template_exists(servers, name):
        servers.admin(f"CREATE DATABASE {name} TEMPLATE {EMPTY} STRATEGY file_copy")
        connection = servers.connect(name)
        begin = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SET search_path = sawa")
            cursor.execute(PRELOAD, (DAY, f"{DAY}T00:00Z", TAIL_HOUR, count, count))
            cursor.execute("VACUUM ANALYZE payment")
        connection.close()
        say(f"preload: {count:,} rows in {time.monotonic() - begin:.1f} s")
    return name


# ---- who used the processors --------------------------------------------------------------------

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid, depth=1):
    """CPU seconds of a process, of its children that ended, and of those that live."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = file.read().split()
    except OSError:
        return 0
    return (sum(map(int, fields[11:15])) / TICKS
            + (sum(cpu_of(child, depth - 1) for child in children) if depth else 0))


def cpu_of_all():
    """CPU seconds of the machine: everything but idle and waiting for disks."""
    with open("/proc/stat", encoding="ascii") as file:
        fields = [int(word) for word in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


class Meter:
    """What servers and strangers took of the processors while something ran."""

    def __init__(self, servers):
        self.pids = {}
        for name in ("postgres", "kafka", *(("rabbitmq",) if servers.rabbit else ())):
            with open(os.path.join(servers.state, "run", f"{name}.pid"), encoding="ascii") as file:
                self.pids[name] = file.read().split()[0]
        self.begin, self.clock = self.look(), time.monotonic()

    def look(self):
        own = os.times()
        return {**{name: cpu_of(pid) for name, pid in self.pids.items()},
                "own": sum(own[:4]), "all": cpu_of_all()}

    def read(self):
        took = {name: value - self.begin[name] for name, value in self.look().items()}
        others = took["all"] - took["own"] - sum(took[name] for name in self.pids)
        return {**{f"{name}_cpu_s": round(took[name], 2) for name in self.pids},
                "others_share": round(max(others, 0) / os.cpu_count()
                                      / (time.monotonic() - self.clock), 2)}


# ---- event sets -------------------------------------------------------------------------------

class EventSet:
    def __init__(self, name, folder, args):
        self.name = name
        self.topic = f"bench_{name}_{args.events}_{args.partitions}_{DAY:%Y%m%d}"
        self.ids, self.hour, self.hours, self.rates = SETS[name]
        self.folder = os.path.join(folder, self.topic)
        self.args = args

    def send(self, servers):
        """Generates and sends what the topic does not hold already."""
        traffic = os.path.join(ROOT, "tests", "support", "traffic")
        meta = os.path.join(self.folder, "meta.json")
        if servers.topic(self.topic, self.args.partitions):
            rates = [word for rate, share in self.rates.items() for word in (f"--{rate}", share)]
            must(traffic, "generate", "--seed", 1, "--events", self.args.events,
                 "--corridors", CORRIDORS, "--from", f"{DAY}T{self.hour:02d}:00Z",
                 "--hours", self.hours, "--partitions", self.args.partitions, "--ids", self.ids,
                 *rates, "--out", self.folder, "--processes", os.cpu_count())
            must(traffic, "send", self.folder, "--brokers", servers.brokers, "--topic", self.topic)
            for file in ("events.bin", "log.tsv"):
                os.remove(os.path.join(self.folder, file))
        with open(meta, encoding="utf-8") as file:
            made = json.load(file)
        self.partition_counts = made["partition_counts"]
        self.records = sum(self.partition_counts)
        self.duplicates = made["intents"].get("duplicate", 0)
        self.rows = self.records - self.duplicates
        say(f"{self.name}: {self.records:,} records, {self.rows:,} payments, on {self.topic}")
        return self


# ---- our ingest -------------------------------------------------------------------------------

def high_water_kib(pid):
    """Peak resident memory so far; rusage will not do: it counts the process before exec."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))
    except (OSError, AttributeError):
        return 0


def worker_run(servers, database, events, settings):
    """(CPU seconds, peak KiB) of one sawa-ingest from start to end."""
    options = {"ingest.topic": events.topic,
               "ingest.group": f"bench-{os.getpid()}-{time.monotonic_ns()}",
               "schema.directory": os.path.join(ROOT, "schemas", "avro"),
               "batch.key_file": servers.env["SAWA_KEK_FILE"], "batch.stop_after_idle": "5s",
               **settings}
    words = [word for key, value in options.items() for word in ("--set", f"{key}={value}")]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            [os.path.join(BIN, "sawa-ingest"), "run", *words], stdout=said, stderr=said,
            env={**os.environ, **servers.env,
                 "SAWA_DATABASE_DSN": servers.dsn(database.name, "sawa_ingest")})
        peak, ended = 0, 0
        while not ended:
            peak = max(peak, high_water_kib(process.pid))
            time.sleep(0.05)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if process.returncode != 0:
            raise Void(f"sawa-ingest ended with {process.returncode}\n{said.read()[-2000:]}")
        return usage.ru_utime + usage.ru_stime, peak


COUNTS = """
SELECT (SELECT count(*) FROM payment WHERE batch_id <> 0 OR NOT %s),
       (SELECT sum(applied_count) FROM batch), (SELECT sum(duplicate_count) FROM batch),
       (SELECT sum(parked_count) FROM batch), (SELECT sum(payment_count) FROM window_delta),
       (SELECT sum(gross_minor) FROM window_delta)
       = (SELECT sum(settlement_minor) FROM payment WHERE batch_id <> 0 OR NOT %s),
       (SELECT sum(amount_minor) FROM journal_entry -- of trees without fees too
         WHERE to_jsonb(journal_entry) ->> 'purpose' IS NULL)
       = (SELECT sum(gross_minor) FROM window_delta),
       (SELECT array_agg(next_offset ORDER BY partition) FROM position),
       (SELECT max(epoch) FROM position), (SELECT count(*) FROM event_seen)"""


def verify(database, events, preloaded, ends=None):
    """Every record is accounted for exactly once, or the run is void."""
    found = database.rows(COUNTS, preloaded, preloaded)[0]
    seen = events.rows if events.ids == "v4" else 0
    expected = (events.rows, events.rows, events.duplicates, 0, events.rows, True, True,
                ends or events.partition_counts, 1, seen)
    if found != expected:
        raise Void(f"{events.name}: found {found}\nexpected {expected}")


COMMITS = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(commit_log.xmin))
       - (SELECT extract(epoch FROM min(claimed_at)) FROM position),
       (SELECT sum(record_count) FROM batch WHERE batch.commit_id = commit_log.commit_id)
  FROM commit_log WHERE action = 'ingest' ORDER BY 1"""


def tenths(commits, records):
    """Records per second of the first and of the last tenth, from one commit to another."""
    reached = list(itertools.accumulate(count for _, count in commits))
    first_end = next(i for i, sum_ in enumerate(reached) if sum_ - reached[0] >= records / 10)
    last_begin = max(i for i, sum_ in enumerate(reached) if reached[-1] - sum_ >= records / 10)
    rates = []
    for begin, end in ((0, first_end), (last_begin, len(commits) - 1)):
        rates.append((reached[end] - reached[begin]) / (commits[end][0] - commits[begin][0]))
    return rates


def ingest(servers, events, args, template=EMPTY, dump=None, source=None):
    with Database(servers, template) as database:
        own = source.settings() if source else {}
        meter = Meter(servers)
        cpu_s, peak_kib = worker_run(servers, database, events, {**own, **args.settings})
        used = meter.read()
        commits = [(float(at), int(count)) for at, count in database.rows(COMMITS)]
        verify(database, events, template != EMPTY, source.ends() if source else None)
        if dump:
            database.dump(dump)
    first, last = tenths(commits, events.records) if len(commits) > COMMITS_MIN else (0, 0)
    seconds = commits[-1][0]
    return {"s": round(seconds, 3), "per_s": round(events.records / seconds),
            "first_tenth_per_s": round(first), "last_tenth_per_s": round(last),
            "commits": len(commits), "cpu_s": round(cpu_s, 2),
            "rss_mib": round(peak_kib / 1024, 1), **used}


# ---- COPY -------------------------------------------------------------------------------------

def copy(servers, events, path, through_pump=True):
    """The same rows, one connection, one transaction; the file lies in the disk cache."""
    with Database(servers) as database:
        connection = psycopg2.connect(servers.dsn(database.name))
        with open(path, "rb", buffering=0) as file, connection.cursor() as cursor:
            while file.read(1 << 20):
                pass
            file.seek(0)
            meter = Meter(servers)
            begin, cpu = time.monotonic(), time.process_time()
            if through_pump:
                cursor.copy_expert("COPY sawa.payment FROM STDIN (FORMAT binary)", file, 1 << 18)
            else:
                cursor.execute("COPY sawa.payment FROM %s (FORMAT binary)", (path,))
            connection.commit()
            seconds, cpu = time.monotonic() - begin, time.process_time() - cpu
            used = meter.read()
        connection.close()
        if database.value("SELECT count(*) FROM payment") != events.rows:
            raise Void("COPY did not store the rows that were dumped")
    return {"s": round(seconds, 3), "per_s": round(events.rows / seconds),
            "pump_cpu_s": round(cpu, 2), **used}


# ---- the client alone -------------------------------------------------------------------------

def worker_properties():
    """The Kafka properties the worker sets itself, from its source."""
    with open(os.path.join(ROOT, "common", "bus", "kafka_source.c"), encoding="utf-8") as file:
        text = file.read()
    tables = re.findall(r"struct kafka_property (?:defaults|fixed)\[\] = \{(.*?)\n\};", text, re.S)
    return dict(pair for table in tables for pair in re.findall(r'\{"([^"]+)", "([^"]+)"\}', table))


def bare_client(folder, name, *flags):
    """NAME.c beside this file, compiled: its path."""
    program = os.path.join(folder, name)
    must("cc", "-std=c17", "-D_GNU_SOURCE", "-O2", "-o", program,
         os.path.join(os.path.dirname(__file__), f"{name}.c"), "-lrdkafka", *flags)
    return program


def bare_properties(servers, settings):
    """For a bare client: what the worker sets, as words NAME=VALUE."""
    passed = {key[len("kafka."):]: value for key, value in settings.items()
              if key.startswith("kafka.")}
    properties = {**worker_properties(), **passed, "bootstrap.servers": servers.brokers,
                  "group.id": "bench-bare"}
    return [f"{key}={value}" for key, value in properties.items()]


def consume(servers, folder, events, args, raw):
    """The client alone, and the client with the evidence every record needs: the worker's floor."""
    program = bare_client(folder, "consume", "-lcrypto", "-lzstd")
    for _, (mode, name) in itertools.product(range(args.rounds),
                                             (("count", "consumer"), ("evidence", "floor"))):
        said = must(program, mode, events.topic, args.partitions,
                    *bare_properties(servers, args.settings))
        records, _, seconds, cpu_s = said.split()
        if int(records) != events.records:
            raise Void(f"the consumer read {records} of {events.records} records")
        raw[name].append({"per_s": round(int(records) / float(seconds)), "cpu_s": float(cpu_s)})
        say(f"{name:14} {raw[name][-1]['per_s']:,}/s, {cpu_s} CPU s")


# ---- the whole --------------------------------------------------------------------------------

def show(what, run):
    say(f"{what:14} {run['s']:8.3f} s {run['per_s']:9,}/s  "
        + "  ".join(f"{key} {value}" for key, value in run.items() if key not in ("s", "per_s")))


def round_run(servers, sets, dumps, args, raw):
    for name, events in sets.items():
        if name == "tail":
            continue
        raw[f"ingest_{name}"].append(ingest(servers, events, args))
        show(f"ingest {name}", raw[f"ingest_{name}"][-1])
        if name in dumps:
            raw[f"copy_{name}"].append(copy(servers, events, dumps[name]))
            show(f"COPY {name}", raw[f"copy_{name}"][-1])


def first_runs(servers, folder, sets, args, raw):
    """Not counted: they warm the servers up and leave the rows that COPY takes."""
    dumps = {}
    for name in ("v7", "v4"):
        if name not in sets:
            continue
        path = os.path.join(folder, f"{name}.copy")
        raw["first"][f"ingest_{name}"] = ingest(servers, sets[name], args, dump=path)
        show(f"first {name}", raw["first"][f"ingest_{name}"])
        os.chmod(path, 0o644)
        raw["first"][f"copy_{name}_from_server_file"] = copy(servers, sets[name], path, False)
        show("COPY, no pump", raw["first"][f"copy_{name}_from_server_file"])
        dumps[name] = path
    return dumps


def warn_of_others(raw):
    """Times of a machine that others use tell little; ratios suffer too."""
    shares = [run["others_share"] for runs in raw.values() if isinstance(runs, list)
              for run in runs if "others_share" in run]
    if max(shares, default=0) > OTHERS_MAX:
        say(f"warning: other programs took up to {max(shares):.0%} of the processors")


def median(runs, key):
    return statistics.median(run[key] for run in runs) if runs else None


def ratio(above, below):
    return round(above / below, 3) if above and below else None


def result(raw, args):
    at = {name: median(runs, "per_s") for name, runs in raw.items() if isinstance(runs, list)}
    worker = [run for name in ("ingest_v7", "ingest_v4", "ingest_dup") for run in raw[name]]
    main_runs = raw["ingest_v7"] or worker or raw["ingest_tail"]
    cpu = {name: median(runs, "cpu_s") for name, runs in
           (("worker", main_runs), ("consumer", raw["consumer"]), ("floor", raw["floor"]))}
    return {
        "name": "ingest",
        "ratios": {"copy_v4": ratio(at["ingest_v4"], at["copy_v4"]),
                   "copy_v7": ratio(at["ingest_v7"], at["copy_v7"]),
                   "copy_dup": ratio(at["ingest_dup"], at["ingest_v7"]),
                   "flat": ratio(median(raw["ingest_tail"], "last_tenth_per_s"),
                                 median(raw["ingest_tail"], "first_tenth_per_s")),
                   "cpu_consumer": ratio(cpu["worker"], cpu["consumer"]),
                   "cpu_floor": ratio(cpu["worker"], cpu["floor"])},
        "figures": {"events_per_s": at["ingest_v7"], "copy_rows_per_s": at["copy_v7"],
                    "events_per_s_v4": at["ingest_v4"], "copy_rows_per_s_v4": at["copy_v4"],
                    "events_per_s_dup": at["ingest_dup"],
                    "events_per_s_preloaded": at["ingest_tail"],
                    "worker_rss_mib": max(run["rss_mib"] for run in worker + raw["ingest_tail"]),
                    "worker_cpu_s_per_million": round(cpu["worker"] * 1e6 / args.events, 3),
                    "consumer_cpu_s_per_million": round(cpu["consumer"] * 1e6 / args.events, 3),
                    "floor_cpu_s_per_million": round(cpu["floor"] * 1e6 / args.events, 3),
                    "postgres_cpu_s_per_million":
                        round(median(main_runs, "postgres_cpu_s") * 1e6 / args.events, 3),
                    "consumer_records_per_s": at["consumer"],
                    "events": args.events, "rounds": args.rounds, "preload": args.preload},
        "raw": raw}


def measure(servers, folder, args):
    raw = {name: [] for name in ("ingest_v7", "copy_v7", "ingest_v4", "copy_v4", "ingest_dup",
                                 "ingest_tail", "consumer", "floor")}
    raw["first"] = {}
    template_make(servers)
    sets = {name: EventSet(name, folder, args).send(servers) for name in args.sets}
    raw["event_seen_rows_v4"] = sets["v4"].rows if "v4" in sets else 0
    dumps = first_runs(servers, folder, sets, args, raw)
    consume(servers, folder, next(iter(sets.values())), args, raw)
    for _ in range(args.rounds):
        round_run(servers, sets, dumps, args, raw)
    if "tail" in sets:
        preloaded = preload_make(servers, args.preload)
        for _ in range(args.rounds):
            raw["ingest_tail"].append(ingest(servers, sets["tail"], args, preloaded))
            show("ingest tail", raw["ingest_tail"][-1])
    warn_of_others(raw)
    return result(raw, args)


# ---- sources side by side -----------------------------------------------------------------------

class SideEvents:
    """What verify has to know of events that lie at several sources."""

    ids, duplicates = "v7", 0

    def __init__(self, topic, records):
        self.name, self.topic, self.records = "side by side", topic, records
        self.rows = records


def sources_made(servers, folder, args):
    """{kind: Source}, each with the same events in it"""
    name = f"bench_side_{args.events}_{args.partitions}_{DAY:%Y%m%d}"
    rates = [word for rate, share in CLEAN.items() for word in (f"--{rate}", share)]
    traffic = Traffic(os.path.join(folder, name), (
        "--seed", 1, "--events", args.events, "--corridors", CORRIDORS, "--from", f"{DAY}T00:00Z",
        "--ids", "v7", *rates))
    made = {}
    for kind in args.sources:
        begin = time.monotonic()
        made[kind] = SOURCES[kind](servers, traffic, f"{name}_{kind}", args.partitions)
        made[kind].prepare()
        say(f"{kind}: {args.events:,} records are there after {time.monotonic() - begin:.1f} s")
    return made


def source_run(servers, kind, source, args):
    begin = time.monotonic()
    source.fill()
    filled_s = time.monotonic() - begin
    run = ingest(servers, SideEvents(source.topic, args.events), args, source=source)
    wrong = source.check()
    if wrong:
        raise Void(f"{kind}: {wrong}")
    return {**run, "filled_s": round(filled_s, 1)}


def sources_result(raw, args):
    at = {kind: median(raw[kind], "per_s") for kind in args.sources}
    figures = {"events": args.events, "rounds": args.rounds, "partitions": args.partitions}
    for kind in args.sources:
        million = median(raw[kind], "cpu_s") * 1e6 / args.events
        figures |= {f"events_per_s_{kind}": at[kind],
                    f"worker_cpu_s_per_million_{kind}": round(million, 3),
                    f"worker_rss_mib_{kind}": max(run["rss_mib"] for run in raw[kind])}
    return {"name": "ingest", "raw": raw, "figures": figures,
            "ratios": {f"source_{kind}": ratio(at[kind], at.get("kafka"))
                       for kind in args.sources if kind != "kafka"}}


def measure_sources(servers, folder, args):
    """Each round reads each source once; the first round warms up and does not count."""
    raw = {kind: [] for kind in args.sources}
    template_make(servers)
    made = sources_made(servers, folder, args)
    for number in range(args.rounds + 1):
        for kind, source in made.items():
            run = source_run(servers, kind, source, args)
            show(f"{kind} {'first' if number == 0 else number}", run)
            if number > 0:
                raw[kind].append(run)
    for source in made.values():
        source.remove()
    warn_of_others(raw)
    return sources_result(raw, args)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, prog="tests/bench/run ingest",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int,
                        help="default 2,000,000; side by side 200,000, for a queue is filled each"
                             " round, and confirms take their time")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--partitions", type=int, default=12)
    parser.add_argument("--preload", type=int, default=20_000_000)
    parser.add_argument("--quick", action="store_true", help="small, one round: is it all there?")
    parser.add_argument("--sets", type=lambda text: text.split(","), default=list(SETS),
                        help="of v7,v4,dup,tail; the ratios of others are null")
    parser.add_argument("--source", dest="sources", type=lambda text: text.split(","),
                        default=["kafka"], metavar="KIND,...",
                        help=f"of {','.join(SOURCES)}: these side by side instead of all else")
    parser.add_argument("--set", dest="settings", action="append", default=[],
                        metavar="KEY=VALUE", help="for the worker")
    parser.add_argument("--keep", metavar="DIR",
                        help="servers and event sets live here, are used again and left running")
    args = parser.parse_args()
    args.settings = dict(setting.split("=", 1) for setting in args.settings)
    for what, names, known in (("event set", args.sets, SETS), ("source", args.sources, SOURCES)):
        unknown = [name for name in names if name not in known]
        if unknown:
            parser.error(f"no {what} {', '.join(unknown)}; there are {', '.join(known)}")
    args.side_by_side = args.sources != ["kafka"]
    if args.quick:
        args.events, args.rounds, args.preload = 200_000, 1, 500_000
    if args.quick and args.side_by_side:
        args.events = 20_000
    if args.events is None:
        args.events = 200_000 if args.side_by_side else 2_000_000
    return args


def stopped(*unused):
    sys.exit(130)


def main():
    args = parse()
    signal.signal(signal.SIGTERM, stopped)
    if not os.access(os.path.join(BIN, "sawa-ingest"), os.X_OK):
        hint = "cmake --build --preset release, or set SAWA_BIN"
        sys.stderr.write(f"ingest: no sawa-ingest in {BIN}\nhint:   {hint}\n")
        return 69
    folder = args.keep or tempfile.mkdtemp(prefix="sawa-bench-")
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o755)
    try:
        with Servers(folder, os.path.join(folder, "state") if args.keep else None,
                     bool(RABBIT & set(args.sources))) as servers:
            run = measure_sources if args.side_by_side else measure
            print(json.dumps(run(servers, folder, args)))
        return 0
    except (Void, RuntimeError, SendError) as reason:
        sys.stderr.write(f"ingest: void: {reason}\n")
        return 1
    finally:
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
