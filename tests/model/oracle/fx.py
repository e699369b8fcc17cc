"""fx.py - the rate a window settles at and what its locks bring, with exact fractions.

A pair's rate is that of the newest quote that holds at the instant and is not older than the policy
says; an inverse quote gives one over its other side. Where the pair was never quoted by then, the
rate is the product of the two rates over the pivot. It is rounded once, to ten decimals.

A lock covers the payments that name it up to what is left of it; what is left of locks for the
window covers the payments that name none. Each worth is rounded to minor units; the result is the
lock's worth less the rate's.
"""
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from .currency import INT64_MAX, SCALES

UNIT = 10 ** 10            # a rate in tables
MINUTE_US = 60_000_000
OTHER_SIDE = {"BID": "ASK", "MID": "MID", "ASK": "BID"}


class Refused(Exception):
    """Why there is no rate."""


class Overflow(Exception):
    """Something passes 64 bits."""


@dataclass(frozen=True)
class Policy:
    source: str
    side: str
    max_age_minutes: int
    pivot: str             # or None
    rounding: str


@dataclass(frozen=True)
class Quote:
    event_id: object       # what orders as ids do
    source: str
    base: str
    quoted: str
    sides: dict            # "BID", "MID", "ASK": unscaled, or 0
    valid_from_us: int
    valid_until_us: int


@dataclass
class Lock:
    is_of_window: bool
    base: str
    quoted: str
    rate: int
    notional: int
    valid_from_us: int
    valid_until_us: int
    drawn: int
    claimed: int
    used_from_us: int
    used_until_us: int


def read(entry):
    """The policy of a corridor's entry in the book, or None."""
    told = entry.get("fx")
    return told and Policy(told["source"], told["side"], int(told["max_age_minutes"]),
                           told.get("pivot"), told["rounding"])


def rounded(value, rounding):
    """Any fraction as a whole number, halves and directions seen from zero."""
    size = abs(value)
    if rounding == "HALF_EVEN":
        whole = round(size)
    elif rounding == "HALF_UP":
        whole = floor(size + Fraction(1, 2))
    else:
        whole = floor(size) if rounding == "DOWN" else ceil(size)
    return whole if value >= 0 else -whole


def _quoted(policy, given, wanted, at_us, quotes):
    """[(how new, quote, is it inverse, rate as a fraction, does it hold)] by then, of one pair."""
    found = []
    for quote in quotes:
        if quote.source != policy.source or quote.valid_from_us > at_us:
            continue
        for inverse, pair in ((False, (given, wanted)), (True, (wanted, given))):
            side = quote.sides[OTHER_SIDE[policy.side] if inverse else policy.side]
            if (quote.base, quote.quoted) == pair and side:
                rate = Fraction(side, UNIT)
                found.append(((quote.valid_from_us, not inverse, quote.event_id), quote, inverse,
                              1 / rate if inverse else rate,
                              at_us < quote.valid_until_us and at_us - quote.valid_from_us
                              <= policy.max_age_minutes * MINUTE_US))
    return found


def _leg(policy, given, wanted, at_us, quotes):
    found = _quoted(policy, given, wanted, at_us, quotes)
    if not found:
        raise Refused("rate_missing")
    held = [one for one in found if one[4]]
    if not held:
        raise Refused("rate_stale")
    _, quote, inverse, rate, _ = max(held, key=lambda one: one[0])
    return quote, inverse, rate


def _reason(policy, given, wanted, at_us, quotes):
    try:
        _leg(policy, given, wanted, at_us, quotes)
    except Refused as refused:
        return str(refused)
    return ""


def choose(policy, given, wanted, at_us, quotes):
    """(rate unscaled, [(event id, inverse)]); raises Refused."""
    legs = [(given, wanted)]
    if policy.pivot not in (None, given, wanted) \
            and _reason(policy, given, wanted, at_us, quotes) == "rate_missing":
        legs = [(given, policy.pivot), (policy.pivot, wanted)]
    reasons = {_reason(policy, *leg, at_us, quotes) for leg in legs}
    for reason in ("rate_missing", "rate_stale"):
        if reason in reasons:
            raise Refused(reason)
    product, taken = Fraction(UNIT), []
    for leg in legs:
        quote, inverse, rate = _leg(policy, *leg, at_us, quotes)
        product *= rate
        taken.append((quote.event_id, inverse))
    rate = rounded(product, policy.rounding)
    if not 0 < rate <= INT64_MAX:
        raise Refused("rate_out_of_range")
    return rate, taken


def _fit(minor):
    if not -INT64_MAX - 1 <= minor <= INT64_MAX:
        raise Overflow()
    return minor


def add_volume(volumes, lock, minor, at_us):
    """One payment into {lock it names: [source minor, first acceptance, last]}."""
    volume = volumes.setdefault(lock, [0, at_us, at_us])
    volumes[lock] = [volume[0] + minor, min(volume[1], at_us), max(volume[2], at_us)]


def use(volumes, lock, is_of_window, as_of_us):
    """(claimed, first, last) of a lock: a window's own is used at its last instant too."""
    claimed, first, last = volumes.get(lock, (0, as_of_us, as_of_us))
    if is_of_window:
        first, last = min(first, as_of_us), max(last, as_of_us)
    return claimed, first, last


def worth(minor, rate, given, wanted):
    """Minor units of one currency in those of the other, exactly."""
    return minor * Fraction(rate) * Fraction(10) ** (SCALES[wanted] - SCALES[given])


def gain(volume, rate, given, wanted, rounding, locks):
    """(worth, covered, result, [(cover, covered, worth, worth at the rate)]); raises Overflow."""
    rest, told = max(_fit_above(volume - sum(lock.claimed for lock in locks)), 0), []
    whole = _fit(rounded(worth(volume, Fraction(rate, UNIT), given, wanted), rounding))
    for lock in locks:
        inverse = (lock.base, lock.quoted) == (wanted, given)
        cover = "IN_FORCE"
        if not inverse and (lock.base, lock.quoted) != (given, wanted):
            cover = "OTHER_PAIR"
        elif lock.used_from_us < lock.valid_from_us or lock.used_until_us >= lock.valid_until_us:
            cover = "OUT_OF_VALIDITY"
        there = min(floor(worth(lock.notional, Fraction(lock.rate, UNIT), wanted, given)),
                    INT64_MAX) if inverse else lock.notional
        left = max(there - lock.drawn, 0) if cover == "IN_FORCE" else 0
        covered = min(max(lock.claimed, 0), left)
        taken = min(rest, left - covered) if lock.is_of_window else 0
        rest, covered = rest - taken, covered + taken
        price = Fraction(UNIT, lock.rate) if inverse else Fraction(lock.rate, UNIT)
        told.append((cover, covered,
                     _fit(rounded(worth(covered, price, given, wanted), rounding)),
                     _fit(rounded(worth(covered, Fraction(rate, UNIT), given, wanted), rounding))))
    results = [at_lock - at_rate for _, _, at_lock, at_rate in told]
    for count in range(len(results) + 1):
        if abs(sum(results[:count])) > INT64_MAX:
            raise Overflow()
    return whole, _fit(sum(one[1] for one in told)), sum(results), told


def _fit_above(value):
    if value > INT64_MAX:
        raise Overflow()
    return value
