"""rates.py - random policies, quotes and locks, and how the program is told them.

Quotes: direct, inverse and across a pivot, early, in force, old and over, of others, with one side
missing, of the same instant. Locks: in either direction or of another pair, of the window or of
payments, used before, used outside their validity.
"""
from dataclasses import dataclass, field

from chance import CURRENCIES, INT64_MAX, ROUNDINGS, magnitude, usual
from oracle import fx
from oracle.currency import SCALES

SIDES = ("BID", "MID", "ASK")
NOW = 1_772_452_800_000_000     # the last instant of every window


@dataclass
class Rates:
    policy: fx.Policy
    quotes: list
    locks: list = field(default_factory=list)   # what is used of them comes with the payments


def usual_rate(rng, *_):
    if rng.random() < 0.05:
        return rng.choice((1, INT64_MAX, magnitude(rng)))
    return rng.choice((rng.randrange(1, 10 ** rng.randrange(6, 14)), 10 ** rng.randrange(6, 13)))


def even_rate(rng, base, quoted):
    """One that makes one minor unit of another, or a thousandth of it: what was at the edge of 64
    bits stays there."""
    return 10 ** (10 + SCALES[base] - SCALES[quoted] - rng.choice((0, 0, 3))) \
        + rng.choice((0, 0, 0, 1))


def random_sides(rng, mid):
    return {"BID": rng.randrange(1, mid + 1) if rng.random() < 0.8 else 0, "MID": mid,
            "ASK": rng.randrange(mid, min(2 * mid, INT64_MAX) + 1) if rng.random() < 0.8 else 0}


def random_quote(rng, number, policy, given, wanted, rate):
    pairs = [(given, wanted)]
    if policy.pivot and rng.random() < 0.7:
        pairs = [(given, policy.pivot), (policy.pivot, wanted)]
    base, quoted = rng.choice(pairs)
    if rng.random() < 0.4:
        base, quoted = quoted, base
    age = rng.choice((0, policy.max_age_minutes, policy.max_age_minutes,
                      rng.randrange(-5, 2 * policy.max_age_minutes)))
    start = NOW - age * fx.MINUTE_US + rng.choice((0, 0, 0, 1, -1))
    return fx.Quote(number, "desk" if rng.random() < 0.9 else "other", base, quoted,
                    random_sides(rng, rate(rng, base, quoted)), start,
                    max(start + 1, NOW + rng.choice((0, 1, 1, rng.randrange(-9, 99)))))


def random_lock(rng, given, wanted, rate):
    pair = (given, wanted) if rng.random() < 0.6 else (wanted, given)
    if rng.random() < 0.05:
        pair = (given, rng.choice([code for code in CURRENCIES if code not in (given, wanted)]))
    notional = rng.choice((usual(rng), magnitude(rng), INT64_MAX))
    return fx.Lock(rng.random() < 0.5, *pair, rate(rng, *pair), notional,
                   NOW - rng.randrange(3, 30), NOW + rng.choice((0, 1, 1, 5, 9)),
                   rng.choice((0, 0, 0, usual(rng), notional)), 0, 0, 0)


def random_rates(rng, given, wanted, is_vast):
    pivot = rng.choice([code for code in CURRENCIES if code not in (given, wanted)])
    policy = fx.Policy("desk", rng.choice(SIDES), rng.choice((1, 60, 43200)),
                       pivot if rng.random() < 0.6 else None, rng.choice(ROUNDINGS))
    rate, counts = (even_rate, (6, 9)) if is_vast else (usual_rate, (0, 1, 2, 3, 6, 6, 6))
    quotes = [random_quote(rng, number, policy, given, wanted, rate)
              for number in rng.sample(range(1000), rng.choice(counts))]
    locks = [random_lock(rng, given, wanted, rate)
             for _ in range(rng.choice((1, 2) if is_vast else (0, 1, 1, 2, 4)))]
    return Rates(policy, quotes,
                 sorted(locks, key=lambda lock: (lock.is_of_window, lock.valid_from_us)))


# -- to the program ---------------------------------------------------------------------------

def _quote_line(quote):
    return (f"Q {quote.event_id} {quote.source} {quote.base} {quote.quoted}"
            f" {' '.join(str(quote.sides[side]) for side in SIDES)} {quote.valid_from_us}"
            f" {quote.valid_until_us}\n")


def _lock_line(lock):
    return (f"L {int(lock.is_of_window)} {lock.base} {lock.quoted} {lock.rate} {lock.notional}"
            f" {lock.valid_from_us} {lock.valid_until_us} {lock.drawn}\n")


def lines(rates):
    policy = rates.policy
    return [f"X {policy.side} {policy.max_age_minutes} {policy.pivot or '-'} {policy.rounding}"
            f" {NOW} {len(rates.quotes)} {len(rates.locks)}\n",
            *map(_quote_line, rates.quotes), *map(_lock_line, rates.locks)]
