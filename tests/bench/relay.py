#!/usr/bin/python3
"""relay - how many events a second go from a filled outbox into Kafka transactions?

An outbox of --events events as closed windows leave them (one window_closed, 400 net positions, 400
instructions each, 250 bytes in the mean), a topic of 12 partitions. Timed is `sawa-relay publish`,
from the claim to the last move of the position by PostgreSQL's clock, of two kinds alternately:
pending (the sequencer's numbering is in it) and numbered before. Starting the process is not in it,
opening the producer is. --rounds of each; the median counts.

Beside it, the same messages in transactions of the same size by the client library alone, from
memory, as confluent_kafka gives them to it: what the broker takes on this machine.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
# pylint: disable=wrong-import-position
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from scratch import Scratch

GOAL = 20_000            # messages per second
BATCH, PARTITIONS, WINDOW = 10_000, 12, 801


def fill(scratch, events, start):
    """Instructions and net positions as workers/settle/announce.c writes them."""
    scratch.sql("""
        INSERT INTO outbox (event_name, event_type, event_key, corridor, payload, commit_id)
        SELECT 'instruction/' || n, 'instruction', (4297418241 + n / %(window)s)::text, 'KES-NGN',
               json_build_object('window_id', (4297418241 + n / %(window)s)::text,
                   'instruction_id', md5(n::text)::uuid, 'end_to_end_id', md5(n::text),
                   'participant', 'BENCH' || n %% 200, 'counterparty', 'BENCH' || n %% 199,
                   'direction', 'PAY', 'settlement_amount', (n * 0.01)::text, 'currency', 'KES',
                   'settlement_date', '2026-03-02', 'account', 'NOSTRO:BENCH-KES'), 1
          FROM generate_series(%(first)s, %(last)s) AS n""",
                window=WINDOW, first=start, last=start + events - 1)


def publish(scratch, brokers, topic):
    """Seconds from the claim to the last move."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    scratch.sql("UPDATE outbox_destination SET owner = ''")
    out = scratch.start("relay", "--set", f"relay.kafka_topic={topic}", "--set",
                        f"kafka.brokers={brokers}", "--set", f"relay.publish_batch={BATCH}",
                        "--set", "relay.publish_keep=500h", "publish", role="relay",
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    _, err = out.communicate(timeout=600)
    if out.returncode != 0:
        raise RuntimeError(err)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    claimed = json.loads(err.splitlines()[0])["@timestamp"]
    seconds = scratch.value("SELECT extract(epoch FROM moved_at - %s::timestamptz)::float"
                            "  FROM outbox_destination", claimed)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def bare(brokers, topic, messages):
    producer = Producer({"bootstrap.servers": brokers, "transactional.id": "bench-bare",
                         "linger.ms": 5, "compression.type": "lz4", "batch.num.messages": 10000})
    producer.init_transactions()
    start = time.monotonic()
    for first in range(0, len(messages), BATCH):
        producer.begin_transaction()
        for key, value in messages[first:first + BATCH]:
            producer.produce(topic, key=key, value=value)
        producer.commit_transaction()
    return time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run relay")
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="20,000 events, one round")
    args = parser.parse_args()
    events, rounds = (20_000, 1) if args.quick else (args.events, args.rounds)
    brokers = os.environ["SAWA_KAFKA_BROKERS"]
    raw, cpu = {"pending": [], "numbered": [], "bare": []}, []
    with Scratch("bench_relay") as scratch:
        topic = scratch.name
        admin = AdminClient({"bootstrap.servers": brokers})
        made = admin.create_topics([
            NewTopic(topic, PARTITIONS, 1),
            NewTopic(f"{topic}-position", 1, 1, config={"cleanup.policy": "compact"})])
        for one in made.values():
            one.result(30)
        scratch.sql("SET search_path = sawa")
        scratch.sql("ALTER TABLE outbox DROP CONSTRAINT outbox_commit_id_fkey") # no closes here
        fill(scratch, 1000, 0)
        scratch.must("relay", "--set", f"relay.kafka_topic={topic}", "--set",
                     f"kafka.brokers={brokers}", "publish")
        filled = 1000
        for _ in range(rounds):
            for kind in ("pending", "numbered"):
                fill(scratch, events, filled)
                filled += events
                if kind == "numbered":
                    scratch.sql("SELECT outbox_number(%s)", events)
                for table in ("outbox", "outbox_pending", "outbox_order"):
                    scratch.sql(f"VACUUM ANALYZE {table}")
                seconds, used = publish(scratch, brokers, topic)
                raw[kind].append(seconds)
                cpu.append(used / events * 1e6)
                print(f"{kind:9} {events / seconds:9.0f} messages/s", flush=True)
            messages = scratch.sql("SELECT event_key, payload FROM outbox ORDER BY outbox_id DESC"
                                   " LIMIT %s", events)
            raw["bare"].append(bare(brokers, topic, messages))
            print(f"bare      {events / raw['bare'][-1]:9.0f} messages/s", flush=True)
        admin.delete_topics([topic, f"{topic}-position"])
    rate = {kind: events / statistics.median(seconds) for kind, seconds in raw.items()}
    print(json.dumps({
        "name": "relay",
        "ratios": {"goal": round(rate["pending"] / GOAL, 3),
                   "bare": round(rate["pending"] / rate["bare"], 3)},
        "figures": {"messages_per_s": round(rate["pending"]),
                    "messages_per_s_numbered": round(rate["numbered"]),
                    "bare_messages_per_s": round(rate["bare"]),
                    "relay_cpu_s_per_million": round(statistics.median(cpu), 2)},
        "raw": raw}))


main()
