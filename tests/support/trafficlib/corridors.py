"""corridors.py - what traffic needs to know of a corridor file (deploy/corridors.example.yaml)."""
from dataclasses import dataclass

import yaml


@dataclass
class Corridor:
    code: str
    source_currency: str
    target_currency: str
    settlement_currency: str
    limit_minor: int     # of one payment, in settlement currency
    debtors: list        # codes, the most active first
    creditors: list
    cut_off_count: int = 1
    has_fx: bool = False # its windows settle at a rate: they get locks of their own


def _newest(entries):
    """One version of each corridor: the last in force."""
    newest = {}
    for entry in entries:
        held = newest.get(entry["code"])
        if held is None or entry["version"] > held["version"]:
            newest[entry["code"]] = entry
    return newest.values()


def load(path):
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    country = {p["code"]: p["country"] for p in document["participants"]}
    corridors = []
    for entry in _newest(document["corridors"]):
        codes = [one["code"] if isinstance(one, dict) else one for one in entry["participants"]]
        creditors = [code for code in codes if country[code] == entry["target_country"]]
        debtors = [code for code in codes if code not in creditors]
        corridors.append(Corridor(
            entry["code"], entry["source_currency"], entry["target_currency"],
            entry["settlement_currency"], int(entry["limit_minor"]), debtors or codes,
            creditors or codes, len(entry["cut_offs"]), "fx" in entry))
    return corridors
