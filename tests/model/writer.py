"""writer.py - fills an empty database as a faultless Sawa would, from the model alone.

Only for test_compare.py: it gives `compare` something right to look at, so that a test can spoil
one thing and see it found. Batches are cut at random; everything else follows the tables.
"""
import hashlib
import random
import uuid
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone

import psycopg2.extras
import yaml

from oracle import fees, fields, settle_parts
from oracle.fields import CHANNELS, EPOCH_DAY, KINDS
from oracle.stream_parts import Batch, Context, per_commit


FILLER = {"bytea": bytes(32), "text": "", "bpchar": "", "date": date.today(), "bool": False,
          "uuid": str(uuid.UUID(int=0))}


def instant(us):
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=us)


class Writer:
    def __init__(self, connection, model, corridors_path, seed=1):
        self.connection, self.cursor = connection, connection.cursor()
        self.cursor.execute("SET search_path = sawa")
        self.model, self.rng = model, random.Random(seed)
        with open(corridors_path, encoding="utf-8") as file:
            self.document = yaml.safe_load(file)
        self.today = date.today()
        self.batches = defaultdict(list)
        self.next_commit = 0
        self._fillers = {}

    def insert(self, table, columns, rows, returning=""):
        more = self.fillers(table, columns)
        if more:
            columns += "".join(f", {name}" for name, _ in more)
            rows = [(*row, *(value for _, value in more)) for row in rows]
        return psycopg2.extras.execute_values(
            self.cursor, f"INSERT INTO {table} ({columns}) VALUES %s {returning}", rows,
            page_size=10000, fetch=bool(returning))

    def fillers(self, table, columns):
        """[(column, value)] of what the table insists on and the model knows nothing about."""
        key = table, columns
        if key not in self._fillers:
            self.cursor.execute(
                "SELECT column_name, udt_name FROM information_schema.columns"
                " WHERE table_schema = 'sawa' AND table_name = %s AND is_nullable = 'NO'"
                " AND column_default IS NULL AND is_identity = 'NO'", (table,))
            named = columns.replace(" ", "").split(",")
            self._fillers[key] = [(name, FILLER.get(kind, 0)) for name, kind
                                  in self.cursor.fetchall() if name not in named]
        return self._fillers[key]

    def write(self):
        # The book without the two people whom PostgreSQL would ask for.
        self.cursor.execute("SET session_replication_role = replica")
        self._book()
        self.cursor.execute("SET session_replication_role = origin")
        self._positions()
        self._windows()
        self._ingest()
        self._settle()
        self.connection.commit()

    def commit_row(self, action):
        self.next_commit += 1
        leaf = f"leaf {self.next_commit}".encode()
        self.insert("commit_log", "commit_id, action, worker", [(self.next_commit, action, "test")])
        self.insert("audit_leaf", "commit_id, leaf, leaf_hash",
                    [(self.next_commit, leaf, hashlib.sha256(b"\0" + leaf).digest())])
        return self.next_commit

    # -- reference data --------------------------------------------------------------------

    def _book(self):
        document = self.document
        self.participants = {p["code"]: p["participant_id"] for p in document["participants"]}
        self.insert("participant", "participant_id, code, name, country", [
            (p["participant_id"], p["code"], p["name"], p["country"])
            for p in document["participants"]])
        accounts = [("NOSTRO:" + a["code"], "NOSTRO", a["currency"], None, a["servicer_bic"],
                     a["servicer_account"], a["statement_format"]) for a in document["accounts"]]
        own = {(code, c["settlement_currency"]) for c in document["corridors"]
               for code in c["participants"]}
        accounts += [(f"OBLIGATION:{code}:{currency}", "OBLIGATION", currency,
                      self.participants[code], None, None, None) for code, currency in sorted(own)]
        accounts += self._fee_accounts()
        self.accounts = dict(self.insert(
            "account", "code, kind, currency, participant_id, servicer_bic, servicer_account,"
            " statement_format", accounts, "RETURNING code, account_id"))
        self.insert("corridor", "corridor_id, version, code, effective_from, source_currency,"
                    " target_currency, settlement_currency, model, nostro_account_id, limit_minor,"
                    " definition, digest", [
                        (c["corridor_id"], 1, c["code"], c["effective_from"],
                         c["source_currency"], c["target_currency"], c["settlement_currency"],
                         c["model"], self.accounts["NOSTRO:" + c["nostro_account"]],
                         c["limit_minor"], "",
                         b"") for c in document["corridors"]])

    def _fee_accounts(self):
        codes = {fees.account(corridor, sign * fee.number, fees.OURSELVES)
                 for corridor in self.model.corridors.values() for fee in corridor.fees
                 for sign in ((1, -1) if fee.tax else (1,))}
        return [(code, code.split(":")[0], code[-3:], None, None, None, None)
                for code in sorted(codes)]

    def _positions(self):
        partitions = self.model.partitions
        self.source_id = self.insert(
            "source", "kind, cluster_id, topic, partitions",
            [("KAFKA", "test", "payments", len(partitions))], "RETURNING source_id")[0][0]
        self.insert("position", "source_id, partition, next_offset, epoch, watermark", [
            (self.source_id, number, p.next_offset, 3, instant(p.watermark))
            for number, p in partitions.items()])

    def _windows(self):
        used = self.model.window_totals()
        windows = [window for table in self.model.timetables.values() for window in table.windows]
        first = min(w.cut_off_us for w in windows if w.window_id in used)
        last = max(w.cut_off_us for w in windows if w.window_id in used)
        self.windows = [w for w in windows if first <= w.cut_off_us <= last + 3 * fields.DAY_US]
        self.insert("settlement_window", "window_id, corridor_id, corridor_version, business_date,"
                    " sequence, opens_at, cut_off, grace_ends_at", [
                        (w.window_id, w.window_id >> 32, 1, w.business_date, w.sequence,
                         instant(w.opens_us), instant(w.cut_off_us),
                         instant(w.cut_off_us + 300_000_000)) for w in self.windows])
        known = {w.window_id for w in self.windows}
        self.insert("window_cut", "window_id, source_id, partition, cut_offset, kind", [
            (window_id, self.source_id, number, offset, "WATERMARK")
            for (window_id, number), offset in self.model.watermark_cuts.items()
            if window_id in known])

    # -- ingest ----------------------------------------------------------------------------

    def _ingest(self):
        at = dict.fromkeys(self.model.partitions, 0)
        number = 0
        days = {entry.payment.day for _, _, entry in self.model.accepted()}
        for day in days:
            self.cursor.execute("SELECT ensure_day('payment', %s)",
                                (date.fromordinal(day + EPOCH_DAY),))
        self.cursor.execute("SELECT ensure_day('batch_raw', %s)", (self.today,))
        while True:
            open_ = [p for p in at if at[p] < self.model.partitions[p].next_offset]
            if not open_:
                break
            commit_id = self.commit_row("ingest")
            for partition in self.rng.sample(open_, self.rng.randrange(1, len(open_) + 1)):
                number += 1
                end = min(at[partition] + self.rng.randrange(1, 2000),
                          self.model.partitions[partition].next_offset)
                self._batch(number, commit_id, partition, at[partition], end)
                at[partition] = end
        self._deltas_and_journal()

    def _batch(self, batch_id, commit_id, number, first, after):
        partition = self.model.partitions[number]
        accepted = [(o, partition.accepted[o]) for o in range(first, after)
                    if o in partition.accepted]
        parked = [(o, partition.parked[o]) for o in range(first, after) if o in partition.parked]
        row = (batch_id, commit_id, number, 1 + first // 3000, first, after, after - first,
               len(accepted), after - first - len(accepted) - len(parked), len(parked))
        self.batches[number].append(Batch(*row[:3], min(row[3], 3), *row[4:]))
        self.insert("batch", "batch_id, commit_id, source_id, partition, epoch, first_offset,"
                    " next_offset, record_count, applied_count, duplicate_count, parked_count,"
                    " records_root", [(*row[:2], self.source_id, number, min(row[3], 3), *row[4:],
                                       bytes(32))])
        self.insert("batch_raw", "stored_on, batch_id, key_id, plain_size, seed, sealed",
                    [(self.today, batch_id, 1, 0, b"", b"")])
        self.insert("parked", "source_id, partition, record_offset, batch_id, reason, event_id,"
                    " key_id, sealed", [(self.source_id, number, offset, batch_id, reason, event,
                                         1, b"") for offset, (reason, event) in parked])
        self._payments(batch_id, accepted)

    def _payments(self, batch_id, accepted):
        ids = {code: c.corridor_id for code, c in self.model.corridors.items()}
        rows, seen, transfers = [], [], []
        for offset, entry in accepted:
            p, day = entry.payment, date.fromordinal(entry.payment.day + EPOCH_DAY)
            rows.append((
                p.event_id, fields.transfer_id(p), fields.content_digest(p),
                instant(p.acceptance_us), batch_id, offset, entry.window_id, p.instructed,
                p.settlement, p.fee or None, p.rate or None, day, self.participants[p.debtor],
                self.participants[p.creditor], ids[p.corridor], KINDS[p.kind],
                CHANNELS[p.channel], entry.late, p.lock_id or None, p.uetr or None,
                p.instructed_currency, p.settlement_currency, p.fee_currency or None,
                p.transaction_id, p.end_to_end_id, p.return_id or None))
            if p.event_id[12] != "7":
                seen.append((p.event_id, day))
            if p.day != p.acceptance_us // fields.DAY_US:
                accepted_on = date.fromordinal(p.acceptance_us // fields.DAY_US + EPOCH_DAY)
                transfers.append((fields.transfer_id(p), day, accepted_on))
        self.insert("payment", "event_id, transfer_id, content_digest, acceptance_time, batch_id,"
                    " record_offset, window_id, instructed_minor, settlement_minor, fee_minor,"
                    " rate_e10, event_day, debtor_agent_id, creditor_agent_id, corridor_id, kind,"
                    " channel, late, lock_id, uetr, instructed_currency, settlement_currency,"
                    " fee_currency, transaction_id, end_to_end_id, return_id", rows)
        self.insert("event_seen", "event_id, event_day", seen)
        self.insert("transfer_seen", "transfer_id, event_day, accepted_on", transfers)

    def _deltas_and_journal(self):
        context = Context(None, self.model, self.source_id, self.batches)
        deltas, entries, ids = [], [], self.participants | {"": 0}
        for commit_id, (windows, journal) in per_commit(context).items():
            for window_id, delta in windows.items():
                count, late, gross, volume, pairs, locks, charges = delta.row()
                columns = list(zip(*pairs))
                charged = list(zip(*charges)) or [()] * 5
                named = list(zip(*locks)) or [()] * 4
                deltas.append((window_id, commit_id, 1, count, late, gross, volume,
                               [self.participants[code] for code in columns[0]],
                               [self.participants[code] for code in columns[1]],
                               list(columns[2]), list(columns[3]), list(named[0]),
                               list(named[1]), *(list(map(instant, named[at]))
                                                 for at in (2, 3)), list(charged[0]),
                               [ids[code] for code in charged[1]],
                               [ids[code] for code in charged[2]],
                               list(charged[3]), list(charged[4])))
            entries += [(commit_id, line, self.accounts[debit], self.accounts[credit], minor,
                         debit[-3:], self.today, purpose)
                        for line, ((purpose, debit, credit), minor)
                        in enumerate(journal.items(), 1)]
        psycopg2.extras.execute_values(
            self.cursor, "INSERT INTO window_delta (window_id, commit_id, fold_id, payment_count,"
            " late_count, gross_minor, volume_minor, debtor_ids, creditor_ids, counts, minors,"
            " lock_ids, lock_volumes, lock_firsts, lock_lasts, fee_numbers, fee_debtor_ids,"
            " fee_creditor_ids, fee_counts, fee_minors)"
            " VALUES %s", deltas,
            "(%s, %s, %s, %s, %s, %s, %s, %s::int[], %s::int[], %s::int[], %s::bigint[],"
            " %s::uuid[], %s::numeric[], %s::timestamptz[], %s::timestamptz[],"
            " %s::smallint[], %s::int[], %s::int[], %s::int[], %s::bigint[])")
        self.insert("journal_entry", "commit_id, line, debit_account_id, credit_account_id,"
                    " amount_minor, currency, booking_date, purpose", entries)

    # -- settlement ------------------------------------------------------------------------

    def _settle(self):
        by_window = defaultdict(dict)
        for (window_id, *pair), amounts in self.model.obligations().items():
            by_window[window_id][tuple(pair)] = amounts
        charges = defaultdict(dict)
        for (window_id, *key), amounts in self.model.charges().items():
            charges[window_id][tuple(key)] = amounts
        corridors = {c.corridor_id: c for c in self.model.corridors.values()}
        totals = self.model.window_totals()
        for window_id in sorted(totals):
            self._close(window_id, corridors[window_id >> 32], by_window[window_id],
                        charges[window_id], totals[window_id])

    def _close(self, window_id, corridor, pairs, charges, totals):
        commit_id, code = self.commit_row("close"), corridor.settlement_currency
        window = next(w for w in self.windows if w.window_id == window_id)
        self.cursor.execute(
            "INSERT INTO window_cut SELECT %s, source_id, partition, next_offset, 'COMMAND'"
            " FROM position ON CONFLICT DO NOTHING", (window_id,))
        for state in ("CLOSING", "CLOSED", "INSTRUCTED"):
            self.cursor.execute("UPDATE settlement_window SET state = %s WHERE window_id = %s",
                                (state, window_id))
        ids = self.participants | {"": 0}
        self.insert("obligation", "window_id, debtor_id, creditor_id, payment_count, amount_minor,"
                    " currency", [(window_id, ids[d], ids[c], *amounts, code)
                                  for (d, c), amounts in pairs.items()])
        nets = settle_parts.nets({pair: minor for pair, (_, minor) in pairs.items()},
                                 corridor.model)
        minors = {key: minor for key, (_, minor) in charges.items()}
        nets = settle_parts.with_charges(nets, minors)
        income, tax = settle_parts.kept(minors, False), settle_parts.kept(minors, True)
        self.insert("fee_obligation", "window_id, fee_number, debtor_id, creditor_id,"
                    " payment_count, amount_minor, currency", [
                        (window_id, number, ids[d], ids[c], *amounts, code)
                        for (number, d, c), amounts in charges.items()])
        self.insert("net_position", "window_id, participant_id, counterparty_id, owes_minor,"
                    " is_owed_minor, net_minor, currency", [
                        (window_id, ids[a], ids[b], owes, owed, owed - owes, code)
                        for (a, b), (owes, owed) in nets.items()])
        self.insert("net_proof", "window_id, commit_id, fold_id, model, currency, payment_count,"
                    " late_count, gross_minor, obligation_count, obligation_minor, position_count,"
                    " net_debit_minor, net_credit_minor, fee_income_minor, fee_tax_minor", [
                        (window_id, commit_id, 1, corridor.model, code, *totals, len(pairs),
                         totals[2], len(nets), max(income + tax, 0), max(-income - tax, 0),
                         income, tax)])
        self._instruct(commit_id, window, corridor,
                       settle_parts.instructions(nets, corridor.model))

    def _instruct(self, commit_id, window, corridor, wanted):
        ids, code = self.participants | {"": 0}, corridor.settlement_currency
        nostro, day = self.accounts["NOSTRO:" + corridor.nostro], window.business_date
        instructions, items, entries = [], [], []
        for line, ((who, other, direction), minor) in enumerate(sorted(wanted.items()), 1):
            name = str(uuid.UUID(int=window.window_id << 48 | line, version=5))
            account = self.accounts[f"OBLIGATION:{who}:{code}"]
            instructions.append((name, window.window_id, ids[who], ids[other], direction, nostro,
                                 minor, code, day, name.replace("-", ""), commit_id))
            items.append((name, nostro, name, window.window_id, ids[who],
                          minor if direction == "COLLECT" else -minor, code, day, day,
                          day + timedelta(days=1), name.replace("-", ""), commit_id))
            pair = (nostro, account) if direction == "COLLECT" else (account, nostro)
            entries.append((commit_id, line, *pair, minor, code, day, window.window_id))
        self.insert("instruction", "instruction_id, window_id, participant_id, counterparty_id,"
                    " direction, account_id, amount_minor, currency, settlement_date,"
                    " end_to_end_id, commit_id", instructions)
        self.insert("expected_item", "expected_item_id, account_id, instruction_id, window_id,"
                    " participant_id, amount_minor, currency, book_date, value_date, due_date,"
                    " end_to_end_id, commit_id", items)
        self.insert("journal_entry", "commit_id, line, debit_account_id, credit_account_id,"
                    " amount_minor, currency, booking_date, window_id", entries)

    # -- statements and matches ------------------------------------------------------------

    def write_bank(self, booked, troubles, newest):
        """Loads what the bank booked and reconciles it, knowing the bank's own truth; newest:
        {account: day of its last statement}."""
        commit_id = self.commit_row("statement")
        by_day = defaultdict(list)
        for entry in booked:
            by_day[entry["account"], entry["booking_date"]].append(entry)
        for account in newest.items():
            by_day[account] += []
        balances, self.entry_ids = defaultdict(int), {}
        self.insert("statement_file", "digest, name, size, state, received_at",
                    [(bytes(32), "all", 1, "LOADED", "now")])
        for ordinal, ((code, day), entries) in enumerate(sorted(by_day.items()), 1):
            balances[code] += sum(entry["amount_minor"] for entry in entries)
            self._statement(ordinal, commit_id, code, day, balances[code], entries)
        self._reconcile(booked, troubles)
        self.connection.commit()

    def _statement(self, ordinal, commit_id, code, day, closing, entries):
        digest = hashlib.sha256(f"{code}{day}".encode()).digest()
        statement_id = self.insert(
            "statement", "file_id, ordinal, commit_id, digest, account_id, account_number,"
            " currency, format, version, sequence_number, page, state, hold_reason, closing_minor,"
            " closing_date, entry_count, loaded_count",
            [(1, ordinal, commit_id, digest, self.accounts[code], "1", code[-3:],
              "camt.053", "", "1", 1, "LOADED", "", closing, day, len(entries), len(entries))],
            "RETURNING statement_id")[0][0]
        rows = []
        for position, entry in enumerate(entries, 1):
            key = hashlib.sha256(entry["servicer_reference"].encode()).digest()
            name = str(uuid.UUID(bytes=key[:16], version=5))
            self.entry_ids[entry["servicer_reference"]] = name
            rows.append((name, self.accounts[code], statement_id, position, key, 1,
                         entry["amount_minor"], entry["currency"], entry["value_date"], day, day,
                         False, False, entry["end_to_end_id"], "", "", "", "",
                         entry["servicer_reference"], ""))
        self.insert("statement_entry", "entry_id, account_id, statement_id, position, entry_key,"
                    " occurrence, amount_minor, currency, value_date, booking_date, as_of,"
                    " reversal, returned, end_to_end_id, instruction_id, transaction_id, uetr,"
                    " customer_reference, servicer_reference, remittance", rows)

    def _reconcile(self, booked, troubles):
        commit_id = self.commit_row("reconcile")
        by_item = {t["item"]: t for t in troubles}
        pairs = {entry["item"]: entry for entry in reversed(booked) if entry["item"]}
        for number, (item, entry) in enumerate(sorted(pairs.items()), 1):
            if item in by_item and not by_item[item]["matched_by"]:
                continue
            name, minor = str(uuid.UUID(int=number, version=5)), entry["amount_minor"]
            self.insert("match", "match_id, account_id, rule, expected_minor, entry_minor,"
                        " difference_minor, matched_on, commit_id",
                        [(name, self.accounts[entry["account"]], "reference", minor, minor, 0,
                          entry["booking_date"], commit_id)])
            self.insert("match_member", "match_id, expected_item_id, entry_id",
                        [(name, item, None),
                         (name, None, self.entry_ids[entry["servicer_reference"]])])
        for trouble in troubles:
            for wanted in trouble["breaks"]:
                self._break(trouble, wanted, commit_id, pairs)

    def _break(self, trouble, wanted, commit_id, pairs):
        entry = wanted.get("servicer_reference")
        if wanted["on"] == "one of":
            entry = next(name for name in wanted["servicer_references"]
                         if name != pairs[trouble["item"]]["servicer_reference"])
        self.insert("break_item", "account_id, expected_item_id, entry_id, type, amount_minor,"
                    " currency, opened_on, opened_commit_id",
                    [(self.accounts[trouble["account"]], wanted.get("item"),
                      entry and self.entry_ids[entry], wanted["type"], trouble["amount_minor"],
                      trouble["currency"], trouble["value_date"], commit_id)])
