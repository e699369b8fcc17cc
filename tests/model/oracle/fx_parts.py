"""fx_parts.py - rates and locks, held against fx.tsv: both ways, every column."""
from datetime import datetime, timezone

from .currency import minor_of_e5


def _instant(us):
    return datetime.fromtimestamp(int(us) // 1_000_000, timezone.utc)


def _read(path):
    with open(path, encoding="utf-8") as file:
        names = next(file).rstrip("\n").split("\t")
        return [dict(zip(names, line.rstrip("\n").split("\t"))) for line in file]


def rates(context, part):
    expected = {row["event_id"]: (int(row["offset"]), row["source"], row["base_currency"],
                                  row["quote_currency"], int(row["rate_e10"]),
                                  _instant(row["valid_from_us"]), _instant(row["valid_until_us"]))
                for row in _read(context.fx_log) if row["kind"] == "RATE"}
    found = {row[0]: row[1:] for row in context.database.rows(
        "SELECT event_id::text, record_offset, rate_source, base_currency, quote_currency,"
        " rate_e10, valid_from, valid_until FROM fx_rate")}
    part.equal_maps("rate", expected, found)


def locks(context, part):
    ids = {code: corridor.corridor_id for code, corridor in context.model.corridors.items()}
    expected = {row["event_id"]: (int(row["offset"]), row["lock_id"], ids.get(row["corridor"]),
                                  row["base_currency"], row["quote_currency"],
                                  int(row["rate_e10"]),
                                  minor_of_e5(int(row["notional_e5"]), row["base_currency"]),
                                  _instant(row["valid_from_us"]), _instant(row["valid_until_us"]))
                for row in _read(context.fx_log) if row["kind"] == "LOCK"}
    found = {row[0]: row[1:] for row in context.database.rows(
        "SELECT event_id::text, record_offset, lock_id::text, corridor_id, base_currency,"
        " quote_currency, rate_e10, notional_minor, valid_from, valid_until FROM fx_lock")}
    part.equal_maps("lock", expected, found)


PARTS = {"fx-rates": rates, "fx-locks": locks}
