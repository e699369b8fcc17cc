"""expect.py - what a reader must make of a file: those parts of canonical JSON that it tells."""
import random
from dataclasses import dataclass, field
from typing import Callable

from ..money import signed_text


@dataclass
class Written:
    """A file, and what it says: paths into the statement's JSON, and into those of its entries."""
    data: bytes
    statement: dict
    entries: list
    profile: str = ""                      # of a CSV file, in YAML
    findings: set = field(default_factory=set)


@dataclass
class Writer:
    write: Callable                        # (statement, quirks) -> Written
    quirks: tuple                          # their names; any set of them may be asked for

    def random_quirks(self, seed):
        rng = random.Random(f"quirks {seed}")
        return frozenset(name for name in self.quirks if rng.random() < 0.25)


def chooser(statement, name):
    """The writer's own choices: the same for the same statement."""
    return random.Random(f"{name} {statement.seed}")


def head(statement, format_):
    return {"format": format_, "account.id": statement.account,
            "account.currency": statement.currency}


def balances(statement):
    return {"opening_balance.amount": signed_text(statement.opening_minor, statement.currency),
            "closing_balance.amount": signed_text(statement.closing_minor, statement.currency),
            "opening_balance.currency": statement.currency,
            "closing_balance.date": statement.closing_date.isoformat()}


def entry(statement, one, **others):
    """What every format tells; other paths with _ for the dots of references."""
    known = {"amount": signed_text(one.amount_minor, statement.currency),
             "currency": statement.currency, "value_date": one.value_date.isoformat(),
             "booking_date": one.booking_date.isoformat(), "status": "BOOK",
             "reversal": one.reversal}
    known.update(others)
    return known


def at(value, path):
    """What stands at a path; remittance as one text without its line ends."""
    if path == "text":
        return " ".join(value["remittance"]["unstructured"])
    for name in path.split("."):
        value = value and value[name]
    return value


def differences(written, statements):
    """[(place, path, expected, found)] between what was read and what was written."""
    if len(statements) != 1:
        return [("file", "statements", 1, len(statements))]
    found, out = statements[0], []
    if len(found["entries"]) != len(written.entries):
        out.append(("statement", "entries", len(written.entries), len(found["entries"])))
    places = [("statement", written.statement, found)]
    places += [(f"entry {number + 1}", expected, ours) for number, (expected, ours)
               in enumerate(zip(written.entries, found["entries"]))]
    for place, expected, ours in places:
        out += [(place, path, value, at(ours, path)) for path, value in expected.items()
                if at(ours, path) != value]
    codes = {finding["code"] for finding in found["findings"]}
    if codes != written.findings:
        out.append(("statement", "findings", sorted(written.findings), sorted(codes)))
    return out
