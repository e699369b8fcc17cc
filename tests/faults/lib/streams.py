"""streams.py - what comes in is the fault: floods of poison, records doubled, late, out of order.

The same oracle judges, fed from the same log: what it cannot see here is an order the log does not
have, so the log is shuffled together with the records.
"""
import os
import random
import time

from trafficlib import wire

SHUFFLE = 1000
ACCEPT_WAIT_S, CHUNK = 120, 1000


# -- poison ------------------------------------------------------------------------------------

def _halted(run):
    return [number for number, row in run.world.positions().items() if row["halt_reason"]]


def _accept(run):
    world = run.world
    code, out, err = world.scratch.program(
        "replay", "--set", f"kafka.brokers={os.environ['SAWA_KAFKA_BROKERS']}", "--set",
        f"ingest.topic={world.topic}", "--set", f"batch.key_file={os.environ['SAWA_KEK_FILE']}",
        "position", "accept", "--source", world.topic, "--execute", "--reason", "a flood of ours",
        "--actor", "faults", role="replay")
    if code:
        raise RuntimeError(f"accept: {code} {out}{err}")


def poison(run, _):
    """Three of ten records are refused: partitions halt rather than park the world, an operator
    accepts, they go on."""
    world = run.world
    if not world.until(lambda: _halted(run), ACCEPT_WAIT_S, 0.05):
        return 0
    reasons = {row["halt_reason"] for row in world.positions().values() if row["halt_reason"]}
    if reasons != {"parked_rate_exceeded"}:
        run.violate("I5", f"halted for another reason: {reasons}")
    halted = _halted(run)
    _accept(run)
    run.reach("partition halted by the parked rate, accepted", len(halted))
    return 1


def finish_flood(run):
    """What is left of the flood: accepted as often as it takes."""
    world = run.world
    world.producer.finish()
    end = time.monotonic() + ACCEPT_WAIT_S
    while world.lag() and time.monotonic() < end:
        if _halted(run):
            _accept(run)
        time.sleep(0.1)


# -- disorder ----------------------------------------------------------------------------------

def prepare_disorder(run):
    """Shuffles records and log alike, a thousand at a time; offsets follow the new order."""
    rng, folder = random.Random(run.seed), run.world.traffic
    with open(os.path.join(folder, "events.bin"), "rb") as file:
        records = list(wire.read_records(file))
    with open(os.path.join(folder, "log.tsv"), encoding="utf-8") as file:
        head, *lines = file.read().splitlines()
    pairs, mixed = list(zip(records, lines, strict=True)), []
    for begin in range(0, len(pairs), SHUFFLE):
        part = pairs[begin:begin + SHUFFLE]
        rng.shuffle(part)
        mixed += part
    _write(folder, head, mixed)


def _write(folder, head, pairs):
    offsets = {}
    with open(os.path.join(folder, "events.bin"), "wb") as events, \
         open(os.path.join(folder, "log.tsv"), "w", encoding="utf-8") as log:
        log.write(head + "\n")
        for record, line in pairs:
            partition, offset, rest = record[0], offsets.get(record[0], 0), line.split("\t", 2)[2]
            assert line.startswith(f"{partition}\t")
            events.write(wire.record(*record))
            log.write(f"{partition}\t{offset}\t{rest}\n")
            offsets[partition] = offset + 1


def disorder(run, _):
    """A worker is killed within each thousand records of doubled, late and shuffled traffic."""
    world, at = run.world, run.world.passed()
    victim = run.pick(1)[0]
    moved = world.until(lambda: world.passed() >= at + CHUNK // 2, 30)
    hit = moved and world.until(victim.is_working, 10, 0.001)
    victim.kill()
    moved = world.until(lambda: world.passed() >= at + CHUNK, 30)
    run.reach("thousand records out of order, a kill among them", int(hit and moved))
    return int(bool(hit and moved))


# -- a schema that moves on --------------------------------------------------------------------

AHEAD = "ALTER TABLE sawa.batch_raw RENAME COLUMN plain_size TO clear_size"
BACK = "ALTER TABLE sawa.batch_raw RENAME COLUMN clear_size TO plain_size"
END_WAIT_S = 30


def newer_schema(run, _):
    """An old binary on a schema that lost a name it uses ends with a clear error; nothing it had in
    hand is committed. With the name back, it goes on."""
    world = run.world
    world.scratch.sql(AHEAD)
    try:
        ended = world.until(lambda: not any(one.is_running() for one in world.workers), END_WAIT_S)
        codes = [one.process.poll() for one in world.workers if not one.was_aborted()]
    finally:
        world.scratch.sql(BACK)
    for one in world.workers:
        one.may_end, one.is_wanted = one.is_running(), one.is_running()
    if any(code is not None and code <= 0 for code in codes):
        run.violate("I1", f"workers on a newer schema ended with {codes}")
    run.reach("old binary refused a newer schema", sum(code is not None for code in codes))
    return int(ended)


def wider_schema(run, _):
    """A column more, with a default: nobody stops."""
    world, at = run.world, run.world.passed()
    name = f"extra_{len(run.kept.setdefault('columns', []))}"
    run.kept["columns"].append(name)
    world.scratch.sql(f"ALTER TABLE sawa.payment ADD COLUMN {name} integer DEFAULT 0")
    hit = world.until(lambda: world.passed() > at, 30)
    run.reach("worked on beside a new column", int(hit))
    return int(hit)
