"""settling.py - windows of UGX-KES, the bank behind NOSTRO-KES, and what must hold at every step:
for scenarios about what follows when a bank rejects a payment or sends its money back.

    stage = Stage(scratch, folder)
    given(stage)                                    # two windows, on business days from today
    scratch.must("settle", "close", "--window", stage.windows[0])
    stage.pays()                                    # a payment file for the bank
    answer(stage, *instruction(stage, window, KE), "RJCT", "AC04")
    holds(stage, "1 rejected")                      # I2, I6, I10, the reports of all days
"""
import hashlib
import os
import subprocess
import uuid

import psycopg2
from scratch import ROOT

BOOK = os.path.join(ROOT, "deploy", "corridors.example.yaml")
SAMPLES = os.environ.get("SAWA_SAMPLES") or os.path.join(ROOT, "..", "shared", "data")
SCHEMAS = os.path.join(SAMPLES, "xsd")
CORRIDOR, KE, UG = 4, 101, 130
ACCOUNT = "NOSTRO:NOSTRO-KES"


class Stage:
    """A scratch database, the folder of the bank, and the days of the two windows."""

    def __init__(self, scratch, folder):
        self.scratch, self.folder = scratch, folder
        self.windows, self.days, self.statements = [], [], 0

    def settle(self, *arguments, role="settle"):
        return self.scratch.program("settle", *arguments, role=role)

    def relay(self, *arguments):
        return self.scratch.program(
            "relay", "--set", f"relay.folder={self.folder}", "--set",
            f"relay.schema_folder={SCHEMAS}", "--set", "http.listen=127.0.0.1:0", *arguments)

    def must_relay(self, *arguments):
        code, out, err = self.relay(*arguments)
        if code != 0:
            raise RuntimeError(f"sawa-relay {arguments}: {code}\n{out}{err}")
        return out

    def pays(self):
        self.must_relay("prepare")
        self.must_relay("deliver")

    def state(self, window):
        return self.scratch.value("SELECT state FROM settlement_window WHERE window_id = %s",
                                  window)


def refuses(scratch, name, constraint, statement, *values, role):
    """As that role, by SQL of its own: it is the database that refuses."""
    connection = psycopg2.connect(scratch.dsn(role))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
        found = "nothing was refused"
    except psycopg2.Error as error:
        found = error.diag.constraint_name or error.pgcode
    finally:
        connection.close()
    scratch.equal(name, constraint, found)


def given(stage):
    scratch = stage.scratch
    scratch.must("corridor", "load", BOOK)
    today = scratch.value("SELECT (now() AT TIME ZONE 'UTC')::date")
    scratch.must("settle", "open", "--from", str(today), "--until",
                 str(scratch.value("SELECT %s::date + 9", today)))
    scratch.must("settle", "open", "--from", "2026-11-17", "--until", "2026-11-18")
    scratch.sql("INSERT INTO source (kind, cluster_id, topic, partitions)"
                " VALUES ('KAFKA', 'test', 'payments', 1)")
    scratch.sql("INSERT INTO position (source_id, partition, next_offset)"
                " SELECT source_id, 0, 100 FROM source")
    rows = scratch.sql("SELECT window_id, business_date FROM settlement_window"
                       " WHERE corridor_id = %s AND business_date >= %s ORDER BY 2 LIMIT 4",
                       CORRIDOR, today)
    stage.windows, stage.days = [rows[0][0], rows[2][0]], [row[1] for row in rows]
    for number, window in enumerate(stage.windows, 1):
        scratch.sql("INSERT INTO window_delta VALUES (%s, %s, NULL, 2, 0, 580, %s::int[],"
                    " %s::int[], '{1,1}', '{500,80}', '{}')", window, number, [UG, KE], [KE, UG])


BALANCES = """
SELECT coalesce((SELECT closing_minor FROM statement
                  WHERE account_id = account.account_id AND closing_date <= %(day)s
                  ORDER BY closing_date DESC, statement_id DESC LIMIT 1), 0),
       (SELECT coalesce(sum(debit_minor - credit_minor), 0)::bigint FROM posting
         WHERE posting.account_id = account.account_id AND booking_date <= %(day)s),
       (SELECT coalesce(sum(amount_minor), 0)::bigint FROM statement_entry
         WHERE account_id = account.account_id AND is_open AND as_of <= %(day)s),
       (SELECT coalesce(sum(amount_minor), 0)::bigint FROM expected_item AS item
          LEFT JOIN withdrawal USING (expected_item_id)
         WHERE account_id = account.account_id AND book_date <= %(day)s
           AND (is_open OR withdrawn_on > %(day)s))
  FROM account WHERE code = %(code)s"""


def holds(stage, step):
    scratch = stage.scratch
    bank, book, entries, items = scratch.sql(BALANCES, code=ACCOUNT, day="2100-01-01")[0]
    scratch.equal(f"{step}: bank - book = open entries - open items (I10)", bank - book,
                  entries - items)
    scratch.equal(f"{step}: the trial balance is zero, in every currency (I2)", [], scratch.sql(
        "SELECT currency, sum(debit_minor - credit_minor) FROM posting GROUP BY 1"
        " HAVING sum(debit_minor - credit_minor) <> 0"))
    scratch.equal(f"{step}: no payment has two attempts that are not undone", [], scratch.sql(
        "SELECT window_id, participant_id, counterparty_id, direction FROM instruction"
        " WHERE status NOT IN ('REJECTED', 'RETURNED') GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"))
    scratch.equal(f"{step}: every transaction has a leaf (I6)", 0, scratch.value(
        "SELECT count(*) FROM commit_log LEFT JOIN audit_leaf USING (commit_id)"
        " WHERE leaf IS NULL"))
    for day in stage.days:
        if not stage.statements or day > scratch.value("SELECT max(closing_date) FROM statement"):
            continue
        code, out, err = scratch.program("report", "--account", ACCOUNT, "--date", day)
        scratch.check(f"{step}: the report of that day leaves nothing unexplained",
                      code == 0, (str(day), code, out, err))


def book_balance(stage, participant):
    return stage.scratch.value(
        "SELECT coalesce(sum(debit_minor - credit_minor), 0)::bigint FROM posting"
        " JOIN account USING (account_id) WHERE kind = 'OBLIGATION' AND participant_id = %s"
        " AND posting.currency = 'KES'", participant)


def instruction(stage, window, participant, attempt=1):
    """(end_to_end_id, message_id of its file) of what we pay a participant."""
    rows = stage.scratch.sql(
        "SELECT end_to_end_id, coalesce(message_id, '') FROM instruction"
        "  LEFT JOIN payment_file_item AS item USING (instruction_id)"
        "  LEFT JOIN payment_file USING (file_id)"
        " WHERE instruction.window_id = %s AND participant_id = %s AND direction = 'PAY'"
        " AND attempt = %s", window, participant, attempt)
    return rows[0] if rows else None


def answer(stage, end_to_end_id, message_id, status, reason=""):
    text = ('<?xml version="1.0"?>'
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
            f"<GrpHdr><MsgId>{uuid.uuid4().hex}</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
            f"<OrgnlMsgId>{message_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
            "</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>x</OrgnlPmtInfId><TxInfAndSts>"
            f"<OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
            + (f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else "")
            + "</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>")
    path = os.path.join(stage.folder, "answer.xml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    stage.must_relay("reply", path)


def statement(stage, day, lines):
    """The bank books lines on a day: [(amount, end_to_end_id)]; then they are reconciled."""
    scratch, number = stage.scratch, stage.statements + 1
    digest = hashlib.sha256(str(number).encode()).digest()
    opening = scratch.value("SELECT coalesce((SELECT closing_minor FROM statement"
                            " ORDER BY statement_id DESC LIMIT 1), 0)")
    closing = opening + sum(amount for amount, _ in lines)
    account = scratch.value("SELECT account_id FROM account WHERE code = %s", ACCOUNT)
    scratch.sql("INSERT INTO statement_file (digest, name, size, state, received_at)"
                " VALUES (%s, 'x', 1, 'LOADED', now())", digest)
    scratch.sql("INSERT INTO statement (file_id, ordinal, commit_id, digest, account_id,"
                " account_number, currency, format, version, sequence_number, page, state,"
                " hold_reason, opening_minor, closing_minor, closing_date, entry_count,"
                " loaded_count) SELECT max(file_id), 1, 1, %s, %s, 'x', 'KES', 'camt.053', '', %s,"
                " 1, 'LOADED', '', %s, %s, %s, %s, %s FROM statement_file", digest, account,
                str(number), opening, closing, day, len(lines), len(lines))
    for position, (amount, end_to_end_id) in enumerate(lines, 1):
        scratch.sql("INSERT INTO statement_entry SELECT gen_random_uuid(), %s, max(statement_id),"
                    " NULL, %s, %s, 1, %s, 'KES', %s, %s, %s, false, false, %s, '', '', '', '', %s,"
                    " '', true FROM statement", account, position, hashlib.sha256(
                        f"{number}/{position}".encode()).digest(), amount, day, day, day,
                    end_to_end_id, f"B{number}/{position}")
    stage.statements = number
    scratch.must("reconcile", "once")


def collected(stage, window):
    """[(amount, end_to_end_id)] of what participants pay us."""
    return stage.scratch.sql("SELECT amount_minor, end_to_end_id FROM instruction"
                             " WHERE window_id = %s AND direction = 'COLLECT'", window)


def killed_until(stage, window, state):
    """settle follow, killed before its K-th message to the server, K = 1, 2, ...: until the window
    is in a state. At each kill all of it has happened, or nothing."""
    scratch, kills = stage.scratch, 0
    while stage.state(window) != state and kills < 100:
        kills += 1
        killed(stage, kills, "sawa-settle", "follow")
        bank, book, entries, items = scratch.sql(BALANCES, code=ACCOUNT, day="2100-01-01")[0]
        if bank - book != entries - items:
            return f"I10 broken at kill {kills}"
    return kills


def killed(stage, kill, program, *arguments, role="settle"):
    """Runs a program that is killed before its kill-th message to the server; waits until the
    server, which may still be at what it sent last, is done with it."""
    scratch = stage.scratch
    subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=sendto", "-e",
         f"inject=sendto:signal=SIGKILL:when={kill}", os.path.join(scratch.bin, program),
         *arguments],
        env={**os.environ, "SAWA_DATABASE_DSN": scratch.dsn(role)}, timeout=60,
        check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while scratch.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        " AND usename = %s", f"sawa_{role}"):
        pass
