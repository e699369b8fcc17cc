"""corridors.py - what the traffic needs to know of deploy/corridors.example.yaml."""
from dataclasses import dataclass, field

import yaml


@dataclass
class Corridor:
    code: str
    source_currency: str
    target_currency: str
    settlement_currency: str
    limit_minor: int
    debtors: list = field(default_factory=list)    # codes, the most active first
    creditors: list = field(default_factory=list)


def _country_of(currency, corridor, side):
    return corridor.get(f"{side}_country") or {"EUR": None}.get(currency, currency[:2])


def _sides(document, corridor):
    """Who sends and who receives: by country; where a side has none, everybody is on it."""
    country = {p["code"]: p.get("country") for p in document["participants"]}
    codes = [p["code"] if isinstance(p, dict) else p for p in corridor["participants"]]
    target = _country_of(corridor["target_currency"], corridor, "target")
    creditors = [code for code in codes if country[code] == target] or codes
    debtors = [code for code in codes if code not in creditors] or codes
    return debtors, creditors


def load(path):
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    corridors = []
    for entry in document["corridors"]:
        debtors, creditors = _sides(document, entry)
        corridors.append(Corridor(
            entry["code"], entry["source_currency"], entry["target_currency"],
            entry["settlement_currency"], int(entry["limit_minor"]), debtors, creditors))
    return corridors
