"""csvs.py - CSV files of banks and mobile money operators, and the profile that reads them."""
import csv
import io

from ..money import decimal_text, signed_text
from .expect import Writer, Written, chooser, entry, head

DATES = {"ymd": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}
SIGNS = ("signed", "inverted", "columns", "negative", "marks")


def _grouped(text, mark, group):
    whole, _, fraction = text.partition(".")
    parts = []
    while len(whole) > 3 and group:
        parts.insert(0, whole[-3:])
        whole = whole[:-3]
    return group.join([whole, *parts]) + (mark + fraction if fraction else "")


class Layout:
    """What the profile says and the file keeps to."""

    def __init__(self, statement, kind, quirks):
        rng = chooser(statement, kind)
        self.kind, self.quirks, self.statement = kind, quirks, statement
        self.dates = rng.choice(sorted(DATES))
        self.signs = rng.choice(SIGNS)
        self.mark, self.group = (",", rng.choice((".", " ", ""))) if "comma" in quirks else \
            (".", rng.choice((",", "'", "")))
        self.delimiter = ";" if "semicolon" in quirks or "comma" in quirks else \
            "\t" if "tab" in quirks else ","
        self.newest_first = kind == "mobile_money" or "newest_first" in quirks
        self.columns = {"booking_date": "Date", "value_date": "Value Date", "text": "Details",
                        "reference": "Reference", "balance": "Balance", "name": "Party"}
        if self.signs in ("columns", "negative"):
            self.columns.update({"credit": "Paid In", "debit": "Withdrawn"})
        else:
            self.columns["amount"] = "Amount"
        if self.signs == "marks":
            self.columns["mark"] = "D/C"
        if kind == "mobile_money":
            self.columns["status"] = "Status"
        self.order = list(self.columns)
        rng.shuffle(self.order)

    def number(self, minor, always_sign=False):
        text = _grouped(decimal_text(minor, self.statement.currency), self.mark, self.group)
        return ("-" if minor < 0 or always_sign else "") + text

    def profile(self):
        lines = ["name: written", "meaning: a file of the test", f"format: {self.kind}",
                 f"dates: {self.dates}", f"signs: {self.signs}", f'decimal_mark: "{self.mark}"',
                 f'delimiter: "{chr(92) + "t" if self.delimiter == chr(9) else self.delimiter}"',
                 f"order: {'newest_first' if self.newest_first else 'oldest_first'}"]
        lines += [f'grouping_mark: "{self.group}"'] if self.group else []
        if self.signs == "marks":
            lines += ["credit_marks: [C]", "debit_marks: [D]"]
        if self.kind == "mobile_money":
            lines += ["booked: [Completed]", "pending: [Pending]"]
        lines += ["columns:"] + [f"  {field}: {name}" for field, name in self.columns.items()]
        return "\n".join(lines + ["labels:", "  Account: account", "  Currency: currency",
                                  "  Opening Balance: opening_balance",
                                  "  Closing Balance: closing_balance"]) + "\n"

    def _amounts(self, minor):
        if self.signs == "signed":
            return {"amount": self.number(minor)}
        if self.signs == "inverted":
            return {"amount": self.number(-minor)}
        if self.signs == "marks":
            return {"amount": self.number(abs(minor)), "mark": "C" if minor >= 0 else "D"}
        debit = self.number(abs(minor), self.signs == "negative")
        return {"credit": self.number(minor)} if minor >= 0 else {"debit": debit}

    def row(self, one, balance, status="Completed"):
        values = {"booking_date": one.booking_date.strftime(DATES[self.dates]),
                  "value_date": one.value_date.strftime(DATES[self.dates]), "text": one.text,
                  "reference": one.servicer_reference, "name": one.party, "status": status,
                  "balance": self.number(balance), **self._amounts(one.amount_minor)}
        return [values.get(field, "") for field in self.order]


def _rows(layout, statement):
    """Each booking with the balance behind it, in the order of the file."""
    rows, balance = [], statement.opening_minor
    for one in statement.entries:
        balance += one.amount_minor
        rows.append((layout.row(one, balance), one))
    return rows[::-1] if layout.newest_first else rows


def _write(kind, statement, quirks):
    layout = Layout(statement, kind, quirks)
    rows = _rows(layout, statement)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=layout.delimiter,
                        quoting=csv.QUOTE_ALL if "quoted" in quirks else csv.QUOTE_MINIMAL,
                        lineterminator="\r\n" if "crlf" in quirks else "\n")
    writer.writerow(["Account", statement.account])
    writer.writerow(["Currency", statement.currency])
    writer.writerow(["Opening Balance", layout.number(statement.opening_minor)])
    if "blank_lines" in quirks:
        out.write("\n")
    writer.writerow([layout.columns[field] for field in layout.order])
    for row, _ in rows:
        writer.writerow(row)
    if kind == "mobile_money" and "failed" in quirks and statement.entries:
        writer.writerow(layout.row(statement.entries[0], 0, "Failed"))
    writer.writerow(["Closing Balance", layout.number(statement.closing_minor)])
    text = ("\ufeff" if "bom" in quirks else "") + out.getvalue()
    return layout, text.encode(), [one for _, one in rows]


def _expected(one, statement):
    return entry(statement, one, **{
        "text": one.text, "references.servicer_reference": one.servicer_reference or None,
        "counterparty.name": one.party or None, "reversal": False})


def _written(kind, statement, quirks):
    layout, data, order = _write(kind, statement, quirks)
    known = {**head(statement, kind),
             "opening_balance.amount": signed_text(statement.opening_minor, statement.currency),
             "closing_balance.amount": signed_text(statement.closing_minor, statement.currency)}
    return Written(data, known, [_expected(one, statement) for one in order], layout.profile())


QUIRKS = ("comma", "semicolon", "tab", "quoted", "crlf", "blank_lines", "bom", "newest_first")
CSV = Writer(lambda statement, quirks: _written("csv", statement, quirks), QUIRKS)
MOBILE_MONEY = Writer(lambda statement, quirks: _written("mobile_money", statement, quirks),
                      QUIRKS + ("failed",))
