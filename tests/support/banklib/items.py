"""items.py - what the banks are asked to book: expected items, from a database or from a file.

One JSON object per line of a file:
    {"id": ..., "account": code, "servicer_account": ..., "servicer_bic": ..., "format": ...,
     "currency": ..., "amount_minor": signed, "end_to_end_id": ..., "reference": ...,
     "value_date": "2026-11-16", "due_date": "2026-11-17", "participant": ...}
All but id, account, currency, amount_minor and value_date may be absent.
"""
import json
import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Account:
    code: str
    servicer_account: str
    servicer_bic: str
    format: str          # "camt.053" or "mt940"
    currency: str

    @property
    def name(self):
        """What the bank may call it in names of files and statements."""
        return re.sub(r"[^A-Za-z0-9]", "-", self.code.removeprefix("NOSTRO:"))


@dataclass(frozen=True)
class Item:
    item_id: str
    account: Account
    amount_minor: int    # positive: money in
    end_to_end_id: str
    reference: str
    value_date: date
    due_date: date
    participant: str


def format_of(text):
    return "mt940" if "940" in (text or "") else "camt.053"


def _item(row):
    value_date = date.fromisoformat(str(row["value_date"]))
    due_date = date.fromisoformat(str(row.get("due_date") or value_date))
    account = Account(row["account"], row.get("servicer_account") or row["account"],
                      row.get("servicer_bic") or "NOTPROVIDED", format_of(row.get("format")),
                      row["currency"])
    return Item(str(row["id"]), account, int(row["amount_minor"]),
                row.get("end_to_end_id") or "", row.get("reference") or "", value_date, due_date,
                row.get("participant") or "")


def from_file(path):
    with open(path, encoding="utf-8") as file:
        return [_item(json.loads(line)) for line in file if line.strip()]


# Items outstanding when an account was opened are the bank's to book too: they have no
# instruction, but they are in the table. What it rejected it does not book.
QUERY = """
SELECT expected_item_id::text AS id, account.code AS account, servicer_account, servicer_bic,
       statement_format AS format, expected_item.currency, amount_minor, end_to_end_id, reference,
       value_date::text, due_date::text, participant.code AS participant
  FROM expected_item
  JOIN account USING (account_id)
  LEFT JOIN participant ON participant.participant_id = expected_item.participant_id
 WHERE NOT EXISTS (SELECT FROM withdrawal
                    WHERE withdrawal.expected_item_id = expected_item.expected_item_id)
 ORDER BY expected_item_id"""

OPENINGS = """
SELECT account.code, account_opening.bank_minor, account_opening.business_date
  FROM account_opening
  JOIN account_opening_approval USING (opening_id)
  JOIN account ON account.account_id = account_opening.account_id"""

NOSTROS = """
SELECT code AS account, servicer_account, servicer_bic, statement_format AS format, currency
  FROM account WHERE kind = 'NOSTRO' ORDER BY code"""


def from_database(dsn):
    """(items, {account code: (balance, date)}, all accounts)"""
    import psycopg2
    import psycopg2.extras
    connection = psycopg2.connect(dsn)
    try:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor(cursor_factory=psycopg2.extras.DictCursor) as cursor:
            cursor.execute("SET search_path = sawa")
            cursor.execute(QUERY)
            items = [_item(row) for row in cursor]
            cursor.execute(OPENINGS)
            openings = {row[0]: (int(row[1]), row[2]) for row in cursor}
            cursor.execute(NOSTROS)
            accounts = [Account(row["account"], row["servicer_account"],
                                row["servicer_bic"] or "NOTPROVIDED", format_of(row["format"]),
                                row["currency"]) for row in cursor]
    finally:
        connection.close()
    return items, openings, accounts
