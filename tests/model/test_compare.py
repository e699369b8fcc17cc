"""compare against a right database, and against one where a single thing is spoilt."""
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from datetime import datetime, timedelta, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SUPPORT = os.path.join(ROOT, "tests", "support")
CORRIDORS = os.path.join(SUPPORT, "corridors.test.yaml")
DSN = os.environ.get("SAWA_DATABASE_DSN")

# What is spoilt, and the parts that must notice.
SPOILT = (
    ("a payment is missing", "DELETE FROM payment WHERE event_id = (SELECT event_id FROM payment"
     " ORDER BY event_id LIMIT 1)", {"payments"}),
    ("a payment is one minor unit off", "UPDATE payment SET settlement_minor = settlement_minor + 1"
     " WHERE event_id = (SELECT event_id FROM payment ORDER BY event_id LIMIT 1)", {"payments"}),
    ("a payment is in the next window", "UPDATE payment SET window_id = window_id + 256"
     " WHERE event_id = (SELECT event_id FROM payment ORDER BY event_id LIMIT 1)", {"payments"}),
    ("an on-time payment is called late", "UPDATE payment SET late = NOT late WHERE event_id ="
     " (SELECT event_id FROM payment ORDER BY event_id LIMIT 1)", {"payments"}),
    ("a record is taken twice", "CREATE TEMPORARY TABLE one ON COMMIT DROP AS SELECT * FROM payment"
     " LIMIT 1; UPDATE one SET event_id = gen_random_uuid(), transfer_id = gen_random_uuid();"
     " INSERT INTO payment SELECT * FROM one", {"payments"}),
    ("an id without a day is forgotten", "DELETE FROM event_seen WHERE event_id ="
     " (SELECT event_id FROM event_seen LIMIT 1)", {"seen-ids"}),
    ("a parked record has another reason", "UPDATE parked SET reason = 'avro_malformed'"
     " WHERE reason = 'frame_unknown'", {"parked"}),
    ("a parked record is lost", "DELETE FROM parked WHERE (partition, record_offset) ="
     " (SELECT partition, record_offset FROM parked LIMIT 1)", {"parked"}),
    ("a position stands short", "UPDATE position SET next_offset = next_offset - 1"
     " WHERE partition = 1", {"positions", "coverage"}),
    ("a batch is missing", "DELETE FROM batch WHERE batch_id = 3",
     {"coverage", "payments", "window-deltas", "journal"}),
    ("a commit has no leaf", "DELETE FROM audit_leaf WHERE commit_id = 2", {"leaves"}),
    ("a leaf was changed", "UPDATE audit_leaf SET leaf = leaf || 'x' WHERE commit_id = 2",
     {"leaves"}),
    ("an old epoch wrote late", "UPDATE batch SET epoch = 0 WHERE (partition, first_offset) ="
     " (SELECT partition, max(first_offset) FROM batch GROUP BY partition LIMIT 1)", {"epochs"}),
    ("a cut is an offset too far", "UPDATE window_cut SET cut_offset = cut_offset + 1 WHERE"
     " (window_id, partition) = (SELECT window_id, partition FROM window_cut"
     " WHERE kind = 'WATERMARK' LIMIT 1)", {"cuts"}),
    ("a window opens an hour early", "UPDATE settlement_window SET opens_at = opens_at -"
     " interval '1 hour' WHERE window_id = (SELECT min(window_id) FROM settlement_window)",
     {"windows"}),
    ("a delta counts one pair twice", "UPDATE window_delta SET minors[1] = minors[1] * 2 WHERE"
     " (window_id, commit_id) = (SELECT window_id, commit_id FROM window_delta LIMIT 1)",
     {"window-deltas"}),
    ("a delta is missing", "DELETE FROM window_delta WHERE (window_id, commit_id) ="
     " (SELECT window_id, commit_id FROM window_delta LIMIT 1)",
     {"window-deltas", "window-totals"}),
    ("a journal entry is off by one", "UPDATE journal_entry SET amount_minor = amount_minor + 1"
     " WHERE commit_id = 1 AND line = 1", {"journal", "account-turnover"}),
    ("a closed window is called open", "UPDATE settlement_window SET state = 'OPEN' WHERE"
     " window_id = (SELECT min(window_id) FROM net_proof)", {"closes"}),
    ("an obligation is a unit more", "UPDATE obligation SET amount_minor = amount_minor + 1 WHERE"
     " ctid = (SELECT min(ctid) FROM obligation)", {"obligations"}),
    ("something is carried that nothing left over", "INSERT INTO net_carry SELECT window_id,"
     " participant_id, counterparty_id, 'PAY', window_id + 256, 1, currency, 1 FROM net_position"
     " LIMIT 1", {"carries"}),
    ("a delta charges a unit more", "UPDATE window_delta SET fee_minors[1] = fee_minors[1] + 1"
     " WHERE (window_id, commit_id) = (SELECT window_id, commit_id FROM window_delta"
     " WHERE fee_minors <> '{}' LIMIT 1)", {"window-deltas"}),
    ("a delta is a unit more in source currency", "UPDATE window_delta SET volume_minor ="
     " volume_minor + 1 WHERE ctid = (SELECT min(ctid) FROM window_delta)", {"window-deltas"}),
    ("a lock was used a moment later", "UPDATE window_delta SET lock_lasts[1] = lock_lasts[1]"
     " + interval '1 us' WHERE (window_id, commit_id) = (SELECT window_id, commit_id"
     " FROM window_delta WHERE lock_ids <> '{}' LIMIT 1)", {"window-deltas"}),
    ("a window is charged a unit more", "UPDATE fee_obligation SET amount_minor = amount_minor + 1"
     " WHERE ctid = (SELECT min(ctid) FROM fee_obligation)", {"fee-obligations"}),
    ("a tax is called a fee", "UPDATE journal_entry SET purpose = 'FEE' WHERE ctid ="
     " (SELECT min(ctid) FROM journal_entry WHERE purpose = 'TAX')", {"journal"}),
    ("income is called tax", "UPDATE net_proof SET fee_income_minor = fee_income_minor - 1,"
     " fee_tax_minor = fee_tax_minor + 1", {"net-proofs"}),
    ("two nets exchange a unit", "UPDATE net_position SET net_minor = net_minor + 1, is_owed_minor"
     " = is_owed_minor + 1 WHERE ctid = (SELECT min(ctid) FROM net_position)", {"net-positions"}),
    ("a proof counts a payment less", "UPDATE net_proof SET payment_count = payment_count - 1",
     {"net-proofs"}),
    ("an instruction pays instead of collecting", "UPDATE instruction SET direction = 'PAY' WHERE"
     " instruction_id = (SELECT instruction_id FROM instruction WHERE direction = 'COLLECT'"
     " AND counterparty_id = 0 LIMIT 1)", {"instructions", "expected-items"}),
    ("the money of windows moves a day late", "UPDATE instruction SET settlement_date ="
     " settlement_date + 1; UPDATE expected_item SET value_date = value_date + 1, due_date ="
     " due_date + 1 WHERE instruction_id IS NOT NULL", {"expected-items"}),
    ("a window's value date is another", "UPDATE settlement_window SET value_date = business_date"
     " + 1 WHERE window_id = (SELECT min(window_id) FROM settlement_window)", {"windows"}),
    ("an expected item is missing", "DELETE FROM expected_item WHERE expected_item_id ="
     " (SELECT expected_item_id FROM match_member WHERE expected_item_id IS NOT NULL LIMIT 1)",
     {"expected-items", "matches"}),
    ("a close books another account", "UPDATE journal_entry SET credit_account_id ="
     " credit_account_id + 5 WHERE ctid = (SELECT journal_entry.ctid FROM journal_entry JOIN"
     " account ON account_id = credit_account_id AND kind = 'NOSTRO' LIMIT 1)",
     {"close-journal", "proofs"}),
    ("a window has a rate that its corridor knows nothing of", "INSERT INTO window_fx SELECT"
     " net_proof.window_id, net_proof.commit_id, 'X', 'MID', 'DOWN', now(), 'KES', 'XTS', 1,"
     " event_id, false, NULL, NULL, 1, 0, 0, 0 FROM net_proof, fx_rate LIMIT 1", {"fx-windows"}),
    ("a rate is another", "UPDATE fx_rate SET rate_e10 = rate_e10 + 1", {"fx-rates"}),
    ("an entry is missing", "DELETE FROM statement_entry WHERE entry_id = (SELECT entry_id FROM"
     " match_member WHERE entry_id IS NOT NULL LIMIT 1)", {"statement-entries", "matches"}),
    ("a closing balance is off by one", "UPDATE statement SET closing_minor = closing_minor + 1",
     {"statements", "proofs"}),
    ("a match is missing", "DELETE FROM match_member WHERE match_id = (SELECT match_id FROM match"
     " LIMIT 1)", {"expected-items", "matches"}),
    ("a break is called something else", "UPDATE break_item SET type = 'date' WHERE type ="
     " 'duplicate_at_bank'", {"breaks"}),
    ("a break is invented", "CREATE TEMPORARY TABLE another ON COMMIT DROP AS SELECT * FROM"
     " break_item LIMIT 1; UPDATE another SET break_id = 1000000, entry_id = NULL,"
     " expected_item_id = (SELECT expected_item_id FROM match_member WHERE expected_item_id IS NOT"
     " NULL LIMIT 1); INSERT INTO break_item OVERRIDING SYSTEM VALUE SELECT * FROM another",
     {"breaks"}),
)


# A bank rejects one that it never booked, and it is instructed again.
REJECTED = """
CREATE TEMPORARY TABLE one ON COMMIT DROP AS
    SELECT instruction.*, entry.debit_account_id, entry.credit_account_id
      FROM instruction
      JOIN journal_entry AS entry ON entry.commit_id = instruction.commit_id
                                 AND entry.amount_minor = instruction.amount_minor
                                 AND instruction.account_id IN (debit_account_id, credit_account_id)
      JOIN account AS own ON own.participant_id = instruction.participant_id
                         AND own.account_id IN (debit_account_id, credit_account_id)
     WHERE NOT EXISTS (SELECT FROM match_member WHERE expected_item_id = instruction_id)
     LIMIT 1;
UPDATE instruction SET status = 'REJECTED' FROM one
 WHERE instruction.instruction_id = one.instruction_id;
UPDATE expected_item SET is_open = false FROM one
 WHERE expected_item.instruction_id = one.instruction_id;
INSERT INTO withdrawal
    SELECT instruction_id, instruction_id, window_id, 'AC04', settlement_date, 1 FROM one;
INSERT INTO journal_entry
    SELECT commit_id, 1000000, credit_account_id, debit_account_id, amount_minor, currency,
           settlement_date, window_id FROM one;
"""
AGAIN = REJECTED + """
INSERT INTO instruction
    SELECT '00000000-0000-5000-8000-000000000002', window_id, participant_id, counterparty_id,
           direction, account_id, amount_minor, currency, settlement_date, repeat('2', 32),
           'PENDING', 1, 2 FROM one;
INSERT INTO expected_item
    SELECT instruction_id, account_id, instruction_id, NULL, window_id, participant_id,
           CASE direction WHEN 'COLLECT' THEN amount_minor ELSE - amount_minor END, currency,
           settlement_date, settlement_date, settlement_date, end_to_end_id, '', true, 1
      FROM instruction WHERE attempt = 2;
INSERT INTO journal_entry
    SELECT commit_id, 1000001, debit_account_id, credit_account_id, amount_minor, currency,
           settlement_date, window_id FROM one;
"""
SPOILT += (
    ("a rejected instruction is not reversed", REJECTED + "DELETE FROM journal_entry WHERE"
     " line = 1000000", {"close-journal", "proofs"}),
    ("an item is withdrawn that nobody rejected", REJECTED + "UPDATE instruction SET status ="
     " 'SENT' WHERE status = 'REJECTED'", {"instructions"}),
    ("a withdrawn item is open", REJECTED + "UPDATE expected_item SET is_open = true FROM one WHERE"
     " expected_item.instruction_id = one.instruction_id", {"expected-items"}),
    ("the same amount is instructed twice", AGAIN + "DROP INDEX i3_one_live_attempt;"
     " UPDATE instruction SET status = 'SENT' WHERE status = 'REJECTED'; DELETE FROM withdrawal;"
     " DELETE FROM journal_entry WHERE line = 1000000;"
     " UPDATE expected_item SET is_open = true FROM one WHERE expected_item.instruction_id ="
     " one.instruction_id", {"instructions"}),
    ("the second attempt is a unit more", AGAIN + "UPDATE instruction SET amount_minor ="
     " amount_minor + 1 WHERE attempt = 2", {"instructions", "expected-items"}),
)


def load_compare():
    loader = importlib.machinery.SourceFileLoader("compare", os.path.join(HERE, "compare"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("compare", loader))
    loader.exec_module(module)
    return module


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


@unittest.skipUnless(DSN, "SAWA_DATABASE_DSN is not set")
class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import psycopg2
        cls.psycopg2 = psycopg2
        cls.name = f"oracle_{os.getpid()}"
        cls.folder = tempfile.TemporaryDirectory()
        cls.admin("CREATE DATABASE " + cls.name)
        cls.dsn = psycopg2.extensions.make_dsn(DSN, dbname=cls.name)
        run(os.path.join(ROOT, "deploy", "schema"), "deploy", "--dsn", cls.dsn)
        cls.compare = load_compare()
        cls.fill()

    @classmethod
    def tearDownClass(cls):
        cls.connection.close()
        cls.admin(f"DROP DATABASE {cls.name} WITH (FORCE)")
        cls.folder.cleanup()

    @classmethod
    def admin(cls, sql):
        connection = cls.psycopg2.connect(DSN)
        connection.autocommit = True
        connection.cursor().execute(sql)
        connection.close()

    @classmethod
    def fill(cls):
        from writer import Writer
        compare, out = cls.compare, cls.folder.name
        begin = (datetime.now(timezone.utc) - timedelta(days=3)).strftime("%Y-%m-%dT00:00Z")
        common = ("--seed", "11", "--corridors", CORRIDORS, "--from", begin, "--hours", "60",
                  "--events", "3000", "--partitions", "3", "--ids", "mixed", "--out", out,
                  "--oversized-bytes", "2000", "--other-content", "0.003", "--transfer-twice",
                  "0.003", "--late", "0.01")
        run(sys.executable, os.path.join(SUPPORT, "traffic"), "generate", *common)
        run(sys.executable, os.path.join(SUPPORT, "traffic"), "fx", *common)
        cls.arguments = ["--dsn", cls.dsn, "--log", os.path.join(out, "log.tsv"), "--corridors",
                         CORRIDORS, "--fx-log", os.path.join(out, "fx.tsv"), "--bank",
                         os.path.join(out, "bank")]
        args = compare.parse(cls.arguments)
        model = compare.run_model(args, compare.book.load(CORRIDORS), {}, None)
        cls.compare.run_model = cls.remembered(compare.run_model)
        cls.connection = cls.psycopg2.connect(cls.dsn)
        writer = Writer(cls.connection, model, CORRIDORS)
        writer.write()
        cls.fill_fx(writer, args.fx_log)
        run(sys.executable, os.path.join(SUPPORT, "bank"), "--dsn", cls.dsn, "--out", args.bank,
            "--trouble", "all=1")
        with open(os.path.join(args.bank, "state.json"), encoding="utf-8") as file:
            accounts = json.load(file)["accounts"]
        writer.write_bank(*compare.bank_parts.read_bank(args.bank),
                          {code: known["day"] for code, known in accounts.items()})

    @staticmethod
    def remembered(run_model):
        """The log stays the same: only other cuts ask for another run."""
        models = {}

        def run_once(args, corridors, cuts, limits):
            key = frozenset(cuts.items())
            if key not in models:
                models[key] = run_model(args, corridors, cuts, limits)
            return models[key]
        return run_once

    @classmethod
    def fill_fx(cls, writer, path):
        from oracle import fx_parts
        from oracle.currency import minor_of_e5
        ids = {code: c.corridor_id for code, c in writer.model.corridors.items()}
        for row in fx_parts._read(path):
            common = (row["event_id"], 1, row["offset"], row["base_currency"],
                      row["quote_currency"], row["rate_e10"],
                      fx_parts._instant(row["valid_from_us"]),
                      fx_parts._instant(row["valid_until_us"]), row["event_id"])
            names = ("event_id, batch_id, record_offset, base_currency, quote_currency, rate_e10,"
                     " valid_from, valid_until, content_digest")
            if row["kind"] == "RATE":
                writer.insert("fx_rate", names + ", rate_source", [(*common, row["source"])])
            else:
                notional = minor_of_e5(int(row["notional_e5"]), row["base_currency"])
                writer.insert("fx_lock", names + ", lock_id, corridor_id, notional_minor",
                              [(*common, row["lock_id"], ids[row["corridor"]], notional)])
        writer.connection.commit()

    def failed_parts(self, *more):
        out = io.StringIO()
        code = self.compare.main([*self.arguments, *more], out)
        failed = {line[9:].split(":")[0] for line in out.getvalue().splitlines()
                  if line.startswith("not ok - ")}
        self.assertEqual(code, 1 if failed else 0)
        return failed, out.getvalue()

    def test_right(self):
        """compare: a database without fault has no difference"""
        failed, text = self.failed_parts()
        self.assertEqual(failed, set(), text)
        self.assertNotIn("(0 compared)", text.replace("ok - epochs (0", ""))

    def test_rejected(self):
        """compare: what a bank rejected, and what is instructed again, is as right"""
        for sql in (REJECTED, AGAIN):
            with self.spoilt(sql):
                failed, text = self.failed_parts()
            self.assertEqual(failed, set(), text)

    def test_reader(self):
        """compare: the role sawa_reader may read all it needs"""
        dsn = self.psycopg2.extensions.make_dsn(self.dsn, options="-c role=sawa_reader")
        out = io.StringIO()
        self.assertEqual(self.compare.main([*self.arguments, "--dsn", dsn], out), 0,
                         out.getvalue())

    def test_spoilt(self):
        """compare: each spoilt thing is noticed, by the parts that must, and by no other"""
        wrong = []
        for what, sql, parts in SPOILT:
            with self.spoilt(sql):
                failed, _ = self.failed_parts()
            if failed != parts:
                wrong.append(f"{what}: {sorted(failed)} failed, not {sorted(parts)}")
        self.assertEqual(wrong, [], "\n".join(wrong))

    @contextlib.contextmanager
    def spoilt(self, sql):
        """In a transaction that compare looks into, without triggers and foreign keys."""
        connection = self.psycopg2.connect(self.dsn)
        cursor = connection.cursor()
        cursor.execute("SET search_path = sawa; SET session_replication_role = replica")
        cursor.execute(sql)
        self.assertGreater(cursor.rowcount, 0, sql)
        whole = self.compare.Database

        class Within(whole):
            def __init__(self, _):
                self.connection, self.cursor = connection, cursor

            def close(self):
                pass
        try:
            self.compare.Database = Within
            yield
        finally:
            self.compare.Database = whole
            connection.rollback()
            connection.close()


if __name__ == "__main__":
    unittest.main()
