"""plan.py - everything of a run that is settled before its first event.

A run is a function of its arguments. Record i of N stands at a fixed instant and on a fixed
partition, so shards of records can be made in any order and by any process, and come out the
same: `place` knows partition and offset of record i without looking at the records before it.
"""
import bisect
import hashlib
import random
import statistics
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from . import corridors, currencies, rates, wire

SHARD = 1 << 16
TABLE = 1 << 12           # partitions repeat after this many records
PAIR_TABLE = 1 << 14      # who pays whom, by frequency
AMOUNT_TABLE = 1 << 9
LOCKS_A_DAY = 4

# How busy the 24 hours of a UTC day are, per mille of the busiest.
HOURS = (120, 90, 80, 110, 240, 480, 700, 850, 930, 970, 1000, 960,
         930, 940, 960, 990, 1000, 980, 900, 760, 560, 380, 250, 170)

CHANNELS = ("WALLET", "MOBILE_MONEY", "CARD", "BANK", "USSD")
CHANNEL_SHARES = (22, 46, 6, 14, 12)
FEE_BASIS_POINTS = (90, 120, 150, 0, 60)
KINDS = ("COMPLETED", "REVERSED", "REFUNDED")

# Median amount of a transfer, in whole units of the source currency.
MEDIANS = {"KES": 3200, "ZAR": 650, "XOF": 24000, "UGX": 95000, "EUR": 140}

MALFORMED = ("truncated", "wrong_magic", "unknown_schema", "oversized", "tombstone", "bad_utf8",
             "bad_enum", "negative_amount", "zero_amount", "too_many_decimals", "unknown_currency",
             "bad_rate", "uetr_invalid", "return_id_unexpected", "event_id_empty", "time_far",
             "time_ahead", "day_old", "unknown_corridor", "participant_unknown",
             "currency_not_of_corridor", "participants_equal", "above_limit")


@dataclass
class Options:
    seed: int
    events: int
    corridors: str
    from_: datetime
    hours: int
    partitions: int
    ids: str = "v7"
    malformed: float = 0.01
    duplicates: float = 0.02
    other_content: float = 0.0005
    transfer_twice: float = 0.0005
    reversals: float = 0.01
    late: float = 0.002
    locks: float = 0.1
    oversized_bytes: int = 1 << 20 | 1 << 10
    names: bool = False


@dataclass
class Pair:
    """One debtor agent, one creditor agent, one channel: what stays the same of their payments."""
    corridor: int
    debtor: str
    creditor: str
    channel: int
    parties: bytes   # corridor, debtor_agent, creditor_agent as Avro strings
    log: str         # the same three in the log
    prefix: str      # of the debtor agent's transaction ids
    channel_bytes: bytes


class Plan:
    def __init__(self, options):
        self.options = options
        self.corridors = corridors.load(options.corridors)
        self.from_us = int(options.from_.timestamp()) * 1_000_000
        self._hours()
        self._partitions()
        self._pairs()
        self.amounts = [_amounts(corridor) for corridor in self.corridors]

    # -- when ------------------------------------------------------------------------------

    def _hours(self):
        """hour_starts[h] is the first record of hour h: the share of its UTC hour."""
        first = self.options.from_.hour
        weights = [HOURS[(first + hour) % 24] for hour in range(self.options.hours)]
        total, before, self.hour_starts = sum(weights), 0, []
        for weight in weights:
            self.hour_starts.append(self.options.events * before // total)
            before += weight
        self.hour_starts.append(self.options.events)

    def segments(self, low, high):
        """[(first, after, us of first, step us, ordinal of the day)] covering [low, high)."""
        out = []
        hour = bisect.bisect_right(self.hour_starts, low) - 1
        while low < high:
            start, after = self.hour_starts[hour], self.hour_starts[hour + 1]
            if low < after:
                step = 3_600_000_000 // (after - start)
                begin = self.from_us + hour * 3_600_000_000
                day = (self.options.from_ + timedelta(hours=hour)).toordinal()
                out.append((low, min(high, after), begin + (low - start) * step, step, day))
                low = min(high, after)
            hour += 1
        return out

    # -- where -----------------------------------------------------------------------------

    def _partitions(self):
        """A mildly skewed, shuffled table: the last partition gets two thirds of the first."""
        count = self.options.partitions
        weights = [3 * count - rank for rank in range(count)]
        table = [p for p in range(count) for _ in range(TABLE * weights[p] // sum(weights))]
        table += [rank % count for rank in range(TABLE - len(table))]
        random.Random(f"{self.options.seed}/partitions").shuffle(table)
        self.table, self.ranks, seen = table, [], [0] * count
        for partition in table:
            self.ranks.append(seen[partition])
            seen[partition] += 1
        self.per_table = seen

    def place(self, index):
        """(partition, offset) of record index."""
        round_, slot = divmod(index, TABLE)
        partition = self.table[slot]
        return partition, round_ * self.per_table[partition] + self.ranks[slot]

    def counts(self, index):
        """How many of the first `index` records stand on each partition."""
        round_, slot = divmod(index, TABLE)
        out = [round_ * count for count in self.per_table]
        for partition in self.table[:slot]:
            out[partition] += 1
        return out

    # -- who and how much ------------------------------------------------------------------

    def _pairs(self):
        """Zipf over corridors' debtors and creditors, as a table with repetitions."""
        rng = random.Random(f"{self.options.seed}/pairs")
        choices, weights = [], []
        for number, corridor in enumerate(self.corridors):
            share = 1 / (number + 1.5)
            pairs = [(d, c, 1 / ((i + 1) * (j + 1)))
                     for i, d in enumerate(corridor.debtors)
                     for j, c in enumerate(corridor.creditors) if d != c]
            total = sum(weight for _, _, weight in pairs)
            choices += [(number, d, c) for d, c, _ in pairs]
            weights += [share * weight / total for _, _, weight in pairs]
        each = choices if len(choices) <= PAIR_TABLE // 4 else []   # every pair occurs
        picked = each + rng.choices(choices, weights, k=PAIR_TABLE - len(each))
        rng.shuffle(picked)
        channels = rng.choices(range(len(CHANNELS)), CHANNEL_SHARES, k=PAIR_TABLE)
        self.pairs = [self._pair(*who, channel) for who, channel in zip(picked, channels)]

    def _pair(self, number, debtor, creditor, channel):
        code = self.corridors[number].code
        return Pair(number, debtor, creditor, channel,
                    wire.text(code) + wire.text(debtor) + wire.text(creditor),
                    f"{code}\t{debtor}\t{creditor}", debtor[:4] + code[:1] + code[4:5],
                    wire.varint(channel))

    # -- rates and locks -------------------------------------------------------------------

    def rate(self, number, ordinal):
        """rate_e10 of settlement currency per source currency, 0 where they are the same."""
        corridor = self.corridors[number]
        if corridor.source_currency == corridor.settlement_currency:
            return 0
        return rates.rate_e10(ordinal, corridor.source_currency, corridor.settlement_currency)

    def lock(self, number, ordinal, which):
        """(lock id, rate_e10 of target per source currency): the day's rate less some basis
        points; the same in `traffic fx`."""
        corridor = self.corridors[number]
        name = f"{self.options.seed}/{corridor.code}/{ordinal}/{which}"
        digest = hashlib.sha256(name.encode()).digest()
        rate = rates.rate_e10(ordinal, corridor.source_currency, corridor.target_currency)
        return str(uuid.UUID(bytes=digest[:16], version=4)), rate - rate * (which + 1) // 10_000

    def days(self):
        """Ordinals of the UTC days the run touches."""
        first = self.options.from_.toordinal()
        last = (self.options.from_ + timedelta(hours=self.options.hours)
                - timedelta(microseconds=1)).toordinal()
        return range(first, last + 1)


def _amounts(corridor):
    """Minor units at the middles of equal slices of a log-normal distribution (sigma 1.1).
    The quantiles shape the sample; the amounts themselves are integers from here on."""
    median = Decimal(MEDIANS.get(corridor.source_currency, 100))
    scale = Decimal(10) ** currencies.SCALES[corridor.source_currency]
    normal = statistics.NormalDist()
    out = []
    for slot in range(AMOUNT_TABLE):
        z = Decimal(f"{normal.inv_cdf((slot + 0.5) / AMOUNT_TABLE):.5f}")
        out.append(max(1, int(median * (z * Decimal("1.1")).exp() * scale)))
    return out


def parse_instant(text):
    """2026-11-16T00:00Z, on a whole hour."""
    instant = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
    if instant.minute or instant.second or instant.microsecond:
        raise ValueError(f"{text}: traffic begins on a whole hour")
    return instant
