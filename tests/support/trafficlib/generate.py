"""generate.py - writes a run: events.bin, log.tsv, meta.json; shard by shard, in order."""
import dataclasses
import json
import multiprocessing
import os
from collections import Counter

from . import plan as plans
from .events import LOG_COLUMNS, Shard


def shard_bytes(plan, number):
    data, log = Shard(plan, number).make()
    intents = Counter(line.split("\t", 3)[2] for line in log)
    return b"".join(data), "".join(log), intents


_worker_plan = None


def _start(options):
    global _worker_plan  # pylint: disable=global-statement
    _worker_plan = plans.Plan(options)


def _work(number):
    return shard_bytes(_worker_plan, number)


def shards(options, processes):
    """(bytes, log text, intents) of every shard, in order."""
    numbers = range((options.events + plans.SHARD - 1) // plans.SHARD)
    if processes < 2 or len(numbers) < 2:
        plan = plans.Plan(options)
        for number in numbers:
            yield shard_bytes(plan, number)
        return
    with multiprocessing.Pool(processes, _start, (options,)) as pool:
        yield from pool.imap(_work, numbers)


def generate(options, out, processes=1):
    """Writes the run into folder out; returns how many records of each intent it has."""
    os.makedirs(out, exist_ok=True)
    total = Counter()
    with open(os.path.join(out, "events.bin"), "wb") as data, \
            open(os.path.join(out, "log.tsv"), "w", encoding="utf-8") as log:
        log.write("\t".join(LOG_COLUMNS) + "\n")
        for chunk, lines, intents in shards(options, processes):
            data.write(chunk)
            log.write(lines)
            total += intents
    meta = dataclasses.asdict(options) | {
        "from_": options.from_.isoformat(),
        "corridors": os.path.basename(options.corridors),
        "partition_counts": plans.Plan(options).counts(options.events),
        "intents": dict(sorted(total.items()))}
    with open(os.path.join(out, "meta.json"), "w", encoding="utf-8") as file:
        json.dump(meta, file, indent=1)
        file.write("\n")
    return total
