#!/usr/bin/python3
"""netting - how long does it take to net a large multilateral scheme, and to prove it?

    tests/bench/run netting [--participants 2000] [--obligations 1000000] [--rounds 9] [--seed 1]

So many distinct pairs of participants, each with an amount of up to 10,000,000 minor units, as the
close has them in memory: in order. Timed is what the close does with them, netting_run and
netting_prove of common/domain, by turns with the bare sums of the same obligations
(netting_time.c); the medians of the rounds count. No database: what a window costs with one is what
`close` asks.

The nets must be those that exact sums in this program give, and add up to zero: else exit 1.
"""
import argparse
import array
import collections
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BIN = os.environ.get("SAWA_BIN") or os.path.join(ROOT, "build", "release", "bin")
AMOUNT_MAX, GOAL_MS = 10_000_000, 1000


def parse():
    parser = argparse.ArgumentParser(prog="netting", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--participants", type=int, default=2000)
    parser.add_argument("--obligations", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.obligations > args.participants * (args.participants - 1) or args.rounds < 1:
        parser.error("more obligations than there are pairs, or no round")
    return args


def obligations(args):
    """(debtor, creditor, minor) in order: every pair at most once, nobody owes himself."""
    rng, others = random.Random(args.seed), args.participants - 1
    for number in sorted(rng.sample(range(args.participants * others), args.obligations)):
        debtor, other = divmod(number, others)
        yield debtor, other + (other >= debtor), rng.randint(1, AMOUNT_MAX)


def write(args, path):
    """The nets and the sum of all obligations, exact."""
    nets, total = [0] * args.participants, 0
    with open(path, "wb") as file:
        for debtor, creditor, minor in obligations(args):
            nets[debtor] -= minor
            nets[creditor] += minor
            total += minor
            file.write(array.array("i", (debtor, creditor)).tobytes())
            file.write(array.array("q", (minor,)).tobytes())
    return nets, total


def measure(args, path):
    """What netting_time says: {word: its lines as numbers}"""
    done = subprocess.run([os.path.join(BIN, "netting_time"), path, str(args.participants),
                           str(args.rounds)], stdout=subprocess.PIPE, text=True, check=True)
    said = collections.defaultdict(list)
    for line in done.stdout.splitlines():
        word, *numbers = line.split()
        said[word].append([int(number) for number in numbers])
    return said


def wrong(said, nets, total):
    """What differs from the exact sums, or nothing."""
    found = dict(said["net"])
    if any(found.get(who, 0) != minor for who, minor in enumerate(nets)):
        return "the nets are not those of the obligations"
    if sum(found.values()) != 0 or said["proof"] != [[total]]:
        return f"the nets add up to {sum(found.values())}, the proof to {said['proof']} of {total}"
    return None


def main():
    args = parse()
    with tempfile.TemporaryDirectory(prefix="sawa-netting.") as folder:
        path = os.path.join(folder, "obligations")
        nets, total = write(args, path)
        said = measure(args, path)
    problem = wrong(said, nets, total)
    if problem:
        print(problem)
        return 1
    sums, ours = zip(*said["round"])
    for number, one in enumerate(zip(sums, ours), 1):
        print(f"round {number}: bare sums {one[0] / 1000:.2f} ms, ours {one[1] / 1000:.2f} ms")
    ours_ms, sums_ms = (statistics.median(one) / 1000 for one in (ours, sums))
    print(json.dumps({
        "name": "netting",
        "ratios": {"goal": round(GOAL_MS / ours_ms, 1), "sums": round(ours_ms / sums_ms, 2)},
        "figures": {"ours_ms": round(ours_ms, 2), "sums_ms": round(sums_ms, 2),
                    "slowest_ms": max(ours) / 1000, "participants": args.participants,
                    "obligations": args.obligations},
        "raw": {"sums_us": sums, "ours_us": ours}}))
    return 0 if ours_ms < GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
