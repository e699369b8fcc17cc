"""stream_parts.py - what ingest wrote, held against the model: I1, I2, I3, I4, I5, I6, I7.

Each function is one part: (context, part) -> None. SQL reads sets, Python compares.
"""
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from . import fees, fields
from .book import us_of
from .fields import CHANNELS, EPOCH_DAY, KINDS


@dataclass
class Batch:
    batch_id: int
    commit_id: int
    partition: int
    epoch: int
    first: int
    next: int
    records: int
    applied: int
    duplicates: int
    parked: int


@dataclass
class Context:
    database: object
    model: object
    source_id: int
    batches: dict = field(default_factory=dict)     # partition -> [Batch] in offset order
    positions: dict = field(default_factory=dict)   # partition -> (start, next, epoch, watermark)
    fx_log: str = None
    bank: list = None                               # [entries, troubles] as the bank tells them
    lines: list = field(default_factory=list)       # to print at the end


def read_positions(database, source_id):
    return {row[0]: row[1:] for row in database.rows(
        """SELECT partition, start_offset, next_offset, epoch,
                  CASE WHEN isfinite(watermark)
                       THEN (extract(epoch FROM watermark) * 1000000)::bigint END
             FROM position WHERE source_id = %s""", source_id)}


def read_batches(database, source_id):
    batches = defaultdict(list)
    for row in database.rows(
            """SELECT batch_id, commit_id, partition, epoch, first_offset, next_offset,
                      record_count, applied_count, duplicate_count, parked_count
                 FROM batch WHERE source_id = %s ORDER BY partition, first_offset""", source_id):
        batches[row[2]].append(Batch(*row))
    return dict(batches)


def read_cuts(database, source_id, kinds):
    """{(window id, partition): offset}"""
    return {row[:2]: row[2] for row in database.rows(
        """SELECT window_id, partition, cut_offset FROM window_cut
            WHERE source_id = %s AND kind = ANY (%s)""", source_id, list(kinds))}


# -- I1: every payment, once, as it is ----------------------------------------------------------

PAYMENTS = """
SELECT batch.partition, payment.record_offset,
       encode(uuid_send(payment.event_id), 'hex'), encode(uuid_send(transfer_id), 'hex'),
       encode(uuid_send(content_digest), 'hex'),
       (extract(epoch FROM acceptance_time) * 1000000)::bigint, window_id, instructed_minor,
       settlement_minor, fee_minor, rate_e10, event_day, debtor.code, creditor.code,
       payment.corridor_id, kind, channel, late, encode(uuid_send(lock_id), 'hex'),
       encode(uuid_send(uetr), 'hex'), instructed_currency, settlement_currency, fee_currency,
       transaction_id, end_to_end_id, return_id
  FROM payment
  JOIN batch USING (batch_id)
  LEFT JOIN participant AS debtor ON debtor.participant_id = payment.debtor_agent_id
  LEFT JOIN participant AS creditor ON creditor.participant_id = payment.creditor_agent_id
 WHERE batch.source_id = %s"""

PAYMENT_COLUMNS = (
    "event_id transfer_id content_digest acceptance_time window_id instructed_minor"
    " settlement_minor fee_minor rate_e10 event_day debtor_agent creditor_agent corridor_id kind"
    " channel late lock_id uetr instructed_currency settlement_currency fee_currency"
    " transaction_id end_to_end_id return_id").split()


class ExpectedPayment:
    """The text of a payment row as COPY prints it, without partition and offset."""

    def __init__(self, corridors):
        self.corridor_ids = {code: c.corridor_id for code, c in corridors.items()}
        self.days = {}

    def _day(self, day):
        if day not in self.days:
            self.days[day] = date.fromordinal(day + EPOCH_DAY).isoformat()
        return self.days[day]

    def line(self, entry):
        p = entry.payment
        return (f"{p.event_id}\t{fields.transfer_id(p)}\t{fields.content_digest(p)}"
                f"\t{p.acceptance_us}\t{entry.window_id}\t{p.instructed}\t{p.settlement}"
                f"\t{p.fee or NULL}\t{p.rate or NULL}\t{self._day(p.day)}\t{p.debtor}"
                f"\t{p.creditor}\t{self.corridor_ids[p.corridor]}\t{KINDS[p.kind]}"
                f"\t{CHANNELS[p.channel]}\t{'t' if entry.late else 'f'}\t{p.lock_id or NULL}"
                f"\t{p.uetr or NULL}\t{p.instructed_currency}\t{p.settlement_currency}"
                f"\t{p.fee_currency or NULL}\t{p.transaction_id}\t{p.end_to_end_id}"
                f"\t{p.return_id or NULL}")


NULL = "\\N"


def _explain(expected, found):
    pairs = zip(PAYMENT_COLUMNS, expected.split("\t"), found.split("\t"))
    return ", ".join(f"{name} expected {a} found {b}" for name, a, b in pairs if a != b)


def payments(context, part):
    expected = ExpectedPayment(context.model.corridors)
    partitions = context.model.partitions
    seen = {number: bytearray(p.next_offset) if p.offsets is None else defaultdict(int)
            for number, p in partitions.items()}

    def take(line):
        partition, offset, rest = line.split("\t", 2)
        partition, offset = int(partition), int(offset)
        where = f"payments/{partition}@{offset}"
        part.looked_at += 1
        marks = seen.get(partition)
        entry = partitions[partition].accepted.get(offset) if marks is not None else None
        if entry is None:
            part.differ(f"{where}: unexpected, event {rest[:32]}")
        elif marks[offset]:
            part.differ(f"{where}: twice, event {rest[:32]}")
        else:
            marks[offset] = 1
            wanted = expected.line(entry)
            if wanted != rest:
                part.differ(f"{where}: {_explain(wanted, rest)}")

    context.database.stream(PAYMENTS, take, context.source_id)
    for number, offset, entry in context.model.accepted():
        if not seen[number][offset]:
            part.differ(f"payments/{number}@{offset}: missing, event {entry.payment.event_id}")
    orphans = context.database.value(
        "SELECT count(*) FROM payment WHERE NOT EXISTS"
        " (SELECT FROM batch WHERE batch.batch_id = payment.batch_id)")
    part.equal("payments without a batch", 0, orphans)


def seen_ids(context, part):
    """event_seen: ids without a day of their own; transfer_seen: another day than accepted."""
    ids, transfers = {}, {}
    for _, _, entry in context.model.accepted():
        p = entry.payment
        day = date.fromordinal(p.day + EPOCH_DAY)
        if p.event_id[12] != "7":
            ids[p.event_id] = (day,)
        if p.day != p.acceptance_us // fields.DAY_US:
            accepted_on = date.fromordinal(p.acceptance_us // fields.DAY_US + EPOCH_DAY)
            transfers[fields.transfer_id(p)] = (day, accepted_on)
    for table, key, columns, expected in (
            ("event_seen", "event_id", "event_day", ids),
            ("transfer_seen", "transfer_id", "event_day, accepted_on", transfers)):
        found = {row[0]: row[1:] for row in context.database.rows(
            f"SELECT encode(uuid_send({key}), 'hex'), {columns} FROM {table}")}
        part.equal_maps(table, expected, found)


# -- I5: every record applied or parked ---------------------------------------------------------

def parked(context, part):
    expected = {(number, offset): reason
                for number, partition in context.model.partitions.items()
                for offset, (reason, _) in partition.parked.items()}
    ids = {(number, offset): event_id
           for number, partition in context.model.partitions.items()
           for offset, (_, event_id) in partition.parked.items()}
    found = {}
    for partition, offset, reason, event_id in context.database.rows(
            """SELECT partition, record_offset, reason, replace(event_id::text, '-', '')
                 FROM parked WHERE source_id = %s""", context.source_id):
        found[partition, offset] = reason
        if event_id is not None and ids.get((partition, offset)) not in (None, event_id):
            part.differ(f"payments/{partition}@{offset}: parked with event id {event_id},"
                        f" expected {ids[partition, offset]}")
    part.equal_maps("parked payments/", expected, found)


def positions(context, part):
    """I4: every partition of the log stands at its end, with the newest acceptance time."""
    for number, partition in context.model.partitions.items():
        start, next_offset, _, watermark = context.positions.get(number, (0, 0, 0, None))
        if partition.offsets is None:
            part.equal(f"payments/{number} start_offset", 0, start)
            part.equal(f"payments/{number} next_offset", partition.next_offset, next_offset)
        elif not start <= partition.offsets[0] < partition.next_offset <= next_offset:
            part.differ(f"payments/{number}: [{start}, {next_offset}) does not cover the records"
                        f" [{partition.offsets[0]}, {partition.next_offset})")
        expected = None if partition.watermark < 0 else partition.watermark
        part.equal(f"payments/{number} watermark", expected, watermark)


def coverage(context, part):
    """I4: batches cover [start, next_offset) without gap or overlap. I5: their counts."""
    for number, (start, next_offset, _, _) in context.positions.items():
        at = start
        for batch in context.batches.get(number, ()):
            part.equal(f"payments/{number} batch {batch.batch_id} first_offset", at, batch.first)
            part.equal(f"batch {batch.batch_id} applied + duplicate + parked", batch.records,
                       batch.applied + batch.duplicates + batch.parked)
            _batch_counts(context, part, batch)
            at = batch.next
        part.equal(f"payments/{number} next_offset after its batches", at, next_offset)


def _batch_counts(context, part, batch):
    partition = context.model.partitions.get(batch.partition)
    if partition is None:
        return
    offsets = partition.between(batch.first, batch.next)
    expected = (len(offsets),
                sum(offset in partition.accepted for offset in offsets),
                sum(offset in partition.duplicates for offset in offsets),
                sum(offset in partition.parked for offset in offsets))
    part.equal(f"batch {batch.batch_id} (records, applied, duplicate, parked)", expected,
               (batch.records, batch.applied, batch.duplicates, batch.parked))


def batch_of_payments(context, part):
    """A payment's batch is the one that took its offset: drill-down is exact."""
    part.equal("payments outside their batch's offsets", 0, context.database.value(
        """SELECT count(*) FROM payment JOIN batch USING (batch_id)
            WHERE record_offset < first_offset OR record_offset >= next_offset"""))
    part.equal("parked records outside their batch's offsets", 0, context.database.value(
        """SELECT count(*) FROM parked JOIN batch USING (batch_id)
            WHERE record_offset < first_offset OR record_offset >= batch.next_offset
               OR parked.partition <> batch.partition OR parked.source_id <> batch.source_id"""))


# -- I6, I7 -------------------------------------------------------------------------------------

def leaves(context, part):
    """I6: one audit leaf per commit, and its hash is that of its bytes."""
    for commit_id, leaf, leaf_hash in context.database.rows(
            """SELECT commit_id, leaf, leaf_hash
                 FROM commit_log FULL JOIN audit_leaf USING (commit_id)"""):
        if leaf is None:
            part.differ(f"commit {commit_id}: no audit leaf")
        else:
            part.equal(f"commit {commit_id} leaf hash",
                       hashlib.sha256(b"\0" + bytes(leaf)).hexdigest(), bytes(leaf_hash).hex())
    part.equal("leaves without a commit", 0, context.database.value(
        "SELECT count(*) FROM audit_leaf WHERE NOT EXISTS (SELECT FROM commit_log"
        " WHERE commit_log.commit_id = audit_leaf.commit_id)"))
    part.equal("batches without raw records", 0, context.database.value(
        "SELECT count(*) FROM batch WHERE record_count > 0 AND NOT EXISTS (SELECT FROM batch_raw"
        " WHERE batch_raw.batch_id = batch.batch_id)"))   # the end of a file has no record


def epochs(context, part):
    """I7: epochs never fall along a partition, and none is newer than its position."""
    for number, batches in context.batches.items():
        newest = 0
        for batch in batches:
            part.looked_at += 1
            if batch.epoch < newest:
                part.differ(f"payments/{number} batch {batch.batch_id}: epoch {batch.epoch} after"
                            f" epoch {newest}")
            newest = max(newest, batch.epoch)
        part.looked_at += 1
        if newest > context.positions[number][2]:
            part.differ(f"payments/{number}: epoch {newest} is newer than its position's")


# -- I3: windows; I2: journal -------------------------------------------------------------------

def cuts(context, part):
    """WATERMARK cuts are where the log says; of a window cut by GRACE or COMMAND, the watermark
    had not passed the cut-off before that cut."""
    found = read_cuts(context.database, context.source_id, ("WATERMARK",))
    windows = {row[0] for row in context.database.rows("SELECT window_id FROM settlement_window")}
    expected = {}
    for (window_id, number), offset in context.model.watermark_cuts.items():
        by_hand = context.model.cuts.get((window_id, number))
        if window_id not in windows:
            continue
        if by_hand is None:
            expected[window_id, number] = offset
        elif offset < by_hand:
            part.differ(f"window {window_id} payments/{number}: cut by hand at {by_hand}, but the"
                        f" watermark had passed at {offset}")
    part.equal_maps("WATERMARK cut (window, partition)", expected, found)


def windows(context, part):
    """The windows that exist are those of the calendar, and so is the day their money moves."""
    corridors = context.model.corridors
    calendar = {window.window_id: (window.opens_us, window.cut_off_us, window.business_date,
                                   window.sequence,
                                   corridors[window.corridor].value_date(window.business_date))
                for timetable in context.model.timetables.values() for window in timetable.windows}
    used = {window_id for window_id in context.model.window_totals()}
    found = {row[0]: row[1:] for row in context.database.rows(
        """SELECT window_id, (extract(epoch FROM opens_at) * 1000000)::bigint,
                  (extract(epoch FROM cut_off) * 1000000)::bigint, business_date, sequence,
                  coalesce(value_date, business_date)
             FROM settlement_window""")}
    expected = {window_id: calendar.get(window_id) for window_id in found.keys() | used}
    part.equal_maps("window", expected, found)


def per_commit(context):
    """{commit id: {"windows": {window id: ...}, "journal": {...}}} of the model, by the batches
    that took the offsets."""
    out = defaultdict(lambda: (defaultdict(_Delta), defaultdict(int)))
    for number, batches in context.batches.items():
        accepted = context.model.partitions[number].accepted
        ends = iter(batches)
        batch = next(ends, None)
        for offset, entry in accepted.items():
            while batch is not None and offset >= batch.next:
                batch = next(ends, None)
            if batch is None:
                break
            deltas, journal = out[batch.commit_id]
            deltas[entry.window_id].add(entry)
            debtor, creditor = entry.owes
            currency = entry.payment.settlement_currency
            journal[None, f"OBLIGATION:{debtor}:{currency}",
                    f"OBLIGATION:{creditor}:{currency}"] += entry.payment.settlement
            corridor = context.model.corridors[entry.payment.corridor]
            for number, debtor, creditor, minor in entry.payment.charges:
                journal["FEE" if number > 0 else "TAX", fees.account(corridor, number, debtor),
                        fees.account(corridor, number, creditor)] += minor
    return out


class _Delta:
    def __init__(self):
        self.count = self.late = self.gross = self.volume = 0
        self.pairs = defaultdict(lambda: [0, 0])
        self.charges = defaultdict(lambda: [0, 0])
        self.locks = {}        # lock -> [volume, first acceptance, last]

    def add(self, entry):
        self.count += 1
        self.late += entry.late
        self.gross += entry.payment.settlement
        pair = self.pairs[entry.owes]
        pair[0] += 1
        pair[1] += entry.payment.settlement
        for *key, minor in entry.payment.charges:
            charge = self.charges[tuple(key)]
            charge[0] += 1
            charge[1] += minor
        self._take_volume(entry.payment)

    def _take_volume(self, paid):
        """What it was in source currency; below zero where it came back."""
        volume = paid.instructed if paid.kind == "COMPLETED" else -paid.instructed
        self.volume += volume
        if paid.lock_id:
            lock = self.locks.setdefault(paid.lock_id, [0, paid.acceptance_us, paid.acceptance_us])
            lock[0] += volume
            lock[1], lock[2] = min(lock[1], paid.acceptance_us), max(lock[2], paid.acceptance_us)

    def row(self):
        pairs = sorted((*who, *amounts) for who, amounts in self.pairs.items())
        charges = sorted((*key, *amounts) for key, amounts in self.charges.items())
        locks = sorted((lock, *told) for lock, told in self.locks.items())
        return self.count, self.late, self.gross, self.volume, pairs, locks, charges


def window_deltas(context, part):
    codes = {0: fees.OURSELVES} | dict(context.database.rows(
        "SELECT participant_id, code FROM participant"))
    expected = {(window_id, commit_id): delta.row()
                for commit_id, (deltas, _) in per_commit(context).items()
                for window_id, delta in deltas.items()}
    found = {}
    for (window_id, commit_id, count, late, gross, volume, debtors, creditors, counts, minors,
         locks, volumes, firsts, lasts, *charges) in context.database.rows(
            """SELECT window_id, commit_id, payment_count, late_count, gross_minor, volume_minor,
                      debtor_ids, creditor_ids, counts, minors, lock_ids::text[], lock_volumes,
                      lock_firsts, lock_lasts, fee_numbers, fee_debtor_ids, fee_creditor_ids,
                      fee_counts, fee_minors FROM window_delta"""):
        pairs = sorted((codes.get(d), codes.get(c), n, m)
                       for d, c, n, m in zip(debtors, creditors, counts, minors))
        found[window_id, commit_id] = (count, late, gross, volume, pairs,
                                       sorted((lock.replace("-", ""), minor, us_of(first),
                                               us_of(last)) for lock, minor, first, last
                                              in zip(locks, volumes, firsts, lasts)),
                                       sorted((f, codes.get(d), codes.get(c), n, m)
                                              for f, d, c, n, m in zip(*charges)))
    part.equal_maps("delta (window, commit)", expected, found)


def window_totals(context, part):
    """I3: the sums over all deltas are those of the log."""
    found = {row[0]: [int(value) for value in row[1:]] for row in context.database.rows(
        """SELECT window_id, sum(payment_count), sum(late_count), sum(gross_minor)
             FROM window_delta GROUP BY window_id""")}
    part.equal_maps("window", context.model.window_totals(), found)


def journal(context, part):
    """I2: one entry per commit, purpose and account pair, with the sum of its payments."""
    expected = {(commit_id, *accounts): minor
                for commit_id, (_, entries) in per_commit(context).items()
                for accounts, minor in entries.items()}
    found = {}
    for commit_id, purpose, debit, credit, minor, currency in context.database.rows(
            """SELECT commit_id, purpose, debit.code, credit.code, amount_minor,
                      journal_entry.currency
                 FROM journal_entry
                 JOIN commit_log USING (commit_id)
                 JOIN account AS debit ON debit.account_id = debit_account_id
                 JOIN account AS credit ON credit.account_id = credit_account_id
                WHERE commit_log.action = 'ingest'"""):
        key = commit_id, purpose, debit, credit
        if key in found:
            part.differ(f"commit {commit_id}: more than one entry {debit} / {credit}")
        if not debit.endswith(f":{currency}"):
            part.differ(f"commit {commit_id}: {currency} on {debit}")
        found[key] = found.get(key, 0) + minor
    part.equal_maps("entry (commit, purpose, debit, credit)", expected, found)


def account_turnover(context, part):
    """I2: what ingest debited and credited each account, over all commits."""
    found = {row[0]: [int(row[1]), int(row[2])] for row in context.database.rows(
        """SELECT account.code, sum(debit_minor), sum(credit_minor)
             FROM posting JOIN account USING (account_id) JOIN commit_log USING (commit_id)
            WHERE commit_log.action = 'ingest' GROUP BY account.code""")}
    part.equal_maps("account (debits, credits)", context.model.account_turnover(), found)


PARTS = {
    "positions": positions,
    "coverage": coverage,
    "payments": payments,
    "seen-ids": seen_ids,
    "parked": parked,
    "batches": batch_of_payments,
    "leaves": leaves,
    "epochs": epochs,
    "windows": windows,
    "cuts": cuts,
    "window-deltas": window_deltas,
    "window-totals": window_totals,
    "journal": journal,
    "account-turnover": account_turnover,
}
