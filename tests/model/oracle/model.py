"""model.py - runs a log through the rules of ingest, one record after the other.

Per partition a watermark: the newest acceptance time of all records whose fields were fine, up
to and including this one, whatever became of them. A payment belongs to its corridor's first
window whose cut-off lies after the watermark and that has no cut at or before its offset. It is
late when it was accepted before that window opened.

A cut of kind WATERMARK follows from the log: the first offset where the watermark has reached
the cut-off. Cuts of kind GRACE and COMMAND tell where a partition stood when somebody closed the
window: facts from outside, given as {(window id, partition): offset}.
"""
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from . import fees, fields
from .book import Timetable
from .fields import EPOCH_DAY

NEVER = -(2 ** 63)
ACCEPTED, DUPLICATE = "accepted", "duplicate"


@dataclass(slots=True)
class Accepted:
    payment: object
    window_id: int
    late: bool

    @property
    def owes(self):
        """(who owes, who is owed)"""
        p = self.payment
        return (p.debtor, p.creditor) if p.kind == "COMPLETED" else (p.creditor, p.debtor)


class Partition:
    """What is known of one source partition."""

    def __init__(self):
        self.watermark = NEVER
        self.next_offset = 0
        self.offsets = None    # of all records, where they do not rise by one
        self.accepted = {}     # offset -> Accepted
        self.duplicates = set()
        self.parked = {}       # offset -> (reason, event id or None)
        self.window_at = {}    # corridor -> index into its timetable


    def between(self, first, after):
        """The offsets of the records in [first, after)."""
        if self.offsets is None:
            return range(first, min(after, self.next_offset))
        return self.offsets[bisect_left(self.offsets, first):bisect_left(self.offsets, after)]


class Undetermined(Exception):
    """The log leaves open what is right: two partitions tell of one id."""


class Model:
    def __init__(self, corridors, days, cuts=None, timetable=None, gaps=False):
        """days: (first, last) date an event may have; timetable: the dates windows are made for,
        by default those days and a month on each side; gaps: offsets rise, not by one (files)."""
        self.gaps = gaps
        self.corridors = corridors
        self.days = tuple(day.toordinal() - EPOCH_DAY for day in days)
        self.cuts = cuts or {}
        month = timedelta(days=31)
        first, last = timetable or (days[0] - month, days[1] + month)
        self.timetables = {code: Timetable(corridor, first, last)
                           for code, corridor in corridors.items()}
        self.partitions = defaultdict(Partition)
        self.watermark_cuts = {}     # (window id, partition) -> offset
        self.rivals = defaultdict(list)  # event id that counts -> payments that lost against it
        self._by_event = {}          # event id -> (payment, partition)
        self._by_transfer = {}       # (debtor, transaction id, kind, day accepted) -> the same

    # -- one record ------------------------------------------------------------------------

    def take(self, columns):
        """One line of the log, split into its columns."""
        number, offset = int(columns[0]), int(columns[1])
        partition = self.partitions[number]
        self._place(number, partition, offset)
        partition.next_offset = offset + 1
        payment, reason = fields.read(columns, self.days)
        if payment is not None:
            if payment.acceptance_us > partition.watermark:
                self._advance(number, partition, offset, payment.acceptance_us)
            reason = fields.check_against_book(payment, self.corridors) \
                or self._check_against_held(payment, number)
        if reason == DUPLICATE:
            partition.duplicates.add(offset)
        elif reason:
            partition.parked[offset] = (reason, payment and payment.event_id)
        else:
            window = self._window(number, partition, offset, payment.corridor)
            partition.accepted[offset] = Accepted(payment, window.window_id,
                                                  payment.acceptance_us < window.opens_us)

    def _place(self, number, partition, offset):
        if not self.gaps:
            assert offset == partition.next_offset, f"partition {number}: a gap before {offset}"
            return
        assert offset >= partition.next_offset, f"partition {number}: {offset} does not rise"
        if partition.offsets is None:
            partition.offsets = []
        partition.offsets.append(offset)

    def run(self, lines, limits=None):
        """All lines of a log without its heading; limits: {partition: offset to stop before}."""
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            if len(columns) != fields.COLUMN_COUNT:
                raise ValueError(f"a line of the log has {len(columns)} columns")
            if limits is None or int(columns[1]) < limits.get(int(columns[0]), 0):
                self.take(columns)
        return self

    def _check_against_held(self, payment, number):
        """Holds the payment from now on where it says None."""
        transfer = (payment.debtor, payment.transaction_id, payment.kind,
                    payment.acceptance_us // fields.DAY_US, payment.return_id)
        held = self._by_event.get(payment.event_id)
        if held is not None:
            if held[1] != number:
                raise Undetermined(f"event {payment.event_id} on partitions {held[1]}, {number}")
            if held[0].content() == payment.content():
                return DUPLICATE
            self.rivals[held[0].event_id].append(payment)
            return "same_id_different_content"
        holder = self._by_transfer.get(transfer)
        if holder is not None:
            if holder[1] != number:
                raise Undetermined(f"transfer {transfer} on partitions {holder[1]}, {number}")
            self.rivals[holder[0].event_id].append(payment)
            return "transfer_already_recorded"
        self._by_transfer[transfer] = (payment, number)
        self._by_event[payment.event_id] = (payment, number)
        return None

    # -- windows ---------------------------------------------------------------------------

    def _advance(self, number, partition, offset, watermark):
        """Moves the watermark; every cut-off it reaches is cut here."""
        partition.watermark = watermark
        for code, timetable in self.timetables.items():
            at = partition.window_at.get(code)
            if at is None or timetable.cut_offs[at] <= watermark:
                after = timetable.index_after(watermark)
                for window in timetable.windows[at or 0:after]:
                    self.watermark_cuts[window.window_id, number] = offset
                partition.window_at[code] = after

    def _window(self, number, partition, offset, code):
        windows = self.timetables[code].windows
        at = partition.window_at[code]
        while self.cuts.get((windows[at].window_id, number), offset + 1) <= offset:
            at += 1
        return windows[at]

    # -- what follows from it --------------------------------------------------------------

    def accepted(self):
        """(partition, offset, Accepted)"""
        for number in sorted(self.partitions):
            for offset, entry in self.partitions[number].accepted.items():
                yield number, offset, entry

    def window_totals(self):
        """{window id: [payments, late ones, gross minor]}"""
        totals = defaultdict(lambda: [0, 0, 0])
        for _, _, entry in self.accepted():
            total = totals[entry.window_id]
            total[0] += 1
            total[1] += entry.late
            total[2] += entry.payment.settlement
        return dict(totals)

    def obligations(self):
        """{(window id, who owes, who is owed): [payments, minor]}: gross, each way by itself."""
        pairs = defaultdict(lambda: [0, 0])
        for _, _, entry in self.accepted():
            pair = pairs[(entry.window_id, *entry.owes)]
            pair[0] += 1
            pair[1] += entry.payment.settlement
        return dict(pairs)

    def charges(self):
        """{(window id, fee number, who owes, who is owed): [payments, minor]}"""
        charges = defaultdict(lambda: [0, 0])
        for _, _, entry in self.accepted():
            for *key, minor in entry.payment.charges:
                charge = charges[(entry.window_id, *key)]
                charge[0] += 1
                charge[1] += minor
        return dict(charges)

    def account_turnover(self):
        """{account: [debits, credits]} of ingest: who owes is debited."""
        turnover = defaultdict(lambda: [0, 0])
        for _, _, entry in self.accepted():
            currency, minor = entry.payment.settlement_currency, entry.payment.settlement
            debtor, creditor = entry.owes
            turnover[f"OBLIGATION:{debtor}:{currency}"][0] += minor
            turnover[f"OBLIGATION:{creditor}:{currency}"][1] += minor
            corridor = self.corridors[entry.payment.corridor]
            for number, debtor, creditor, minor in entry.payment.charges:
                turnover[fees.account(corridor, number, debtor)][0] += minor
                turnover[fees.account(corridor, number, creditor)][1] += minor
        return dict(turnover)

    def counts(self):
        """How the log ends: for people."""
        reasons = Counter(reason for partition in self.partitions.values()
                          for reason, _ in partition.parked.values())
        return {"accepted": sum(len(p.accepted) for p in self.partitions.values()),
                "duplicates": sum(len(p.duplicates) for p in self.partitions.values()),
                "late": sum(entry.late for _, _, entry in self.accepted()),
                "parked": dict(sorted(reasons.items()))}


def net_positions(obligations, netting):
    """Of one window's {(who owes, who is owed): minor}, by model:
    GROSS         {(who owes, who is owed): minor}, as it is
    BILATERAL     the same per pair, the smaller direction taken off the larger
    MULTILATERAL  {participant: what it is owed less what it owes}; sums to zero"""
    if netting == "GROSS":
        return dict(obligations)
    if netting == "BILATERAL":
        return {(debtor, creditor): minor - obligations.get((creditor, debtor), 0)
                for (debtor, creditor), minor in obligations.items()
                if minor > obligations.get((creditor, debtor), 0)}
    net = defaultdict(int)
    for (debtor, creditor), minor in obligations.items():
        net[debtor] -= minor
        net[creditor] += minor
    assert sum(net.values()) == 0
    return dict(net)


def default_days(lines, before=60, after=3):
    """The days an event may have, around the first sound line of a log."""
    for line in lines:
        columns = line.split("\t")
        if columns[fields.INTENT] == "payment":
            first = date.fromordinal(int(columns[fields.ACCEPTANCE]) // fields.DAY_US + EPOCH_DAY)
            return first - timedelta(days=before), first + timedelta(days=after + 60)
    return date(2026, 1, 1), date(2027, 12, 31)
