"""fx.py - the FX events that go with a run: fx.bin and fx.tsv.

One RATE per pair and UTC day, then the LOCKs that the day's payments may name (plan.lock), and
where the corridor settles at a rate a LOCK for each window of the day, somewhat above it. All on
partition 0 in that order, so sending fx.bin before events.bin gives every payment its lock,
and sending it later, or only its beginning, gives windows that must wait.
"""
import datetime
import os
import random
import uuid

from . import currencies, rates, wire
from .plan import LOCKS_A_DAY

COLUMNS = ("partition", "offset", "intent", "event_id", "kind", "source", "corridor",
           "base_currency", "quote_currency", "rate_e10", "lock_id", "notional_e5",
           "valid_from_us", "valid_until_us", "settlement_window")
EPOCH = datetime.date(1970, 1, 1).toordinal()
DAY_US = 86_400_000_000
NOTIONAL_UNITS = 50_000_000
WINDOW_UNITS = 1_000_000_000
WINDOW_BASIS_POINTS = 150    # above the rate: a gain


def _value(row):
    def optional(data, encode):
        return wire.optional(encode(data) if data else None)
    (event_id, kind, source, corridor, base, quote, rate, lock_id, notional, valid_from,
     valid_until, window) = row
    second = (optional("", wire.decimal) * 2, wire.optional(wire.text(window))) if window else ()
    return b"".join((
        wire.FRAME[3 if window else 2], wire.text(event_id),
        wire.varint(("RATE", "LOCK").index(kind)), wire.text(source), optional(corridor, wire.text),
        wire.text(base), wire.text(quote), wire.decimal(rate), optional(lock_id, wire.text),
        optional(notional, wire.decimal), wire.varint(valid_from), wire.varint(valid_until),
        *second))


def _window_locks(plan, corridor, ordinal):
    """(lock id, rate, window) for each window of a business date; no window: no harm."""
    rate = rates.rate_e10(ordinal, corridor.source_currency, corridor.settlement_currency)
    for sequence in range(1, corridor.cut_off_count + 1):
        window = f"{datetime.date.fromordinal(ordinal)}/{sequence}"
        name = f"{plan.options.seed}/{corridor.code}/{window}"
        yield (str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
               rate + rate * WINDOW_BASIS_POINTS // 10_000, window)


def events(plan):
    """Rows in the order of COLUMNS from event_id on."""
    rng = random.Random(f"{plan.options.seed}/fx")
    for ordinal in plan.days():
        start = (ordinal - EPOCH) * DAY_US

        def new_id(start=start):
            digits = f"{start // 1000:012x}7{rng.getrandbits(12):03x}a{rng.getrandbits(60):015x}"
            return str(uuid.UUID(digits))
        pairs = set()
        for corridor in plan.corridors:
            for pair in ((corridor.source_currency, corridor.target_currency),
                         (corridor.source_currency, corridor.settlement_currency)):
                if pair[0] != pair[1] and pair not in pairs:
                    pairs.add(pair)
                    yield (new_id(), "RATE", "daily-indicative", "", *pair,
                           rates.rate_e10(ordinal, *pair), "", 0, start, start + DAY_US, "")
        for number, corridor in enumerate(plan.corridors):
            for which in range(LOCKS_A_DAY):
                lock_id, rate = plan.lock(number, ordinal, which)
                notional = NOTIONAL_UNITS * 10 ** currencies.AMOUNT_SCALE
                yield (new_id(), "LOCK", "desk", corridor.code, corridor.source_currency,
                       corridor.target_currency, rate, lock_id, notional, start,
                       start + 2 * DAY_US, "")
            for lock_id, rate, window in _window_locks(plan, corridor, ordinal) \
                    if corridor.has_fx else ():
                notional = WINDOW_UNITS * 10 ** currencies.AMOUNT_SCALE
                yield (new_id(), "LOCK", "desk", corridor.code, corridor.source_currency,
                       corridor.settlement_currency, rate, lock_id, notional, start,
                       start + 2 * DAY_US, window)


def generate(plan, out):
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "fx.bin"), "wb") as data, \
            open(os.path.join(out, "fx.tsv"), "w", encoding="utf-8") as log:
        log.write("\t".join(COLUMNS) + "\n")
        offset = -1
        for offset, row in enumerate(events(plan)):
            data.write(wire.record(0, row[9] // 1000, row[0].encode(), _value(row)))
            log.write("\t".join(map(str, (0, offset, row[1].lower(), *row))) + "\n")
    return offset + 1
